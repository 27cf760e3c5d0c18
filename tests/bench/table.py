"""The table of all benchmarks: a line for each figure, printed as soon as it is known."""

import os
import platform
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

from cryptography.hazmat.backends.openssl import backend

HEADINGS = ("what", "measured", "beside what", "ratio", "asked", "met")
WIDTHS = (58, 10, 36, 6, 18, 4)


class Bound(NamedTuple):
    """What is asked of a figure: at most `limit`, or at least; `goal` is what is wished for beyond it."""

    limit: float
    goal: float | None = None
    at_least: bool = False

    def verdict(self, figure: float) -> str:
        """Return "no", "yes", or "goal" if that is reached, too."""
        if not self._holds(figure, self.limit):
            return "no"
        return "yes" if self.goal is None or not self._holds(figure, self.goal) else "goal"

    def text(self, unit: str) -> str:
        """Return what is asked in words."""
        goal = "" if self.goal is None else f", goal {self.goal:,g}"
        return f"{'≥' if self.at_least else '≤'} {self.limit:,g}{goal} {unit}".rstrip()

    def _holds(self, figure: float, bound: float) -> bool:
        return figure >= bound if self.at_least else figure <= bound


class Row(NamedTuple):
    """A figure. With something `beside` it, what is asked is asked of the ratio, else of what was measured."""

    what: str
    measured: float | None = None
    unit: str = ""
    beside: str = ""
    ratio: float | None = None
    asked: Bound | None = None

    def cells(self) -> tuple[str, ...]:
        """Return the text of each column."""
        judged = self.ratio if self.beside else self.measured
        return (
            self.what,
            "" if self.measured is None else quantity(self.measured, self.unit),
            self.beside,
            "" if self.ratio is None else quantity(self.ratio),
            "" if self.asked is None else self.asked.text("" if self.beside else self.unit),
            "" if self.asked is None else "?" if judged is None else self.asked.verdict(judged),
        )


def compared(what: str, measured: float, unit: str, peer: str, theirs: float | None, asked: Bound | None = None) -> Row:
    """Return the row of a figure and a peer's, None if the peer is not installed."""
    if theirs is None:
        return Row(what, measured, unit, f"{peer}: not installed", asked=asked)
    return Row(what, measured, unit, f"{peer}: {quantity(theirs, unit)}", measured / theirs, asked)


def quantity(number: float, unit: str = "") -> str:
    """Return a number with three significant digits, or all those before the point, and its unit."""
    digits = f"{number:,.0f}" if abs(number) >= 99.95 else f"{number:#.3g}"
    return f"{digits} {unit}".rstrip()


def show(rows: Iterable[Row]) -> None:
    """Print where and when this is measured, and the rows, each as soon as it comes, as a table of Markdown."""
    print(f"{circumstances()}\n", flush=True)
    print(_line(HEADINGS))
    print(_line(["-" * width for width in WIDTHS]), flush=True)
    for row in rows:
        print(_line(row.cells()), flush=True)


def circumstances() -> str:
    """Return date, machine, versions and load."""
    asked = subprocess.run(["openssl", "version"], capture_output=True, check=True, text=True).stdout
    program, library = (" ".join(text.split()[:2]) for text in (asked, backend.openssl_version_text()))
    load = " ".join(f"{average:.1f}" for average in os.getloadavg())
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores ({platform.machine()}), "
        f"Python {platform.python_version()}, {program} (in cryptography: {library}), load average {load}"
    )


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(f"{cell:{width}}" for cell, width in zip(cells, WIDTHS, strict=True)) + " |"
