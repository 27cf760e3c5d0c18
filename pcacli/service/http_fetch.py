"""Fetches what CAs publish: CRLs and OCSP responses.

Only `http` is followed, in redirects, too, as RFC 5280 section 8 advises against `https` for this; an answer, with all
redirects to it, has one limit in time, however it trickles in, and each response one in size, whatever its parts are.
"""

import errno
import time
from collections.abc import Mapping
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPResponse
from io import BufferedReader, RawIOBase
from socket import socket
from typing import Any, NamedTuple
from urllib import request as urllib

from pcacli.errors import PcaError

# Heads, chunks and trailers, and what a buffer reads ahead.
_AROUND_A_BODY_BYTES = 1024 * 1024


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
    bounds = _Bounds(time.monotonic() + timeout_seconds, maximum_bytes, [])
    try:
        request = urllib.Request(url, body, dict(headers or {}))  # noqa: S310 - what is opened has no other schemes
        with _opener(bounds).open(request, timeout=timeout_seconds) as response:
            content: bytes = response.read(maximum_bytes)
            return content
    except (OSError, HTTPException, ValueError) as error:
        cause = getattr(error, "reason", None) or error
        raise PcaError(f"{url} cannot be fetched: {getattr(cause, 'strerror', None) or cause}.") from error
    finally:
        # urllib leaves a redirect open whose body it could not read.
        for response in bounds.responses:
            response.close()


class _Bounds(NamedTuple):
    """When an answer has to be there (of `time.monotonic`), how much of a body is wanted, and what to close."""

    deadline: float
    maximum_bytes: int
    responses: "list[_Response]"

    def left_seconds(self) -> float:
        """Return for how long it may be waited still.

        Raises:
            TimeoutError: no longer.
        """
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        return left


def _opener(bounds: _Bounds) -> urllib.OpenerDirector:
    """Return what follows http and nothing else; urllib's usual opener also follows redirects to ftp."""
    opener = urllib.OpenerDirector()
    for handler in (
        urllib.ProxyHandler(),
        urllib.UnknownHandler(),
        _Handler(bounds),
        urllib.HTTPDefaultErrorHandler(),
        urllib.HTTPRedirectHandler(),
        urllib.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener


class _Handler(urllib.HTTPHandler):
    def __init__(self, bounds: _Bounds) -> None:
        super().__init__()
        self._bounds = bounds

    def http_open(self, req: urllib.Request) -> HTTPResponse:
        return self.do_open(self._connection, req)

    def _connection(self, host: str, **settings: Any) -> HTTPConnection:
        connection = HTTPConnection(host, **{**settings, "timeout": self._bounds.left_seconds()})
        connection.response_class = partial(_Response, self._bounds)  # type: ignore[assignment] # called only
        return connection


class _Response(HTTPResponse):
    """A response that is read within bounds, where urllib's timeout is for each piece.

    urllib reads a redirect's body to its end, and passes over what comes before and after a body without counting it.
    """

    def __init__(self, bounds: _Bounds, connection: socket, *arguments: Any, **settings: Any) -> None:
        super().__init__(connection, *arguments, **settings)
        self.fp = BufferedReader(_Reader(bounds, connection, self.fp))
        bounds.responses.append(self)


class _Reader(RawIOBase):
    def __init__(self, bounds: _Bounds, connection: socket, source: BufferedReader) -> None:
        self._bounds = bounds
        self._connection = connection
        self._source = source
        self._left_bytes = bounds.maximum_bytes + _AROUND_A_BODY_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._connection.settimeout(self._bounds.left_seconds())
        size = self._source.readinto1(buffer)
        self._left_bytes -= size
        if self._left_bytes < 0:
            raise OSError(errno.EFBIG, f"the answer has more than {self._bounds.maximum_bytes} bytes")
        return size

    def close(self) -> None:
        self._source.close()
        super().close()
