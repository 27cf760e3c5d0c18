"""Durations on the command line: whole numbers with units, such as `90d`, `12h` or `1h30m`.

The units are s, m (minutes), h, d, w (7 days) and y (365 days; for calendar years the API has its validity types).
"""

import re
from datetime import timedelta

from pcacli.errors import UsageProblem

_UNITS_IN_SECONDS = {"y": 365 * 86_400, "w": 7 * 86_400, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_SHOWN_UNITS = "dhms"
_PART = re.compile(rf"([0-9]+)([{''.join(_UNITS_IN_SECONDS)}])")


def parse_duration(text: str) -> timedelta:
    """Read a duration: one or several numbers with their units, which add up.

    Raises:
        UsageProblem: it is none, or it is longer than a billion days.
    """
    parts = _PART.findall(text)
    if not parts or "".join(f"{number}{unit}" for number, unit in parts) != text:
        raise UsageProblem(
            f"{text!r} is no duration: write whole numbers with a unit (s, m, h, d, w or y), such as 90d or 1h30m."
        )
    try:
        return timedelta(seconds=sum(int(number) * _UNITS_IN_SECONDS[unit] for number, unit in parts))
    except (OverflowError, ValueError) as error:
        raise UsageProblem("The duration is too long.") from error


def format_duration(duration: timedelta) -> str:
    """Write a duration, not a negative one, in days, hours, minutes and whole seconds."""
    rest, text = int(duration.total_seconds()), ""
    for unit in _SHOWN_UNITS:
        count, rest = divmod(rest, _UNITS_IN_SECONDS[unit])
        text += f"{count}{unit}" if count else ""
    return text or "0s"
