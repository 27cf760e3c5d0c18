"""What CAs publish is fetched over http alone, and within its limits, whoever answers."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import repeat

import pytest

from pcacli.errors import PcaError
from pcacli.service.http_fetch import fetch
from tests.support.waiting import LONGEST_SECONDS

OK = b"HTTP/1.1 200 OK\r\n"
PIECES, PAUSE_SECONDS, IMPATIENT_SECONDS = 200, 0.02, 0.5
"""A trickle takes much longer than the timeout, each piece of it much less."""

Serve = Callable[..., str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Let a server send these pieces to each client that has sent its request; returns its URL."""
    over = threading.Event()
    listeners: list[socket.socket] = []

    def answer(listener: socket.socket, pieces: tuple[bytes, ...]) -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                with client, suppress(OSError):
                    client.recv(65536)
                    for piece in pieces:
                        client.sendall(piece)
                        if len(pieces) > 1:
                            over.wait(PAUSE_SECONDS)

    def started(*pieces: bytes) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)
        threading.Thread(target=answer, args=(listener, pieces), daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}/crl"

    yield started
    over.set()
    for listener in listeners:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def get(url: str, maximum_bytes: int = 100, timeout_seconds: float = LONGEST_SECONDS) -> bytes:
    return fetch(url, timeout_seconds=timeout_seconds, maximum_bytes=maximum_bytes)


def test_the_first_bytes_of_an_answer_come_back(serve: Serve) -> None:
    url = serve(OK + b"Content-Length: 10\r\n\r\n0123456789")
    assert get(url) == b"0123456789"
    assert get(url, maximum_bytes=4) == b"0123"


@pytest.mark.parametrize("head", [OK, OK + b"Content-Length: 200\r\n\r\n"], ids=["head", "body"])
def test_an_answer_that_trickles_in_is_not_waited_for(serve: Serve, head: bytes) -> None:
    letters = repeat(b"x", PIECES) if head.endswith(b"\r\n\r\n") else (b"X-%d: 1\r\n" % n for n in range(PIECES))
    with pytest.raises(PcaError, match="cannot be fetched: timed out"):
        get(serve(head, *letters), timeout_seconds=IMPATIENT_SECONDS)


def test_a_redirect_is_followed_to_http_only(serve: Serve) -> None:
    there = serve(OK + b"Content-Length: 2\r\n\r\nok")

    def redirect(location: str) -> str:
        return serve(f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode())

    assert get(redirect(there)) == b"ok"
    with pytest.raises(PcaError, match="cannot be fetched: "):
        get(redirect(there.replace("http:", "ftp:")))
    with pytest.raises(PcaError, match="cannot be fetched: "):
        get(redirect(there.replace("http:", "https:")))


@pytest.mark.parametrize("url", ["https://localhost/crl", "file:///etc/passwd", "ldap://directory/crl", "crl"])
def test_what_is_no_http_address_is_refused(url: str) -> None:
    with pytest.raises(PcaError, match=f"{url} cannot be fetched: unknown url type"):
        get(url)


def test_an_error_of_the_server_is_told(serve: Serve) -> None:
    with pytest.raises(PcaError, match="cannot be fetched: Not Found"):
        get(serve(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"))


def test_the_body_of_a_redirect_is_not_read_without_a_limit(serve: Serve) -> None:
    there = serve(OK + b"Content-Length: 2\r\n\r\nok")
    endless = serve(f"HTTP/1.1 302 Found\r\nLocation: {there}\r\n\r\n".encode(), *repeat(bytes(1_000_000), 20))
    with pytest.raises(PcaError, match="the answer has more than 100 bytes"):
        get(endless)


def test_a_redirect_leaves_no_more_time_than_there_was(serve: Serve) -> None:
    hops = serve(*repeat(b"HTTP/1.1 100 Continue\r\n\r\n", PIECES))
    with pytest.raises(PcaError, match="cannot be fetched: timed out"):
        get(hops, timeout_seconds=IMPATIENT_SECONDS)


@pytest.mark.parametrize(
    "rest", [b"Content-Length: 99999999999\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\nffffffff\r\n", b"\r\n"]
)
def test_the_first_bytes_of_an_answer_without_an_end_come_back(serve: Serve, rest: bytes) -> None:
    assert get(serve(OK + rest + bytes(100_000))) == bytes(100)
