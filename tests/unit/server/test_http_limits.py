"""Clients that send too slowly, or nothing at all, are shown the door."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from uvicorn.server import ServerState

from pcacli.errors import ServiceError
from pcacli.limits.readers import HTTP_BODY
from pcacli.server.body import Bodies
from pcacli.server.http_limits import LimitedProtocol
from pcacli.server.http_server import uvicorn_config

SHORT_SECONDS, LONG_SECONDS = 0.05, 20.0


class ImpatientProtocol(LimitedProtocol):
    maximum_head_seconds = SHORT_SECONDS


async def never() -> Any:
    """Wait for what does not come."""
    await asyncio.Event().wait()


async def application(_scope: Any, _receive: Any, _send: Any) -> None:
    """Stand where the application would be; without a whole head no request gets that far."""
    raise AssertionError


async def answer_to(octets: bytes) -> bytes:
    """Send something to a server that waits for a moment only; return all that comes back until it hangs up."""
    config = uvicorn_config(application, lifespan="off")
    config.load()
    state = ServerState()
    server = await asyncio.get_running_loop().create_server(
        lambda: ImpatientProtocol(config=config, server_state=state, app_state={}), "127.0.0.1", 0
    )
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(octets)
        received = await reader.read()
        writer.close()
        await writer.wait_closed()
    return received


def soon(work: Coroutine[Any, Any, bytes]) -> bytes:
    """Run to the end what must end long before the limits of a real server."""
    return asyncio.run(asyncio.wait_for(work, LONG_SECONDS))


@pytest.mark.parametrize("octets", [b"", b"POST / HT", b"POST / HTTP/1.1\r\nHost: a\r\n"])
def test_a_head_that_does_not_come_ends_the_connection(octets: bytes) -> None:
    assert soon(answer_to(octets)) == b""


def test_a_body_that_does_not_come_is_refused() -> None:
    with pytest.raises(ServiceError, match="did not arrive within") as refused:
        soon(Bodies().read(never, HTTP_BODY._replace(seconds=SHORT_SECONDS)))
    assert refused.value.code == "RequestTimeoutException"


def test_a_client_that_leaves_in_the_middle_is_refused() -> None:
    part: dict[str, Any] = {"type": "http.request", "body": b"{", "more_body": True}
    messages = iter([part, {"type": "http.disconnect"}])

    async def receive() -> dict[str, Any]:
        return next(messages)

    with pytest.raises(ServiceError, match="did not arrive") as refused:
        soon(Bodies().read(receive, HTTP_BODY))
    assert refused.value.code == "RequestTimeoutException"
