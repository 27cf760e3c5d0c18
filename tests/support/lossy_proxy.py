"""A proxy between a client and a server that passes requests on and loses answers: the client never learns of them."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

_TIMEOUT_SECONDS = 30
_OF_THE_CONNECTION = frozenset({"connection", "keep-alive", "transfer-encoding", "date", "server"})


class LossyProxy:
    """A proxy that runs. `url` is where it listens; what is lost is set at any time.

    `loses` is asked for each answer with the action and how many requests for it have come, from 1.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.loses: Callable[[str, int], bool] = lambda _action, _number: False
        self._counts: dict[str, int] = {}
        self._lock = threading.Lock()

    def is_lost(self, action: str) -> bool:
        """Count an answer and tell whether it gets lost."""
        with self._lock:
            self._counts[action] = number = self._counts.get(action, 0) + 1
            return self.loses(action, number)


@contextmanager
def lossy_proxy(server_url: str) -> Iterator[LossyProxy]:
    """Run a proxy in front of a server as long as the `with` block; it loses nothing at first."""
    place = urlsplit(server_url)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            connection = HTTPConnection(place.hostname or "", place.port, timeout=_TIMEOUT_SECONDS)
            try:
                # With the same Host, which is signed.
                connection.putrequest("POST", self.path, skip_host=True, skip_accept_encoding=True)
                for name, value in self.headers.items():
                    connection.putheader(name, value)
                connection.endheaders(body)
                response = connection.getresponse()
                answer = response.read()
            finally:
                connection.close()
            if proxy.is_lost(self.headers["X-Amz-Target"].rpartition(".")[2]):
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
                return
            self.send_response_only(response.status)
            for name, value in response.getheaders():
                if name.lower() not in _OF_THE_CONNECTION:
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_: object) -> None:
            """A client may be killed."""

    with Server(("127.0.0.1", 0), Handler) as server:
        proxy = LossyProxy(f"http://127.0.0.1:{server.server_address[1]}")
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield proxy
        finally:
            server.shutdown()
