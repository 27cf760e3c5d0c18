"""Reading the body of a request, with limits on its size and on the time that it may take."""

import asyncio
from typing import Any

from pcacli.server.refusals import too_large, too_slow

MAXIMUM_BYTES = 4 * 1024 * 1024
"""Far above any request of the API: the largest member, a certificate chain, may have 2 MiB."""

MAXIMUM_SECONDS = 30.0


async def read_body(receive: Any, maximum_seconds: float = MAXIMUM_SECONDS) -> bytes:
    """Read the body of a request from ASGI.

    Raises:
        ServiceError: it is too large, or did not arrive in time or at all.
    """
    try:
        async with asyncio.timeout(maximum_seconds):
            return await _read(receive)
    except (TimeoutError, EOFError) as error:
        raise too_slow(maximum_seconds) from error


async def _read(receive: Any) -> bytes:
    pieces, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise EOFError("The client has left.")
        piece = message.get("body", b"")
        pieces.append(piece)
        size += len(piece)
        if size > MAXIMUM_BYTES:
            raise too_large(MAXIMUM_BYTES)
        if not message.get("more_body", False):
            return b"".join(pieces)
