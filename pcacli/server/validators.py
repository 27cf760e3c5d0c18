"""Conditional requests: whether a client or cache has the current version already (RFC 9110, section 13)."""

from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import NamedTuple

from pcacli.server.messages import Header


class Version(NamedTuple):
    """What tells versions of one resource apart: an entity tag, with its quotes, and an instant in whole seconds."""

    etag: str
    last_modified: datetime

    @property
    def headers(self) -> tuple[Header, ...]:
        """The headers that a response to GET carries for the next request."""
        return (("ETag", self.etag), ("Last-Modified", http_date(self.last_modified)))

    def is_known(self, headers: Mapping[str, str]) -> bool:
        """Tell from a request's headers whether the client has this version, so that 304 is the answer.

        If-None-Match decides where it is given (RFC 9110, section 13.2.2).
        """
        tags = headers.get("if-none-match")
        if tags is not None:
            return tags.strip() == "*" or self.etag in (tag.strip().removeprefix("W/") for tag in tags.split(","))
        since = _instant(headers.get("if-modified-since"))
        return since is not None and self.last_modified <= since


def http_date(instant: datetime) -> str:
    """Write an instant in UTC as HTTP does (RFC 9110, section 5.6.7)."""
    return format_datetime(instant.replace(microsecond=0), usegmt=True)


def _instant(text: str | None) -> datetime | None:
    """Read an instant; None for what is none, which is as if it had not been sent (RFC 9110, section 13.1.3)."""
    try:
        instant = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return instant if instant.tzinfo is not None else None
