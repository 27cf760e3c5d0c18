"""`pcacli pki list`: the certificates that were issued."""

import os
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from pcacli.cli.session import Session
from pcacli.errors import AnswerIsNo, UsageProblem

if TYPE_CHECKING:
    from pcacli.service.workflows.audit_reports import AuditReports
    from pcacli.service.workflows.inventory import Ledger, Selection

# A test holds them to the workflow's, which help and completion need not load.
_STATUSES = ("ISSUED", "EXPIRED", "REVOKED")

Entry = dict[str, Any]


class _Wanted(NamedTuple):
    """The options of one listing."""

    certificate_authority_arn: str | None
    statuses: tuple[str, ...]
    expires_within: str | None
    match: str | None
    template: str | None
    fail_if_any: bool
    s3_bucket_name: str | None
    max_age: str


@click.command(
    "list", epilog="\b\nExample:\n  pcacli --local pki list --status ISSUED --expires-within 30d --fail-if-any"
)
@click.option("--certificate-authority-arn", metavar="ARN", help="Certificates of this CA; default: of all your CAs.")
@click.option(
    "--status",
    "statuses",
    type=click.Choice(_STATUSES, case_sensitive=False),
    multiple=True,
    help="Certificates in this state; may be given several times.",
)
@click.option(
    "--expires-within", metavar="DURATION", help="Certificates that expire between now and then, such as 30d or 12h."
)
@click.option(
    "--match",
    metavar="TEXT",
    help="Certificates with this text in their subject or in one of their names, in capitals or small letters; * "
    "stands for any characters.",
)
@click.option(
    "--template", metavar="NAME", help="Certificates from this template, such as EndEntityCertificate or its ARN."
)
@click.option("--fail-if-any", is_flag=True, help="End with exit code 1 if there are such certificates.")
@click.option(
    "--s3-bucket-name", metavar="BUCKET", help="On AWS: the bucket for the audit report; default: that of the CA's CRL."
)
@click.option(
    "--max-age",
    metavar="DURATION",
    default="30m",
    show_default=True,
    help="On AWS: how old the last audit report may be before a new one is made.",
)
@click.pass_obj
def command(session: Session, /, **options: Any) -> None:
    """List the certificates that your CAs in this region have issued.

    The embedded authority reads its store. AWS has no such list, so there an audit report is made (AWS makes one of a
    CA in 30 minutes; the last one is used until then, and its age is said) and read from S3. Audit reports know no
    subject alternative names: there, --match looks at the subject only.

    A terminal shows one line for each; with --output or --query, and elsewhere, it is data.
    """
    wanted = _Wanted(**options)
    unread: list[str] = []
    found = list(_found(session, wanted, unread))
    _print(session, found)
    if unread:
        raise AnswerIsNo(f"The audit report could not be read in {len(unread)} places; the rest is listed.")
    if found and wanted.fail_if_any:
        raise AnswerIsNo(f"There {'is 1 certificate' if len(found) == 1 else f'are {len(found)} certificates'}.")


def _found(session: Session, wanted: _Wanted, unread: list[str]) -> Iterator[Entry]:
    from pcacli.params.durations import parse_duration
    from pcacli.service.workflows.authorities import chosen_authorities
    from pcacli.service.workflows.inventory import Ledger

    service = session.service
    ledger = service if isinstance(service, Ledger) else None
    # The options are read before anything is asked for.
    selection = _selection(wanted, ledger.now() if ledger else datetime.now(UTC))
    max_age = parse_duration(wanted.max_age)
    reports = None if ledger else _reports(session, wanted.s3_bucket_name, max_age)
    authorities = chosen_authorities(service, wanted.certificate_authority_arn)
    if ledger is not None:
        yield from _from_ledger(ledger, authorities, selection)
    elif reports is not None:
        if wanted.certificate_authority_arn is None:
            authorities = reports.reportable(authorities)
        yield from _from_reports(session, reports, authorities, selection, unread)


def _selection(wanted: _Wanted, now: datetime) -> "Selection":
    from pcacli.params.durations import parse_duration
    from pcacli.service.workflows.inventory import Selection, name_pattern

    return Selection(
        now,
        frozenset(wanted.statuses),
        None if wanted.expires_within is None else parse_duration(wanted.expires_within),
        None if wanted.template is None else _template(wanted.template),
        None if wanted.match is None else name_pattern(wanted.match),
    )


def _template(text: str) -> str:
    """Return the name of a template that was given by its name or its ARN.

    Raises:
        UsageProblem: there is none; in CI a slip must not pass for an empty list.
    """
    from pcacli.pki.templates import TEMPLATES

    name = text.rpartition(":template/")[2]
    if name.removesuffix("/V1") not in TEMPLATES:
        raise UsageProblem(f"There is no template {text}; the names are those of AWS, such as EndEntityCertificate/V1.")
    return name


def _from_ledger(ledger: "Ledger", authorities: list[Mapping[str, Any]], selection: "Selection") -> Iterator[Entry]:
    from pcacli.pki.certificate_names import certificate_names
    from pcacli.service.workflows.inventory import selected

    for authority in authorities:
        issued = ledger.issued_certificates(authority["Arn"])
        yield from selected(issued, lambda certificate: certificate_names(certificate.certificate), selection)


def _reports(session: Session, bucket: str | None, max_age: timedelta) -> "AuditReports":
    from pcacli.cli.spinner import Spinner
    from pcacli.service.aws_s3 import AwsBuckets
    from pcacli.service.report_memory import ReportMemory, state_directory
    from pcacli.service.workflows.audit_reports import AuditReports, Wishes
    from pcacli.service.workflows.hierarchy import Workflow

    return AuditReports(
        Workflow(session.service, time.sleep),
        ReportMemory(state_directory(os.environ), session.settings.endpoint_url, session.notice),
        AwsBuckets(session.settings),
        Wishes(max_age, bucket),
        now=lambda: datetime.now(UTC),
        notify=session.notice,
        waiting=lambda: Spinner("Waiting for the audit report"),
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

    def complain(problem: str) -> None:
        unread.append(problem)
        session.notice(f"The audit report cannot be read in {problem}.")

    for authority in authorities:
        rows = report_rows(reports.lines(authority), complain)
        yield from selected(rows, lambda row: row.names, selection)


def _print(session: Session, found: list[Entry]) -> None:
    from pcacli.cli.pager import write_output

    if sys.stdout.isatty() and session.options.text("--output") is None and session.query is None:
        write_output(_lines(found), session.settings.cli_pager)
        return
    from pcacli.output.render import render_value

    text = render_value(found, format_name=session.settings.output, query=session.query, facts=session.terminal)
    write_output([text], session.settings.cli_pager)


def _lines(found: list[Entry]) -> Iterator[str]:
    """Write what fits on a line for people: the day of the expiry, and the subject where there is no other name."""
    rows = [("EXPIRES", "STATUS", "SERIAL", "NAMES")] if found else []
    for expires, status, serial, names in chain(rows, map(_row, found)):
        yield f"{expires:10}  {status:7}  {serial:32}  {names}\n"


def _row(entry: Entry) -> tuple[str, str, str, str]:
    names = ", ".join(entry.get("SubjectAlternativeNames", ())) or entry["Subject"]
    return entry["NotAfter"].date().isoformat(), entry["Status"], entry["Serial"], names
