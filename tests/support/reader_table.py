"""The table of readers in SECURITY.md."""

import re
from pathlib import Path
from typing import NamedTuple

DOCUMENT = Path(__file__).parents[2] / "SECURITY.md"
HEADING = "### Limits of each reader"
IGNORED, ENDS = "it is ignored", "the earlier ones are answered, then the connection ends"


class Row(NamedTuple):
    """One row: the cells as they stand there, `items` without its unit; `outcome` is what happens above the limits."""

    reader: str
    size: str
    depth: str
    items: str
    seconds: str
    outcome: str


def rows() -> list[Row]:
    """Return the rows of the table."""
    _, _, section = DOCUMENT.read_text(encoding="utf-8").partition(HEADING)
    lines = [line for line in section.partition("\n## ")[0].splitlines() if line.startswith("| ")]
    return [_row([cell.strip() for cell in line.strip("|").split(" | ")]) for line in lines[2:]]


def _row(cells: list[str]) -> Row:
    reader, size, depth, items, seconds, outcome = cells
    return Row(reader, size, depth, re.sub(r" .*", "", items), seconds, outcome)
