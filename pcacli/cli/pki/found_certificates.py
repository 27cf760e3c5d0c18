"""The certificates that options such as `--match` choose, from whichever place the backend has for them."""

import os
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from pcacli.cli.session import Session

if TYPE_CHECKING:
    from pcacli.engine.progress import Progress
    from pcacli.service.workflows.audit_reports import AuditReports, Wishes
    from pcacli.service.workflows.inventory import Ledger, Selection

Entry = dict[str, Any]
_Command = TypeVar("_Command", bound=Callable[..., Any])


class Chosen(NamedTuple):
    """The options that choose certificates, and where AWS's audit report goes."""

    certificate_authority_arn: str | None
    statuses: tuple[str, ...]
    expires_within: str | None
    match: str | None
    template: str | None
    s3_bucket_name: str | None
    max_age: str
    include_replaced: bool = False


def choosing_options(command: _Command) -> _Command:
    """Give a command the options of `Chosen` but the status, as arguments of these names."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


_OPTIONS = (
    click.option(
        "--certificate-authority-arn", metavar="ARN", help="Certificates of this CA; default: of all your CAs."
    ),
    click.option(
        "--expires-within",
        metavar="DURATION",
        help="Certificates that expire between now and then, such as 30d or 12h.",
    ),
    click.option(
        "--match",
        metavar="TEXT",
        help="Certificates with this text in their subject or in one of their names, in capitals or small letters; * "
        "stands for any characters.",
    ),
    click.option(
        "--template", metavar="NAME", help="Certificates from this template, such as EndEntityCertificate or its ARN."
    ),
    click.option(
        "--s3-bucket-name",
        metavar="BUCKET",
        help="On AWS: the bucket for the audit report; default: that of the CA's CRL.",
    ),
    click.option(
        "--max-age",
        metavar="DURATION",
        default="30m",
        show_default=True,
        help="On AWS: how old the last audit report may be before a new one is made.",
    ),
)


class Looked:
    """What came of looking: the ARNs of the CAs that were looked at, and how many certificates were left out."""

    def __init__(self) -> None:
        self.authority_arns: list[str] = []
        self.replaced = 0


def found_certificates(
    session: Session, chosen: Chosen, unread: list[str], looked: Looked | None = None
) -> Generator[Entry, None, None]:
    """Yield what an inventory says of each certificate; `unread` takes what of a store or a report cannot be read.

    If it is to be noted what was looked at, those that expire and were replaced by newer ones are left out unless they
    are asked for.

    Until its end, or until it is closed, a snapshot of the store is open and a progress bar may be on the terminal.

    Raises:
        UsageProblem: an option is not what it should be, or a CA has no bucket for its report.
        ServiceError: the service refuses.
    """
    from pcacli.cli.progress_bar import ProgressBar

    with ProgressBar("Reading certificates") as bar:
        yield from _found(session, chosen, _Notes(unread, looked), bar)


class _Notes(NamedTuple):
    """What is written down while certificates are found."""

    unread: list[str]
    looked: Looked | None


def _found(session: Session, chosen: Chosen, notes: _Notes, progress: "Progress") -> Iterator[Entry]:
    from pcacli.params.durations import parse_duration
    from pcacli.service.workflows.audit_reports import Wishes
    from pcacli.service.workflows.inventory import ledger_of

    service = session.service
    ledger = ledger_of(service)
    # The options are read before anything is asked for.
    selection = selection_of(chosen, ledger.now() if ledger else datetime.now(UTC))
    wishes = Wishes(parse_duration(chosen.max_age), chosen.s3_bucket_name)
    reports = None if ledger else _reports(session, wishes, progress)
    authorities = _authorities(session, chosen)
    if reports is not None and chosen.certificate_authority_arn is None:
        authorities = reports.reportable(authorities)
    looked = notes.looked or Looked()
    looked.authority_arns += [authority["Arn"] for authority in authorities]
    only_unreplaced = notes.looked is not None and chosen.expires_within is not None and not chosen.include_replaced
    if only_unreplaced:
        yield from _unreplaced(session, ledger or reports, authorities, selection, _Notes(notes.unread, looked))
    elif ledger is not None:
        yield from _from_ledger(session, ledger, authorities, selection, notes.unread, progress)
    elif reports is not None:
        yield from _from_reports(session, reports, authorities, selection, notes.unread)


def _authorities(session: Session, chosen: Chosen) -> list[Mapping[str, Any]]:
    """Return the CAs to look at; of those that are shared, only the owner can list what they issued."""
    from pcacli.service.workflows.authorities import account_of, chosen_authorities, visible_authorities

    if chosen.certificate_authority_arn is not None:
        return chosen_authorities(session.service, chosen.certificate_authority_arn)
    visible = visible_authorities(session.service)
    for shared in visible.shared:
        owner = account_of(shared["Arn"])
        session.notice(f"{shared['Arn']} is left out: only account {owner}, which shares it, can list what it issued.")
    return visible.own


def _unreplaced(
    session: Session,
    place: "Ledger | AuditReports | None",
    authorities: list[Mapping[str, Any]],
    selection: "Selection",
    notes: _Notes,
) -> Iterator[Entry]:
    """Yield what no newer certificate has replaced."""
    from pcacli.service.workflows.audit_reports import AuditReports
    from pcacli.service.workflows.replaced_certificates import LedgerShelf, ReportShelf, without_replaced

    for authority in authorities:
        arn = authority["Arn"]
        shelf: Any
        if isinstance(place, AuditReports):
            shelf = ReportShelf(place.lines(authority), _complaining(session, notes.unread), _fetching(session, arn))
        elif place is not None:
            shelf = LedgerShelf(partial(place.issued_certificates, arn), _leaving_out(session, notes.unread))
        found = without_replaced(shelf, selection, arn)
        if isinstance(shelf, ReportShelf) and shelf.is_exhausted:
            session.notice(f"{arn}: there are too many certificates to look at all for what newer ones replace.")
        if notes.looked is not None:
            notes.looked.replaced += found.left_out
        yield from found.entries


def _fetching(session: Session, authority_arn: str) -> Callable[[str], bytes]:
    """Return a function that fetches a certificate of a CA in DER, below AWS's rate."""
    from pcacli.pki.pem import CERTIFICATE, read_pem
    from pcacli.service.paced import PacedService

    paced = PacedService(session.service, clock=time.monotonic, sleep=time.sleep, unlimited=False)

    def fetch(arn: str) -> bytes:
        response = paced.call("GetCertificate", {"CertificateAuthorityArn": authority_arn, "CertificateArn": arn})
        return read_pem(response["Certificate"].encode(), CERTIFICATE)[0]

    return fetch


