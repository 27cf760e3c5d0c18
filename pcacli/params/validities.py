"""How long a certificate is to be valid, as a duration on the command line, in the words of the API's Validity."""

from datetime import datetime, timedelta
from typing import Any

from pcacli.errors import UsageProblem
from pcacli.params.durations import parse_duration

_DAY = timedelta(days=1)


def parse_validity(text: str, now: datetime) -> dict[str, Any]:
    """Read a duration that begins now and return the API's Validity for it.

    Whole years such as `10y` are calendar years, whole days (and weeks) are days; what has hours in it becomes the
    instant of its end, because the API counts nothing shorter than a day.

    Raises:
        UsageProblem: it is no duration, it is none at all, or it goes beyond the calendar.
    """
    duration = parse_duration(text)
    if not duration:
        raise UsageProblem("A certificate has to be valid for more than no time at all.")
    years = text.removesuffix("y")
    if years.isdecimal():
        return {"Value": int(years), "Type": "YEARS"}
    return validity_for(duration, now)


def validity_for(duration: timedelta, now: datetime) -> dict[str, Any]:
    """Return the API's Validity for a duration that begins now: days where they are whole, else the instant of its end.

    Raises:
        UsageProblem: it goes beyond the calendar.
    """
    if duration % _DAY == timedelta(0):
        return {"Value": duration // _DAY, "Type": "DAYS"}
    try:
        return {"Value": int((now + duration).timestamp()), "Type": "ABSOLUTE"}
    except OverflowError as error:
        raise UsageProblem("The duration is too long.") from error
