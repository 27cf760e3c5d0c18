"""`pcacli completion values`, which the completion scripts call for what only a backend or the user's files know.

It never asks anybody for anything, makes nothing but a cache, says nothing about failures, and ends in time: a Tab key
is no place for a login or an error message.
"""

import os
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import FrameType

import click

from pcacli.cli.session import Session
from pcacli.output.safe_text import one_line
from pcacli.service.candidates import Candidate

_TIME_LIMIT_SECONDS = 0.8
_AUTHORITY_OPTION = "--certificate-authority-arn"


@click.command(
    "values",
    hidden=True,
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
)
@click.argument("kind")
@click.argument("prefix")
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def command(session: Session, kind: str, prefix: str, words: tuple[str, ...]) -> None:
    """Print the values of a kind that begin with a prefix, each with a description behind a tab.

    The words are those of the command line so far; global options among them have been taken out.
    """
    signal.signal(signal.SIGALRM, _give_up)
    signal.setitimer(signal.ITIMER_REAL, _TIME_LIMIT_SECONDS)
    for candidate in FINDERS[kind](session, prefix, words):
        if candidate.value.startswith(prefix) and candidate.value.isprintable():
            # A value with a control character would not be the value any more once it is escaped.
            click.echo("\t".join(one_line(each).replace("\t", " ") for each in candidate if each))


def _give_up(_signal: int, _frame: FrameType | None) -> None:
    os._exit(0)


def _authorities(session: Session, _prefix: str, _words: Sequence[str]) -> Iterator[Candidate]:
    from pcacli.service import candidates

    if _is_embedded(session):
        yield from candidates.authorities(session.service)
        return
    from pcacli.service.candidate_memory import CandidateMemory

    memory = CandidateMemory(session.settings, os.environ)
    found = memory.recall()
    if found is None:
        from pcacli.service.aws import AwsService

        found = list(candidates.authorities(AwsService(session.settings, silent=True)))
        memory.remember(found)
    yield from found


def _certificates(session: Session, prefix: str, words: Sequence[str]) -> Iterator[Candidate]:
    from pcacli.service.candidates import certificates

    if _is_embedded(session):
        yield from certificates(session.service, _value_of(_AUTHORITY_OPTION, words), prefix)


def _audit_reports(session: Session, _prefix: str, words: Sequence[str]) -> Iterator[Candidate]:
    from pcacli.service.local import LocalService

    authority = _value_of(_AUTHORITY_OPTION, words)
    if authority and _is_embedded(session) and isinstance(session.service, LocalService):
        report_id = session.service.newest_audit_report(authority)
        yield from [Candidate(report_id, "the newest")] if report_id else []


def _profiles(_session: Session, _prefix: str, _words: Sequence[str]) -> Iterator[Candidate]:
    from pcacli.service.profiles import read_profile_files

    yield from map(Candidate, sorted(read_profile_files(os.environ).profiles))


def _regions(_session: Session, _prefix: str, _words: Sequence[str]) -> Iterator[Candidate]:
    from pcacli.service.candidates import regions

    yield from regions()


def _templates(_session: Session, _prefix: str, words: Sequence[str]) -> Iterator[Candidate]:
    from pcacli.service.candidates import templates

    arn = _value_of(_AUTHORITY_OPTION, words) or "arn:aws:"
    yield from templates(arn.split(":")[1])


def _template_names(_session: Session, _prefix: str, _words: Sequence[str]) -> Iterator[Candidate]:
    from pcacli.pki.templates import TEMPLATES

    yield from map(Candidate, TEMPLATES)


def _buckets(session: Session, _prefix: str, _words: Sequence[str]) -> Iterator[Candidate]:
    if _is_embedded(session):
        yield from map(Candidate, session.store_home.bucket_names())


def _snapshots(session: Session, _prefix: str, _words: Sequence[str]) -> Iterator[Candidate]:
    saved = session.store_home.snapshots().saved() if _is_embedded(session) else ()
    yield from (Candidate(one.name, one.saved_at.isoformat(timespec="seconds")) for one in saved)


def _shares(session: Session, _prefix: str, _words: Sequence[str]) -> Iterator[Candidate]:
    from pcacli.engine import shares

    found = shares.listed(session.store_parts, session.caller) if _is_embedded(session) else ()
    yield from (Candidate(share.share_id, share.principal or "") for share in found)


def _access_keys(session: Session, _prefix: str, _words: Sequence[str]) -> Iterator[Candidate]:
    from pcacli.engine import credentials

    keys = credentials.listed(session.store_parts) if _is_embedded(session) else ()
    yield from (Candidate(key.access_key_id, key.account) for key in keys)


def _errors(_session: Session, _prefix: str, words: Sequence[str]) -> Iterator[Candidate]:
    from pcacli.api.catalogue import OPERATIONS, command_name
    from pcacli.engine.faults import errors_of

    action = _value_of("--operation", words)
    yield from map(Candidate, errors_of(next((name for name in OPERATIONS if command_name(name) == action), None)))


def _rates(_session: Session, _prefix: str, _words: Sequence[str]) -> Iterator[Candidate]:
    yield Candidate("aws", "AWS's quotas")


def _timings(_session: Session, prefix: str, _words: Sequence[str]) -> Iterator[Candidate]:
    from pcacli.engine.timing import AWS
    from pcacli.params.durations import format_duration

    yield Candidate("aws", "as long as AWS takes")
    phases = (f"{phase.replace('_', '-')}={format_duration(duration)}" for phase, duration in AWS._asdict().items())
    yield from _in_list(phases, prefix)


def _conditions(_session: Session, prefix: str, _words: Sequence[str]) -> Iterator[Candidate]:
    from pcacli.service.workflows.status_conditions import EXAMPLES

    yield from _in_list(EXAMPLES, prefix)


def _in_list(values: Iterable[str], prefix: str) -> Iterator[Candidate]:
    """Offer values for the last place of a list with commas, but for those that stand in it before."""
    before, comma, _ = prefix.rpartition(",")
    present = set(map(_name_in, before.split(",")))
    yield from (Candidate(f"{before}{comma}{value}") for value in values if _name_in(value) not in present)


def _name_in(text: str) -> str:
    """Return what stands before the sign in name=value or name<value."""
    return text.partition("=")[0].partition("<")[0]


Finder = Callable[[Session, str, Sequence[str]], Iterator[Candidate]]
FINDERS: dict[str, Finder] = {
    "authorities": _authorities,
    "certificates": _certificates,
    "audit-reports": _audit_reports,
    "profiles": _profiles,
    "regions": _regions,
    "templates": _templates,
    "template-names": _template_names,
    "buckets": _buckets,
    "snapshots": _snapshots,
    "shares": _shares,
    "access-keys": _access_keys,
    "errors": _errors,
    "rates": _rates,
    "timings": _timings,
    "conditions": _conditions,
}
"""By the kind of value, as `command_tree.Place` names it."""


def _is_embedded(session: Session) -> bool:
    from pcacli.service.endpoints import Local, backend_of

    return isinstance(backend_of(session.settings.endpoint_url), Local)


def _value_of(option: str, words: Sequence[str]) -> str | None:
    """Return the value of an option among words, given behind it or with "="."""
    for index, word in enumerate(words):
        if word == option and index + 1 < len(words):
            return words[index + 1]
        if word.startswith(f"{option}="):
            return word.partition("=")[2]
    return None
