"""Clients that send too slowly, or nothing at all, are shown the door."""

import asyncio
import socket
from collections.abc import Callable, Coroutine
from contextlib import suppress
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
    maximum_head_seconds = maximum_body_seconds = maximum_stall_seconds = maximum_linger_seconds = SHORT_SECONDS

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.timeout_keep_alive = SHORT_SECONDS  # type: ignore[assignment] # seconds


async def never() -> Any:
    """Wait for what does not come."""
    await asyncio.Event().wait()


async def application(_scope: Any, _receive: Any, _send: Any) -> None:
    """Stand where the application would be; without a whole head no request gets that far."""
    raise AssertionError


Application = Callable[[Any, Any, Any], Coroutine[Any, Any, None]]


async def answer_to(octets: bytes, application: Application = application) -> bytes:
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
        with suppress(ConnectionError):
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


CHUNKED = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


class Recorder:
    """An application that reads every body, remembers header fields and bodies, and answers 200 with no body."""

    def __init__(self, *, reads: bool = True) -> None:
        self.reads = reads
        self.seen: list[tuple[dict[bytes, bytes], bytes]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", self.reads
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        # Some turns of the loop, in which whatever has arrived is taken.
        await asyncio.sleep(SHORT_SECONDS / 10)
        self.seen.append((dict(scope["headers"]), body))
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})


def test_fields_behind_a_body_are_lost() -> None:
    recorder = Recorder()
    soon(answer_to(CHUNKED + b"1\r\nx\r\n0\r\nHost: evil\r\nX-Amz-Target: evil\r\n\r\n" + GET, recorder))
    assert recorder.seen == [
        ({b"host": b"a", b"transfer-encoding": b"chunked"}, b"x"),
        ({b"host": b"a"}, b""),
    ]


LIMIT = 65536
ENDLESS = {
    "head": b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 20_000,
    "field": b"GET / HTTP/1.1\r\nA: " + b"x" * 2 * LIMIT,
    "whole head": b"GET / HTTP/1.1\r\nA: " + b"x" * LIMIT + b"\r\n\r\n",
    "name": b"GET / HTTP/1.1\r\n" + b"x" * 2 * LIMIT,
    "path": b"GET /" + b"x" * 2 * LIMIT,
    "many fields": b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 129 + b"\r\n",
    "extension of a chunk": CHUNKED + b"1;" + b"x" * 2 * LIMIT,
    "extensions of chunks": CHUNKED + (b"1;" + b"x" * 1000 + b"\r\ny\r\n") * 100,
    "size of a chunk": CHUNKED + b"0" * 2 * LIMIT,
    "trailer field": CHUNKED + b"0\r\nA: " + b"x" * 2 * LIMIT,
    "trailer fields": CHUNKED + b"0\r\n" + b"A: b\r\n" * 20_000,
}


@pytest.mark.parametrize("octets", ENDLESS.values(), ids=ENDLESS)
def test_what_is_no_body_has_a_limit(octets: bytes) -> None:
    recorder = Recorder()
    assert b" 400 " in soon(answer_to(octets, recorder))[:20]
    assert all(body == b"" for _, body in recorder.seen if not octets.startswith(CHUNKED))


def test_a_head_up_to_the_limit_is_taken_even_behind_another() -> None:
    recorder = Recorder()
    large = b"GET / HTTP/1.1\r\nHost: a\r\nA: " + b"x" * (LIMIT - 100) + b"\r\n\r\n"
    assert soon(answer_to(large + large, recorder)).count(b"200 OK") == 2


BAD = {
    "no HTTP": b"\x16\x03\x01\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n",
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_requests_before_a_bad_one_are_answered_and_nothing_is_taken_for_their_answer(bad: bytes) -> None:
    answers = soon(answer_to(GET + GET + bad, Recorder()))
    assert (answers.count(b"HTTP/1.1 200"), answers.count(b"HTTP/1.1")) == (2, 2)


SMUGGLING = {
    "length and chunks": b"Content-Length: 5\r\nTransfer-Encoding: chunked",
    "chunks and length": b"Transfer-Encoding: chunked\r\nContent-Length: 5",
    "two lengths": b"Content-Length: 5\r\nContent-Length: 6",
    "one length twice": b"Content-Length: 5\r\nContent-Length: 5",
    "lengths in a list": b"Content-Length: 5, 5",
    "a length with a sign": b"Content-Length: +5",
    "a length that nobody can count": b"Content-Length: 99999999999999999999999",
    "chunks that are not the last coding": b"Transfer-Encoding: chunked, gzip",
    "a coding that looks like chunks": b"Transfer-Encoding: xchunked",
    "two codings": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
    "a space before the colon": b"Transfer-Encoding : chunked",
    "a folded line": b"A: b\r\n c",
    "a bare line feed": b"A: b\nTransfer-Encoding: chunked",
    "a NUL": b"A: \0",
}


@pytest.mark.parametrize("fields", SMUGGLING.values(), ids=SMUGGLING)
def test_a_request_that_two_servers_could_read_differently_is_refused(fields: bytes) -> None:
    recorder = Recorder()
    octets = b"POST / HTTP/1.1\r\nHost: a\r\n" + fields + b"\r\n\r\n0\r\n\r\n" + GET
    answer = soon(answer_to(octets, recorder))
    assert (answer[:13], answer.count(b"HTTP/1.1"), recorder.seen) == (b"HTTP/1.1 400 ", 1, [])


def test_a_body_that_nobody_reads_is_dropped_and_the_next_request_answered() -> None:
    recorder = Recorder(reads=False)
    body = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n" + b"x" * 1_000_000
    assert soon(answer_to(body + GET, recorder)).count(b"200 OK") == 2


@pytest.mark.parametrize("part", [b"", b"x"])
def test_a_body_that_nobody_reads_and_that_does_not_come_ends_the_connection(part: bytes) -> None:
    head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n"
    assert soon(answer_to(head + part, Recorder(reads=False))).count(b"200 OK") == 1


def test_empty_lines_do_not_keep_a_connection() -> None:
    assert soon(answer_to(b"\r\n" * 100, Recorder())) == b""
    assert soon(answer_to(GET + b"\r\n" * 100, Recorder())).count(b"200 OK") == 1


def test_a_client_that_does_not_read_is_cut_off() -> None:
    gone = asyncio.Event()

    async def generous(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while True:
            # It waits for as long as the client does not read; when that is gone, nothing is sent any more.
            await send({"type": "http.response.body", "body": bytes(1_000_000), "more_body": True})
            if gone.is_set():
                return

    class Watched(ImpatientProtocol):
        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            gone.set()

    async def unread() -> bytes:
        config = uvicorn_config(generous, lifespan="off")
        config.load()
        server = await asyncio.get_running_loop().create_server(
            lambda: Watched(config=config, server_state=ServerState(), app_state={}), "127.0.0.1", 0
        )
        async with server:
            client = socket.create_connection(server.sockets[0].getsockname())
            with client:
                client.sendall(GET)
                await gone.wait()
        return b""

    assert soon(unread()) == b""
