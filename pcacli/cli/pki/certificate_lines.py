"""How `pki list` looks on a terminal: a line for each certificate, folded below its names where it is too long."""

import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

import click

from pcacli.output.safe_text import one_line
from pcacli.output.state_styles import STATE_STYLES
from pcacli.output.terminal import Terminal

_GAP = "  "
_DAY_COLUMNS, _STATUS_COLUMNS, _SERIAL_COLUMNS = 10, 7, 32
# Where the names would get less, the serial number is left out.
_LEAST_NAME_COLUMNS = 24


def certificate_lines(found: Iterable[dict[str, Any]], terminal: Terminal) -> Iterator[str]:
    """Yield a header and the day of the expiry, the status, the serial number and the names of each certificate.

    A terminal that is too narrow for serial numbers shows none, unless everything was asked for with `--wide`.
    """
    margin = _DAY_COLUMNS + _STATUS_COLUMNS + 2 * len(_GAP)
    has_serial = terminal.wide or terminal.width_columns >= margin + _SERIAL_COLUMNS + len(_GAP) + _LEAST_NAME_COLUMNS
    margin += has_serial * (_SERIAL_COLUMNS + len(_GAP))
    room = max(terminal.width_columns - margin, 1)
    header = [f"{'EXPIRES':{_DAY_COLUMNS}}", f"{'STATUS':{_STATUS_COLUMNS}}"]
    for number, entry in enumerate(found):
        if number == 0:
            yield _line([*header, *([f"{'SERIAL':{_SERIAL_COLUMNS}}"] if has_serial else []), "NAMES"])
        cells = [entry["NotAfter"].date().isoformat(), _status(entry["Status"], terminal)]
        first, *more = _folded(entry, room)
        yield _line([*cells, *([entry["Serial"]] if has_serial else []), first])
        yield from (f"{'':{margin}}{part}\n" for part in more)


def _line(cells: Iterable[str]) -> str:
    return f"{_GAP.join(cells)}\n"


def _status(status: str, terminal: Terminal) -> str:
    text = f"{status:{_STATUS_COLUMNS}}"
    return click.style(text, fg=STATE_STYLES[status]) if terminal.colour else text


def _folded(entry: dict[str, Any], columns: int) -> list[str]:
    names = ", ".join(entry.get("SubjectAlternativeNames", ())) or entry["Subject"]
    if "Problem" in entry:
        names = f"{names} ({entry['Problem']})".strip()
    lines = textwrap.wrap(one_line(names), columns, break_long_words=False, break_on_hyphens=False)
    # A name that is too long begins on a line of its own.
    return [line[start : start + columns] for line in lines for start in range(0, len(line), columns)] or [""]
