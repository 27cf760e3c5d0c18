"""How instants are shown: the AWS CLI's two values of `cli_timestamp_format`.

Conversion comes before the query, so that a query sees the text (or the number) that is printed.
Source: `awscli/customizations/timestampformat.py` of the AWS CLI v2.
"""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from functools import cache

from pcacli.errors import ConfigurationProblem


def iso8601(instant: datetime) -> str:
    """Show an aware instant in the local zone, with six digits of fraction, or none if the fraction is zero."""
    zone = _local_zone(instant)
    try:
        # Most machines of CI are in UTC, as all instants here are: nothing is left to do.
        return (instant if instant.tzinfo is zone else instant.astimezone(zone)).isoformat()
    except OverflowError:
        # 9999-12-31T23:59:59Z, "no expiration" in RFC 5280 section 4.1.2.5, has no date east of Greenwich.
        return instant.astimezone(UTC).isoformat()


def wire(instant: datetime) -> int | float:
    """Show an aware instant as awsJson1.1 sends it: epoch seconds, with a fraction only if there is one.

    Assumption: the service sends whole seconds as whole numbers. A datetime no longer knows how the number was written.
    """
    seconds = instant.timestamp()
    return seconds if instant.microsecond else int(seconds)


TIMESTAMP_FORMATS: dict[str, Callable[[datetime], str | int | float]] = {"iso8601": iso8601, "wire": wire}


def check(timestamp_format: str) -> None:
    """Refuse a `cli_timestamp_format` that does not exist.

    Raises:
        ConfigurationProblem: with the AWS CLI's sentence.
    """
    if timestamp_format not in TIMESTAMP_FORMATS:
        message = f'Unknown cli_timestamp_format value: {timestamp_format}, valid values are "wire" or "iso8601"'
        raise ConfigurationProblem(message, code="Configuration")


def show_timestamps(value: object, timestamp_format: str) -> object:
    """Copy a response into plain dictionaries and lists, with every instant in the given format.

    The instants of a sample (`--generate-cli-skeleton output`) have no zone, and each format writes them as it likes.
    The copy shares no containers: YAML would write a container that occurs twice as an anchor and an alias.
    """
    show = TIMESTAMP_FORMATS[timestamp_format]

    def copy(part: object) -> object:
        # In the order of how often they come in a long listing. Texts are most of it, and not even called for.
        if isinstance(part, datetime):
            return show(part) if part.tzinfo else part
        if isinstance(part, dict | Mapping):
            return {name: member if type(member) is str else copy(member) for name, member in part.items()}
        if isinstance(part, list | tuple):
            return [element if type(element) is str else copy(element) for element in part]
        return part

    return copy(value)


def _local_zone(instant: datetime) -> timezone:
    """Find the local offset at an instant, as dateutil's `tzlocal` does, which the AWS CLI uses.

    It knows only today's standard and summer offsets of the zone, also for years in which the zone had others.
    """
    summer = time.daylight and time.localtime(instant.timestamp()).tm_isdst > 0
    return _zone(time.altzone if summer else time.timezone)


@cache
def _zone(seconds_west: int) -> timezone:
    return timezone(-timedelta(seconds=seconds_west))
