"""Instants as they stand in headers (RFC 9110, section 5.6.7)."""

from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime


def http_date(instant: datetime) -> str:
    """Write an instant in UTC as HTTP does."""
    return format_datetime(instant.replace(microsecond=0), usegmt=True)


def read_http_date(text: str | None) -> datetime | None:
    """Read an instant in UTC; None for what is none, which includes years that nobody can reckon with."""
    try:
        instant = parsedate_to_datetime(text or "")
        return None if instant.tzinfo is None else instant.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
