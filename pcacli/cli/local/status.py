"""`pcacli local status`: what a store holds."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import click

from pcacli.cli.session import Session
from pcacli.cli.showing import show
from pcacli.params.durations import format_duration

# Of each CA; --output shows all that are kept.
_EVENTS_SHOWN = 5
# On a narrower terminal the columns of the screen would break words.
_SCREEN_COLUMNS = 64


@click.command("status", epilog="\b\nExample:\n  pcacli local status")
@click.pass_obj
def command(session: Session) -> None:
    """Show a store: its kind and time, its CAs with their CRLs and newest events, a test store's faults.

    With --output or --query it is data, with more events.
    """
    from pcacli.engine.status import status

    found = status(session.store_parts, session.store_home)
    is_screen = session.terminal.is_terminal and session.terminal.width_columns >= _SCREEN_COLUMNS
    if is_screen and session.options.text("--output") is None and session.query is None:
        from pcacli.cli.local.status_screen import drawn

        screen = drawn(found, _store_lines(found["Store"]), _fault_lines(found), session.terminal)
        click.echo(screen, nl=False, color=session.terminal.colour)
    else:
        show(session, found, _lines(found))


def _lines(found: Mapping[str, Any]) -> Iterator[str]:
    yield from _store_lines(found["Store"])
    for authority in found["CertificateAuthorities"]:
        yield ""
        yield from _authority_lines(authority, found["Store"]["Time"])
    yield from _fault_lines(found)


def _store_lines(store: Mapping[str, Any]) -> Iterator[str]:
    yield store["Location"]
    keys = ", keys protected by a passphrase" if store["KeyProtection"] == "passphrase" else ""
    yield f"{store['Kind']} store, schema {store['Schema']}, {_instant(store['Time'])}{_ahead(store)}{keys}"
    if store["NewKeys"] != "software":
        yield f"new keys are made in: {store['NewKeys']}"


def _fault_lines(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a test store does wrong on purpose, below an empty line."""
    from pcacli.cli.local.faults import lines

    for number, line in enumerate(lines(found["Faults"]) if "Faults" in found else ()):
        yield from ([""] if number == 0 else [])
        yield line


def _authority_lines(authority: Mapping[str, Any], now: datetime) -> Iterator[str]:
    expiry = "no certificate" if authority["NotAfter"] is None else f"expires {_instant(authority['NotAfter'])}"
    yield f"{authority['Status']}  {authority['Type']}  {authority['Name'] or '(no common name)'}"
    yield f"  {authority['Arn']}"
    issued = "1 certificate" if authority["Certificates"] == 1 else f"{authority['Certificates']} certificates"
    yield f"  {expiry}; {issued}, {authority['RevokedCertificates']} revoked"
    for crl in authority["Crls"]:
        yield f"  CRL {crl['Key']}: {_crl(crl, now)}"
    for event in authority["Events"][-_EVENTS_SHOWN:]:
        detail = f": {event['Detail']}" if event["Detail"] else ""
        yield f"  {_instant(event['At'])}  {event['Kind']} {event['Result']}{detail}  {event['Subject']}"


def _crl(crl: Mapping[str, Any], now: datetime) -> str:
    if crl["Number"] is None:
        return "not yet published, due now"
    due = "due now" if crl["IsDue"] else f"due in {_duration(crl['DueAt'] - now)}"
    entries = f"{crl['Entries']} {'entry' if crl['Entries'] == 1 else 'entries'}"
    return f"number {crl['Number']}, {entries}, {_duration(now - crl['GeneratedAt'])} old, {due}"


def _ahead(store: Mapping[str, Any]) -> str:
    seconds = store.get("AheadInSeconds")
    return f" ({format_duration(timedelta(seconds=seconds))} ahead of real time)" if seconds else ""


def _instant(instant: datetime) -> str:
    return instant.isoformat(timespec="seconds")


def _duration(duration: timedelta) -> str:
    # A clock that was put back makes an age negative, a CRL that is kept waiting the time until it is due.
    return format_duration(max(duration, timedelta(0)))
