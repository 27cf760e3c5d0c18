"""Fetches what CAs publish: CRLs and OCSP responses.

Only `http` is followed, in redirects, too, as RFC 5280 section 8 advises against `https` for this; an answer has one
limit in time, however it trickles in, and one in size.
"""

import time
from collections.abc import Mapping
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPResponse
from io import BufferedReader, RawIOBase
from socket import socket
from typing import Any
from urllib import request as urllib

from pcacli.errors import PcaError


def fetch(
    url: str,
    *,
    timeout_seconds: float,
    maximum_bytes: int,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """Return the first bytes, so many at the most, of what a URL answers; with a body it is asked by POST.

    Raises:
        PcaError: it is no http address, or has not answered in time.
    """
    deadline = time.monotonic() + timeout_seconds
    try:
        request = urllib.Request(url, body, dict(headers or {}))  # noqa: S310 - what is opened has no other schemes
        with _opener(deadline).open(request, timeout=timeout_seconds) as response:
            content: bytes = response.read(maximum_bytes)
            return content
    except (OSError, HTTPException, ValueError) as error:
        cause = getattr(error, "reason", None) or error
        raise PcaError(f"{url} cannot be fetched: {getattr(cause, 'strerror', None) or cause}.") from error


def _opener(deadline: float) -> urllib.OpenerDirector:
    """Return what follows http and nothing else; urllib's usual opener also follows redirects to ftp."""
    opener = urllib.OpenerDirector()
    for handler in (
        urllib.ProxyHandler(),
        urllib.UnknownHandler(),
        _Handler(deadline),
        urllib.HTTPDefaultErrorHandler(),
        urllib.HTTPRedirectHandler(),
        urllib.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener


class _Handler(urllib.HTTPHandler):
    def __init__(self, deadline: float) -> None:
        super().__init__()
        self._deadline = deadline

    def http_open(self, req: urllib.Request) -> HTTPResponse:
        return self.do_open(self._connection, req)

    def _connection(self, host: str, **settings: Any) -> HTTPConnection:
        connection = HTTPConnection(host, **settings)
        connection.response_class = partial(_Response, self._deadline)  # type: ignore[assignment] # called only
        return connection


class _Response(HTTPResponse):
    """A response that is read until a deadline (of `time.monotonic`), where urllib's timeout is for each piece."""

    def __init__(self, deadline: float, connection: socket, *arguments: Any, **settings: Any) -> None:
        super().__init__(connection, *arguments, **settings)
        self.fp = BufferedReader(_Reader(deadline, connection, self.fp))


class _Reader(RawIOBase):
    def __init__(self, deadline: float, connection: socket, source: BufferedReader) -> None:
        self._deadline = deadline
        self._connection = connection
        self._source = source

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        self._connection.settimeout(left)
        return self._source.readinto1(buffer)

    def close(self) -> None:
        self._source.close()
        super().close()
