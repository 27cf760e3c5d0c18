"""Named facts below a headline, for people: aligned, folded to the terminal's width, and coloured where it matters."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import click

from pcacli.output.relative_time import relative_time
from pcacli.output.safe_text import one_line
from pcacli.output.terminal import Terminal

_INDENT = "  "
# Below this many columns for the values, folding does more harm than good.
_LEAST_COLUMNS = 24
_SOON = timedelta(days=30)
GOOD, DOUBTFUL, BAD = "green", "yellow", "red"


class Fact(NamedTuple):
    """A name and what is known under it, line by line; `colour` is that of all lines."""

    name: str
    lines: Sequence[str]
    colour: str | None = None


def sheet(headline: str, facts: Iterable[Fact], terminal: Terminal) -> Iterator[str]:
    """Yield the lines of one sheet; facts without lines are left out, and so is an empty headline."""
    shown = [fact for fact in facts if fact.lines]
    if headline:
        yield _styled(one_line(headline), terminal, bold=True)
    name_columns = max((len(fact.name) for fact in shown), default=0)
    for fact in shown:
        name = fact.name
        for line in _folded(fact.lines, terminal.width_columns - name_columns - 2 * len(_INDENT)):
            yield f"{_INDENT}{name:{name_columns}}{_INDENT}{_styled(line, terminal, colour=fact.colour)}"
            name = ""


def validity_facts(not_before: datetime, not_after: datetime, now: datetime) -> Iterator[Fact]:
    """Yield when something is valid, seen from now, in the colour of its state."""
    distance = relative_time(not_after, now)
    if now > not_after:
        yield Fact("Valid", (f"expired {distance}, {utc(not_after)}",), BAD)
    elif now < not_before:
        yield Fact("Valid", (f"not yet, begins {relative_time(not_before, now)}",), BAD)
    else:
        yield Fact("Valid", (f"expires {distance}, {utc(not_after)}",), DOUBTFUL if not_after - now < _SOON else GOOD)
    yield Fact("Since", (utc(not_before),))


def utc(instant: datetime) -> str:
    """Write an instant for people, in UTC as certificates have it."""
    return f"{instant:%Y-%m-%d %H:%M:%S} UTC"


def _folded(lines: Iterable[str], columns: int) -> Iterator[str]:
    width = max(columns, _LEAST_COLUMNS)
    for line in lines:
        # What has no gaps, such as a URL or a fingerprint, stays whole, so that it can be copied.
        yield from textwrap.wrap(one_line(line), width, break_long_words=False, break_on_hyphens=False) or [""]


def _styled(text: str, terminal: Terminal, *, colour: str | None = None, bold: bool = False) -> str:
    return click.style(text, fg=colour, bold=bold or None) if terminal.colour and (colour or bold) else text
