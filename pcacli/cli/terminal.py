"""Facts about the terminal, asked once at the edge and handed down."""

import os
import shutil
import sys

from pcacli.output.terminal import Terminal

DEFAULT_COLUMNS, DEFAULT_LINES = 80, 24


def terminal(colour: str, timestamp_format: str) -> Terminal:
    """Return the facts about standard output; `colour` is on, off or auto (NO_COLOR and TERM=dumb count as off)."""
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    return Terminal(
        width_columns=shutil.get_terminal_size((DEFAULT_COLUMNS, DEFAULT_LINES)).columns,
        colour=colour == "on" or (colour == "auto" and sys.stdout.isatty() and not plain),
        unicode=encoding.startswith("utf"),
        timestamp_format=timestamp_format,
    )
