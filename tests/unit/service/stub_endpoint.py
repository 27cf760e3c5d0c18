"""A scripted awsJson1.1 endpoint on the loopback, for the tests of the AWS backend."""

import json
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, NamedTuple


class Reply(NamedTuple):
    """One answer of the endpoint; the last of a script is repeated."""

    status: int = 200
    body: bytes = b"{}"
    delay_seconds: float = 0


def answer(**members: Any) -> Reply:
    return Reply(body=json.dumps(members).encode())


def refusal(code: str, message: str, status: int = 400) -> Reply:
    return Reply(status, json.dumps({"__type": code, "message": message}).encode())


class Endpoint(NamedTuple):
    """Where the endpoint listens, and the headers and bodies that it received."""

    url: str
    requests: list[tuple[Mapping[str, str], dict[str, Any]]]


@contextmanager
def serving(*script: Reply, tls: ssl.SSLContext | None = None) -> Iterator[Endpoint]:
    """Run the endpoint as long as the `with` block."""
    received: list[tuple[Mapping[str, str], dict[str, Any]]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            reply = script[min(len(received), len(script) - 1)]
            received.append((dict(self.headers), json.loads(body)))
            time.sleep(reply.delay_seconds)
            self.send_response(reply.status)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    class Server(ThreadingHTTPServer):
        block_on_close = False

        def get_request(self) -> tuple[socket.socket, Any]:
            connection, address = super().get_request()
            return (tls.wrap_socket(connection, server_side=True) if tls else connection), address

        def handle_error(self, *_: object) -> None:
            """A client may leave early: when it waits no longer, or trusts the certificate not."""

    with Server(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield Endpoint(f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}", received)
        finally:
            server.shutdown()
