"""Facts about the terminal, asked once at the edge and handed down."""

import os
import sys

from pcacli.output.terminal import Terminal

DEFAULT_COLUMNS = 80
# A pipe and a file have no width: nothing is folded there, so that grep finds an ARN.
UNFOLDED_COLUMNS = 100_000


def terminal(colour: str, timestamp_format: str) -> Terminal:
    """Return the facts about standard output; `colour` is on, off or auto (NO_COLOR and TERM=dumb count as off)."""
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    is_terminal = sys.stdout.isatty()
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    return Terminal(
        width_columns=_columns(),
        colour=colour == "on" or (colour == "auto" and is_terminal and not plain),
        unicode=encoding.startswith("utf"),
        timestamp_format=timestamp_format,
        is_terminal=is_terminal,
    )


def _columns() -> int:
    """Return the width in columns: COLUMNS, else the terminal's (80 if it does not tell), else none at all.

    shutil knows too, but takes 3 ms to load.
    """
    given = os.environ.get("COLUMNS", "")
    if given.isdecimal() and int(given) > 0:
        return int(given)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or DEFAULT_COLUMNS
    except (OSError, ValueError):
        return UNFOLDED_COLUMNS
