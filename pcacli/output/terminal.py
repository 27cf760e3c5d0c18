"""The facts about the place where the text goes, gathered once by the command line and handed to every formatter."""

from typing import NamedTuple


class Terminal(NamedTuple):
    """Where the text goes: a terminal, a pipe or a file.

    `colour` and `unicode` say what may be written there; `timestamp_format` is the profile's `cli_timestamp_format`,
    one of `timestamps.TIMESTAMP_FORMATS`.
    """

    width_columns: int = 80
    colour: bool = False
    unicode: bool = True
    timestamp_format: str = "iso8601"