def selection_of(chosen: Chosen, now: datetime) -> "Selection":
    """Return what the options choose at an instant.

    Raises:
        UsageProblem: one of them is not what it should be.
    """
    from pcacli.params.durations import parse_duration
    from pcacli.pki.templates import template_called
    from pcacli.service.workflows.inventory import Selection, name_pattern

    return Selection(
        now,
        frozenset(chosen.statuses),
        None if chosen.expires_within is None else parse_duration(chosen.expires_within),
        None if chosen.template is None else template_called(chosen.template),
        None if chosen.match is None else name_pattern(chosen.match),
    )


def _from_ledger(
    session: Session,
    ledger: "Ledger",
    authorities: list[Mapping[str, Any]],
    selection: "Selection",
    unread: list[str],
    progress: "Progress",
) -> Iterator[Entry]:
    from itertools import chain

    from pcacli.engine.progress import Phase, watched
    from pcacli.pki.certificate_names import names_as_far_as_readable
    from pcacli.service.workflows.inventory import selected

    complain = _leaving_out(session, unread)
    arns = [authority["Arn"] for authority in authorities]
    issued = chain.from_iterable(ledger.issued_certificates(arn, complain) for arn in arns)
    seen = watched(issued, progress, Phase("Reading certificates"), sum(map(ledger.certificate_count, arns)))
    yield from selected(seen, lambda certificate: names_as_far_as_readable(certificate.certificate), selection)


def _reports(session: Session, wishes: "Wishes", progress: "Progress") -> "AuditReports":
    from pcacli.service.aws_s3 import AwsBuckets
    from pcacli.service.report_memory import ReportMemory, state_directory
    from pcacli.service.workflows.audit_reports import AuditReports
    from pcacli.service.workflows.workflow import Workflow

    return AuditReports(
        Workflow(session.service, time.sleep),
        ReportMemory(state_directory(os.environ), session.settings.endpoint_url, session.notice),
        AwsBuckets(session.settings, progress),
        wishes,
        now=lambda: datetime.now(UTC),
        notify=session.notice,
        progress=progress,
    )


def _from_reports(
    session: Session,
    reports: "AuditReports",
    authorities: list[Mapping[str, Any]],
    selection: "Selection",
    unread: list[str],
) -> Iterator[Entry]:
    from pcacli.service.workflows.inventory import selected
    from pcacli.service.workflows.report_rows import report_rows

    for authority in authorities:
        rows = report_rows(reports.lines(authority), _complaining(session, unread))
        yield from selected(rows, lambda row: row.names, selection)


def _leaving_out(session: Session, unread: list[str]) -> Callable[[str], None]:
    """Return what takes note of a record of a store that cannot be read, and says so."""

    def complain(record: str) -> None:
        unread.append(record)
        session.notice(f"Left out: {record}.")

    return complain


def _complaining(session: Session, unread: list[str]) -> Callable[[str], None]:
    """Return what takes note of a place in a report that cannot be read, and says so."""

    def complain(problem: str) -> None:
        unread.append(problem)
        session.notice(f"The audit report cannot be read in {problem}.")

    return complain
