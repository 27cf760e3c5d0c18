"""`pcacli pki list`: the certificates that were issued."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Any

import click

from pcacli.cli.pki.any_case_choice import AnyCaseChoice
from pcacli.cli.pki.found_certificates import Chosen, Entry, Looked, choosing_options, found_certificates
from pcacli.cli.pki.looked_at import Where, allow_none_option, nothing_looked_at
from pcacli.cli.pki.print_commands import new_script, print_commands_option, print_script
from pcacli.cli.session import Session
from pcacli.errors import AnswerIsNo
from pcacli.output.terminal import Terminal

# A test holds them to the workflow's, which help and completion need not load.
_STATUSES = ("ISSUED", "EXPIRED", "REVOKED")


@click.command(
    "list", epilog="\b\nExample:\n  pcacli --local pki list --status ISSUED --expires-within 30d --fail-if-any"
)
@choosing_options
@click.option(
    "--status",
    "statuses",
    type=AnyCaseChoice(_STATUSES),
    multiple=True,
    help="Certificates in this state; may be given several times.",
)
@click.option(
    "--include-replaced",
    is_flag=True,
    help="With --expires-within: also those whose names, CA and template a newer certificate covers.",
)
@click.option(
    "--fail-if-any",
    is_flag=True,
    help="End with exit code 1 if there are such certificates, or if there was no CA to look at.",
)
@allow_none_option
@print_commands_option
@click.pass_obj
def command(session: Session, /, *, fail_if_any: bool, allow_none: bool, print_commands: bool, **options: Any) -> None:
    """List the certificates that your CAs in this region have issued.

    The embedded authority reads its store. AWS has no such list, so there an audit report is made (AWS makes one of a
    CA in 30 minutes; the last one is used until then, and its age is said) and read from S3. Audit reports know no
    subject alternative names: there, --match looks at the subject only. What CAs of other accounts issued, their owners
    alone can list.

    --expires-within leaves out what was renewed: a certificate is replaced by one that was issued later from the same
    CA and template, is good for all its names, ends later, and is neither revoked nor expired. On AWS, certificates
    with the same subject are fetched for that, 1000 of a CA at the most.

    A terminal shows one line for each; with --output or --query, and elsewhere, it is data. A certificate whose names
    cannot be read is always among them, with a Problem.
    """
    chosen = Chosen(**options)
    if print_commands:
        _print_commands(session, chosen)
        return
    unread: list[str] = []
    looked = Looked()
    with closing(found_certificates(session, chosen, unread, looked)) as entries:
        # On a terminal the progress bar has to go first, and nobody may keep the store's snapshot open in a pager.
        found = _Counted(list(entries) if sys.stdout.isatty() else entries)
        _print(session, found)
    if looked.replaced:
        session.notice(_left_out(looked.replaced))
    if unread:
        raise AnswerIsNo(
            f"{len(unread)} {'record' if len(unread) == 1 else 'records'} could not be read; the rest is listed."
        )
    if found.number and fail_if_any:
        raise AnswerIsNo(f"There {'is 1 certificate' if found.number == 1 else f'are {found.number} certificates'}.")
    if fail_if_any and not looked.authority_arns and not allow_none:
        raise nothing_looked_at("no CA whose certificates can be listed", _where(session))


def _left_out(number: int) -> str:
    what = "1 certificate, which a newer one replaces, is" if number == 1 else f"{number} replaced certificates are"
    return f"{what} left out (--include-replaced)."


def _where(session: Session) -> Where:
    from pcacli.service.surroundings import surroundings_of

    here = surroundings_of(session.settings, session.service)
    identity = here.identity()
    return Where(None if identity is None else identity["Account"], (here.region or "unknown",), here.describe())


class _Counted:
    """Passes entries on; `number` is how many there have been."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.number = 0
        self._entries = entries

    def __iter__(self) -> Iterator[Entry]:
        for entry in self._entries:
            self.number += 1
            yield entry


def _print(session: Session, found: Iterable[Entry]) -> None:
    from pcacli.cli.pager import write_output

    if sys.stdout.isatty() and session.options.text("--output") is None and session.query is None:
        from pcacli.cli.pki.certificate_lines import certificate_lines

        write_output(certificate_lines(found, session.terminal), session.settings.cli_pager)
        return
    from pcacli.output.render import render_elements

    pieces = render_elements(
        found,
        format_name=session.settings.output,
        query=session.query,
        facts=session.terminal,
        choose=_chosen_columns,
    )
    write_output(pieces, session.settings.cli_pager)


def _chosen_columns(found: list[Entry], terminal: Terminal) -> list[dict[str, str]]:
    from pcacli.output.table_views import CERTIFICATE_COLUMNS, chosen_columns

    return chosen_columns(CERTIFICATE_COLUMNS, found, terminal)


def _print_commands(session: Session, chosen: Chosen) -> None:
    """Show how the reports are had without pcacli; choosing from them is left to whoever reads them."""
    from pcacli.service.workflows.audit_reports import REPORTABLE, report_bucket, write_report
    from pcacli.service.workflows.authorities import chosen_authorities

    authorities = chosen_authorities(session.service, chosen.certificate_authority_arn)
    script = new_script(session, "List what CAs have issued, from their audit reports")
    for authority in authorities:
        if authority["Status"] in REPORTABLE:
            write_report(script, authority["Arn"], report_bucket(authority, chosen.s3_bucket_name))
    print_script(script)
