"""How uvicorn is set up, for the port of the API and for the one that only verifiers use."""

import asyncio
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from typing import Any

from uvicorn import Config, Server

from pcacli.server.http_limits import LimitedProtocol

_GRACE_SECONDS = 30
# Longer than SDKs keep idle connections, so that none of them sends a request into a connection that is being closed.
_KEEP_ALIVE_SECONDS = 75


def uvicorn_config(application: Callable[..., Any], **settings: Any) -> Config:
    """Return uvicorn's settings for an ASGI application, with some of one port's own."""
    return Config(
        application,
        interface="asgi3",
        http=LimitedProtocol,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        **settings,
    )


class SecondPort:
    """One more port, in the event loop of the server that is running and without TLS, as long as that one runs."""

    def __init__(self, application: Callable[..., Any], listener: socket.socket) -> None:
        self._server = _GuestServer(uvicorn_config(application, lifespan="off"))
        self._listener = listener
        self._serving: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Begin to take requests."""
        self._serving = asyncio.create_task(self._server.serve(sockets=[self._listener]))

    async def close(self) -> None:
        """End, after the requests in hand."""
        self._server.should_exit = True
        if self._serving is not None:
            with suppress(asyncio.CancelledError):
                await self._serving


class _GuestServer(Server):
    """A server that leaves signals to the one in whose process it runs."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Capture none."""
        yield
