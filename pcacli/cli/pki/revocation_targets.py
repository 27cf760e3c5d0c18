"""Which certificates `pki revoke` means: the words, the rows of a file, or what is chosen from the inventory."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pcacli.cli.pki.found_certificates import Chosen, found_certificates, selection_of
from pcacli.cli.pki.source_options import SourceOptions, reading
from pcacli.cli.session import Session
from pcacli.errors import AnswerIsNo, ServiceError, UsageProblem
from pcacli.output.safe_text import lines

if TYPE_CHECKING:
    from pcacli.service.workflows.revocation import Finder, Target

_PEM = "-----BEGIN "


class Found(NamedTuple):
    """The certificates that are meant, and what could not be understood or found."""

    targets: "list[Target]"
    problems: list[str]


def targets_of_inventory(session: Session, chosen: Chosen) -> Found:
    """Return the certificates that the options choose; one of which that is not certain is a problem."""
    from pcacli.service.workflows.inventory import is_certain
    from pcacli.service.workflows.revocation import Target

    unread: list[str] = []
    targets, doubts = [], []
    selection = selection_of(chosen, datetime.now(UTC))
    for each in found_certificates(session, chosen, unread):
        if is_certain(each, selection):
            title = each["Subject"] or ", ".join(each.get("SubjectAlternativeNames", ()))
            targets.append(Target(each["CertificateArn"], title, each["NotAfter"]))
        else:
            doubts.append(f"Whether {each['CertificateArn']} is meant cannot be told: {each['Problem']}.")
    return Found(targets, [*unread, *doubts])


def targets_of_file(session: Session, file: str, finder: "Finder", options: SourceOptions) -> Found:
    """Return the certificates that the rows of a file name, `-` for standard input.

    Raises:
        UsageProblem: the file cannot be read, or is no list.
    """
    from pcacli.cli.standard_input import standard_input
    from pcacli.limits.readers import TARGET_LIST
    from pcacli.params.target_list import target_rows
    from pcacli.params.text_file import list_in, read_text, text_of

    name = "standard input" if file == "-" else file
    shown = f"--from {file}"
    text = text_of(standard_input(TARGET_LIST), shown) if file == "-" else read_text(Path(file), shown, TARGET_LIST)
    text = list_in(text, shown)
    if _PEM in text:
        # Its lines would be repeated as words, those of a private key, too.
        raise UsageProblem(f"--from {file} is no list but PEM; name a file with a certificate without --from.")
    rows = list(target_rows(text))
    words = [(f"{name}, {row.place}", row.word) for row in rows if row.word is not None]
    found = targets_of_words(session, words, finder, options, look_up_arns=False)
    unread = [f"{name}, {row.place}: {row.problem}." for row in rows if row.word is None]
    return found._replace(problems=[*unread, *found.problems])


def targets_of_words(
    session: Session,
    words: Iterable[tuple[str, str]],
    finder: "Finder",
    options: SourceOptions,
    *,
    look_up_arns: bool = True,
) -> Found:
    """Find what words mean, each with its place; a word of which nothing is found spoils no other."""
    found: dict[str, Target] = {}
    problems: list[str] = []
    for place, word in words:
        try:
            for target in _meant(session, word, finder, options, look_up_arns=look_up_arns):
                found[target.certificate_arn] = target
        except (AnswerIsNo, UsageProblem) as problem:
            problems.append(_complaint(place, problem.message))
        except ServiceError as refusal:
            if refusal.code not in {"ResourceNotFoundException", "InvalidArnException"}:
                raise
            problems.append(_complaint(place, refusal.message))
    return Found(list(found.values()), problems)


def _complaint(place: str, message: str) -> str:
    """Return a message with its place, which it may name already where that is the word itself."""
    return message if message.startswith(place) or f" {place} " in message else f"{place}: {message}"


def _meant(
    session: Session, word: str, finder: "Finder", options: SourceOptions, *, look_up_arns: bool
) -> "Sequence[Target]":
    from pcacli.api.arns import certificate_arn
    from pcacli.service.workflows.certificate_source import is_source, read_source
    from pcacli.service.workflows.revocation import Target, is_serial

    if word.startswith("arn:"):
        return [finder.by_arn(word) if look_up_arns else Target(str(certificate_arn(word)))]
    # 12:34 may be either; a serial number of AWS has 16 octets, a file of that name is meant.
    if is_serial(word) and not (is_source(word) and word.count(":") <= 1):
        return _only_one(word, finder.by_serial(word))
    source = read_source(word, reading(session, options))
    try:
        return [finder.by_certificate(source.leaf())]
    except ValueError as problem:
        raise UsageProblem(f"the certificate is damaged: {problem}.") from problem


def _only_one(word: str, targets: "list[Target]") -> "list[Target]":
    if len(targets) > 1:
        arns = lines(f"  {target.certificate_arn}" for target in targets)
        raise UsageProblem(f"{word} can mean several certificates; name it by its ARN:\n{arns}")
    return targets
