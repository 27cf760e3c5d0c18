"""How far away an instant is, in the words people use: "in 29 days", "3 hours ago"."""

from datetime import datetime, timedelta

# The unit in which a distance is told, and from which distance on, largest first. A year has 365 days here.
_UNITS = (
    ("year", timedelta(days=365), 2),
    ("day", timedelta(days=1), 2),
    ("hour", timedelta(hours=1), 2),
    ("minute", timedelta(minutes=1), 2),
    ("second", timedelta(seconds=1), 0),
)


def relative_time(instant: datetime, now: datetime) -> str:
    """Say how far an instant is from now, in whole units, rounded down: what expires "in 29 days" still has them all.

    Below two of a unit the next smaller one is used, so that a day and a half are 36 hours.
    """
    distance = abs(instant - now)
    name, count = next((name, distance // unit) for name, unit, least in _UNITS if distance // unit >= least)
    amount = f"{count} {name}{'' if count == 1 else 's'}"
    if not distance // timedelta(seconds=1):
        return "now"
    return f"in {amount}" if instant > now else f"{amount} ago"
