"""How `local status` looks on a terminal: the store, a table of its CAs, its newest events."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from io import StringIO
from typing import TYPE_CHECKING, Any

from pcacli.output.relative_time import relative_time
from pcacli.output.safe_text import one_line
from pcacli.output.terminal import Terminal

if TYPE_CHECKING:
    from rich.table import Table

_EVENTS_SHOWN = 8
_FAILED = "red"


def drawn(found: Mapping[str, Any], headline: Iterable[str], footer: Iterable[str], terminal: Terminal) -> str:
    """Draw what `engine.status.status` found, below lines about the store and above those about its faults."""
    from rich.text import Text

    from pcacli.output.table_format import drawing_console

    stream = StringIO()
    console = drawing_console(stream, terminal)
    for position, line in enumerate(headline):
        console.print(Text(one_line(line), style="" if position else "bold"))
    console.print()
    now, authorities = found["Store"]["Time"], found["CertificateAuthorities"]
    console.print(_authorities(authorities, now) if authorities else Text("It has no CAs yet.", style="dim"))
    events = sorted(_events(authorities), key=lambda pair: pair[1]["At"], reverse=True)[:_EVENTS_SHOWN]
    if events:
        console.print()
        console.print(_event_table(events, now))
    for line in footer:
        console.print(Text(one_line(line)))
    return stream.getvalue()


def _authorities(authorities: Iterable[Mapping[str, Any]], now: datetime) -> "Table":
    from rich.table import Table
    from rich.text import Text

    from pcacli.output.state_styles import STATE_STYLES

    table = Table(box=None, header_style="dim", pad_edge=False)
    for name in ("CA", "Status", "Expires"):
        table.add_column(name, overflow="fold")
    for name in ("Issued", "Revoked"):
        table.add_column(name, justify="right")
    table.add_column("CRL", overflow="fold")
    for authority in authorities:
        table.add_row(
            Text(one_line(authority["Name"] or "(no common name)"), style="bold"),
            Text(authority["Status"], style=STATE_STYLES.get(authority["Status"], "")),
            "" if authority["NotAfter"] is None else relative_time(authority["NotAfter"], now),
            f"{authority['Certificates']:,}",
            f"{authority['RevokedCertificates']:,}",
            Text("\n".join(_crl(crl, now) for crl in authority["Crls"]) or "-"),
        )
    return table


def _crl(crl: Mapping[str, Any], now: datetime) -> str:
    if crl["Number"] is None:
        return "due now"
    age = f"made {relative_time(crl['GeneratedAt'], now)}"
    return f"{age}, due now" if crl["IsDue"] else f"{age}, due {relative_time(crl['DueAt'], now)}"


def _events(authorities: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for authority in authorities:
        yield from ((authority["Name"] or "", event) for event in authority["Events"])


def _event_table(events: Iterable[tuple[str, Mapping[str, Any]]], now: datetime) -> "Table":
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="dim", pad_edge=False)
    for name in ("Newest events", "", "CA", ""):
        table.add_column(name, overflow="fold")
    for name, event in events:
        style = "" if event["Result"] == "success" else _FAILED
        what = Text(f"{event['Kind']} {event['Result']}", style=style)
        row = (what, Text(one_line(name)), Text(one_line(event["Detail"])))
        table.add_row(relative_time(event["At"], now), *row)
    return table
