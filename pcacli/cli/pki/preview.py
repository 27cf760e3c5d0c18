"""`pcacli pki preview`: the certificate that issue-certificate would issue, without issuing it."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pcacli.api.catalogue import OPERATIONS
from pcacli.cli.action_command import SKELETON, ActionCommand
from pcacli.cli.session import Session
from pcacli.errors import AnswerIsNo, UsageProblem

if TYPE_CHECKING:
    from pcacli.pki.differences import Difference
    from pcacli.service.workflows.preview import Preview

_DIFF = "--diff"
# The example of issue-certificate picks what a preview has not.
_QUERY_OF_EXAMPLE = " --query CertificateArn --output text"
_HELP = """Show which certificate issue-certificate would issue for the same options, and why; nothing is issued.

A refusal is AWS's: its exception and exit code 254. Behind each extension stands the rule that put it there, and what
the request asks for in vain is listed. The CA is only described, and its certificate read, so that this works with few
permissions. Serial number, fingerprints and the partition of a CRL are settled when a certificate is issued.

With --output or --query it is data: Template, Certificate (as in pki inspect, each extension with Origin and Rule),
Ignored and, with --diff, Differences."""


class PreviewCommand(ActionCommand):
    """Takes the options of issue-certificate."""

    def __init__(self) -> None:
        super().__init__(
            OPERATIONS["IssueCertificate"],
            {_DIFF: ("FILE", "Compare with the certificate in this file; exit code 1 if they differ.")},
        )
        self.name = "preview"
        self.help = _HELP
        self.short_help = "Show which certificate would be issued, and why, without issuing it."
        self.example = self.example.replace("issue-certificate", "pki preview", 1).removesuffix(_QUERY_OF_EXAMPLE)

    def _run(self, session: Session, **words: tuple[str, ...] | None) -> None:
        from pcacli.cli.invocation import invoke, read_request
        from pcacli.cli.showing import show_styled
        from pcacli.service.workflows.preview import preview
        from pcacli.service.workflows.workflow import time_of

        given = {option.opts[0]: words[option.name or ""] for option in self.params}
        said = {name: value for name, value in given.items() if value is not None}
        other = said.pop(_DIFF, None)
        if SKELETON in said:
            invoke(session, self.operation, said)
            return
        request = read_request(session, self.operation, said)
        theirs = None if other is None else _certificate(Path(other[0]))
        shown = preview(session.service, request, time_of(session.service))
        found = None if theirs is None else _differences(shown, theirs)
        show_styled(session, _value(shown, found), _lines(session, shown, found))
        if found:
            raise AnswerIsNo(f"There {'is 1 difference' if len(found) == 1 else f'are {len(found)} differences'}.")


command = PreviewCommand()


def _certificate(path: Path) -> dict[str, Any]:
    """Describe the first certificate in a file."""
    from pcacli.limits.readers import DOCUMENT
    from pcacli.limits.reading import read_file
    from pcacli.pki.descriptions import describe
    from pcacli.pki.documents import DocumentProblem, read_documents
    from pcacli.pki.x509_fields import Kind

    try:
        documents = [each for each in read_documents(read_file(path, DOCUMENT)) if each.kind is Kind.CERTIFICATE]
        if not documents:
            raise UsageProblem(f"{_DIFF} {path}: there is no certificate in it.")
        return describe(documents[0])
    except OSError as error:
        raise UsageProblem(f"{_DIFF} {path} cannot be read: {error.strerror}.") from error
    except DocumentProblem as problem:
        raise UsageProblem(f"{_DIFF} {path}: {problem}.") from problem


def _differences(shown: "Preview", theirs: dict[str, Any]) -> "list[Difference]":
    from pcacli.pki.differences import differences

    return list(differences(shown.certificate, theirs))


def _value(shown: "Preview", found: "Sequence[Difference] | None") -> dict[str, Any]:
    value: dict[str, Any] = {"Template": shown.template, "Certificate": shown.certificate, "Ignored": shown.ignored}
    if found is not None:
        value["Differences"] = [{"Name": name, "Preview": ours, "Other": theirs} for name, ours, theirs in found]
    return value


def _lines(session: Session, shown: "Preview", found: "Sequence[Difference] | None") -> Iterator[str]:
    from pcacli.cli.pki.certificate_sheets import extension_fact
    from pcacli.cli.pki.fact_sheet import Fact, sheet, utc

    certificate = shown.certificate
    facts = [
        Fact("Valid", (f"{utc(certificate['NotBefore'])} to {utc(certificate['NotAfter'])}",)),
        Fact("Names", (", ".join(certificate.get("SubjectAlternativeNames", ())),)),
        Fact("Issuer", (certificate["Issuer"],)),
        Fact("Key", (f"{certificate['KeyAlgorithm']}, signed with {certificate['SigningAlgorithm']}",)),
        Fact("Template", (shown.template,)),
    ]
    present = [fact for fact in facts if any(fact.lines)]
    yield from sheet(f"Would be issued  {certificate['Subject'] or '(no name)'}", present, session.terminal)
    ruled = []
    for extension in certificate["Extensions"]:
        fact = extension_fact(extension)
        ruled.append(fact._replace(lines=(*fact.lines, f"({extension['Rule']})")))
    yield from sheet("Extensions, and the rule behind each", ruled, session.terminal)
    if shown.ignored:
        ignored = [Fact(each["Name"], (f"from {each['Origin']}: {each['Reason']}",)) for each in shown.ignored]
        yield from sheet("Asked for in vain", ignored, session.terminal)
    if found is not None:
        compared = [Fact(name, (f"+ {ours or '(none)'}", f"- {theirs or '(none)'}")) for name, ours, theirs in found]
        yield from sheet("Differences (+ preview, - other)" if found else "No differences", compared, session.terminal)
