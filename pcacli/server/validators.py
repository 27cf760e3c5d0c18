"""Conditional requests: whether a client or cache has the current version already (RFC 9110, section 13)."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from pcacli.server.http_dates import http_date, read_http_date
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
        # What is no instant is as if it had not been sent (RFC 9110, section 13.1.3).
        since = read_http_date(headers.get("if-modified-since"))
        return since is not None and self.last_modified <= since
