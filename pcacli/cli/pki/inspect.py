"""`pcacli pki inspect`: what stands in a certificate, a request or a CRL."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pcacli.cli.pki.print_commands import new_script, print_commands_option, print_script
from pcacli.cli.pki.source_options import SourceOptions, pkcs12_password_option, reading, source_options
from pcacli.cli.session import Session
from pcacli.errors import UsageProblem

if TYPE_CHECKING:
    from pcacli.service.workflows.certificate_source import Source


@click.command("inspect", epilog="\b\nExample:\n  pcacli --local pki inspect $CERTIFICATE_ARN")
@click.argument("source", metavar="FILE|ARN|HOST:PORT|-")
@source_options
@pkcs12_password_option
@print_commands_option
@click.pass_obj
def command(
    session: Session,
    *,
    source: str,
    timeout: str,
    servername: str | None,
    pkcs12_password_file: Path | None,
    print_commands: bool,
) -> None:
    """Show what stands in a certificate, a certificate signing request, a CRL, or several of them.

    They come from a file (PEM, DER, PKCS #7 or PKCS #12), from the ARN of a certificate or CA, from a TLS server, or
    from standard input. Nothing is verified: pki verify does that. Of several documents the first is shown in full,
    all of them with --wide. What cannot be interpreted is shown as hexadecimal digits, and what is odd is named.

    With --output or --query it is data: Source and Documents, each with Kind (CERTIFICATE, CERTIFICATE_REQUEST or CRL),
    names, dates, Serial, KeyAlgorithm, SigningAlgorithm, KeyUsage, ExtendedKeyUsage, Extensions (ObjectIdentifier,
    Name, Critical, Values), LikelyTemplate, fingerprints and Oddities, as far as they apply; and Problems: which blocks
    of a file cannot be read, why a server broke off. A server that starts TLS inside its own protocol (STARTTLS), as
    mail servers do, cannot be looked at.
    """
    from pcacli.cli.showing import show_styled
    from pcacli.pki.descriptions import describe
    from pcacli.service.workflows.certificate_source import read_source

    if print_commands:
        _print_commands(session, source)
        return
    found = read_source(source, reading(session, SourceOptions(timeout, servername, pkcs12_password_file)))
    for problem in found.problems:
        session.notice(problem)
    documents = [describe(document) for document in found.documents]
    value: dict[str, Any] = {"Source": found.name, "TlsVersion": found.tls_version, "Documents": documents}
    value["Problems"] = found.problems or None
    value = {name: member for name, member in value.items() if member is not None}
    show_styled(session, value, _lines(session, found, documents))


def _lines(session: Session, found: "Source", documents: list[dict[str, Any]]) -> Iterator[str]:
    from pcacli.cli.pki.certificate_sheets import document_sheet, summary_sheet

    now = _now(session, found)
    if found.server is not None:
        yield f"{found.server} speaks {found.tls_version} and presents, unverified:"
    in_full = len(documents) if session.options.flag("--wide") else 1
    for described in documents[:in_full]:
        yield from document_sheet(described, now, session.terminal)
    if documents[in_full:]:
        yield from summary_sheet("Also in it (--wide shows all)", documents[in_full:], now, session.terminal)


def _now(session: Session, found: "Source") -> datetime:
    """Return the time of the backend that was asked, else ours."""
    from pcacli.service.workflows.workflow import time_of

    return datetime.now(UTC) if found.arn is None else time_of(session.service)


def _print_commands(session: Session, source: str) -> None:
    from pcacli.service.workflows.verification_script import write_inspection

    if not source.startswith("arn:"):
        raise UsageProblem("--print-commands is for ARNs: nothing else is fetched from AWS.")
    script = new_script(session, "Show a certificate")
    write_inspection(script, source)
    print_script(script)
