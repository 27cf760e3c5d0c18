"""Reading the body of a request, with limits on its size, on the time that it may take, and on all bodies together."""

import asyncio
from typing import Any

from pcacli.limits.readers import HTTP_BODIES, KIB, Limits
from pcacli.server.messages import Request
from pcacli.server.refusals import too_busy, too_large, too_slow

SMALL_BYTES = 64 * KIB
"""A body up to this size is taken from everybody; so small ones are not counted."""


class Bodies:
    """The bodies that a process holds."""

    def __init__(self, maximum_bytes: int = HTTP_BODIES.maximum_bytes) -> None:
        self._maximum_bytes = maximum_bytes
        self._held_bytes = 0

    async def read(self, receive: Any, limits: Limits) -> bytes:
        """Read the body of a request from ASGI; `release` it when it has been used.

        Raises:
            ServiceError: it is too large, did not arrive in time or at all, or others take the memory for it.
        """
        seconds = limits.seconds or 0
        try:
            async with asyncio.timeout(seconds):
                return await self._read(receive, limits)
        except (TimeoutError, EOFError) as error:
            raise too_slow(seconds) from error

    def release(self, body: bytes) -> None:
        """Let others have the memory of a body."""
        self._held_bytes -= _counted(len(body))

    async def _read(self, receive: Any, limits: Limits) -> bytes:
        pieces, size = [], 0
        try:
            while True:
                piece, is_last = await _next_piece(receive)
                pieces.append(piece)
                self._hold(size, size + len(piece))
                size += len(piece)
                _require_size(size, limits)
                if is_last:
                    return b"".join(pieces)
        except BaseException:
            self._held_bytes -= _counted(size)
            raise

    def _hold(self, before_bytes: int, after_bytes: int) -> None:
        more_bytes = _counted(after_bytes) - _counted(before_bytes)
        if more_bytes and self._held_bytes + more_bytes > self._maximum_bytes:
            raise too_busy()
        self._held_bytes += more_bytes


async def _next_piece(receive: Any) -> tuple[bytes, bool]:
    """Return the next piece of a body, and whether it is the last one.

    Raises:
        EOFError: the client has left.
    """
    message = await receive()
    if message["type"] == "http.disconnect":
        raise EOFError("The client has left.")
    return message.get("body", b""), not message.get("more_body", False)


def _counted(size_bytes: int) -> int:
    return size_bytes if size_bytes > SMALL_BYTES else 0


def announced_bytes(request: Request) -> int | None:
    """Return how large a request says that its body is; None if it does not.

    httptools has refused what is no number, and several.
    """
    length = request.headers.get("content-length")
    if length is None:
        return None if "transfer-encoding" in request.headers else 0
    return int(length)


def require_size(request: Request, limits: Limits) -> None:
    """Refuse a body that says that it is too large, before any of it is read.

    Raises:
        ServiceError: RequestEntityTooLargeException.
    """
    _require_size(announced_bytes(request) or 0, limits)


def _require_size(size_bytes: int, limits: Limits) -> None:
    if size_bytes > limits.maximum_bytes:
        raise too_large(limits.maximum_bytes)
