"""The facts about the place where the text goes, gathered once by the command line and handed to every formatter."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple


def _real_time() -> datetime:
    return datetime.now(UTC)


class Terminal(NamedTuple):
    """Where the text goes: a terminal, a pipe or a file.

    `colour` and `unicode` say what may be written there; `timestamp_format` is the profile's `cli_timestamp_format`,
    one of `timestamps.TIMESTAMP_FORMATS`. `wide` asks tables for everything; `now` is the clock that they count from.
    """

    width_columns: int = 80
    colour: bool = False
    unicode: bool = True
    timestamp_format: str = "iso8601"
    is_terminal: bool = False
    wide: bool = False
    now: Callable[[], datetime] = _real_time
