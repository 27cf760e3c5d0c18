"""A TLS server on the loopback that presents what a test wants."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from socket import create_server


@contextmanager
def tls_server(chain: Path, key: Path, *, asking_clients_of: Path | None = None) -> Iterator[str]:
    """Greet every client as long as the `with` block; gives HOST:PORT.

    With TLS 1.2 it can also demand a client certificate of the CAs in a file.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    if asking_clients_of is not None:
        context.load_verify_locations(asking_clients_of)
        context.verify_mode, context.maximum_version = ssl.CERT_REQUIRED, ssl.TLSVersion.TLSv1_2
    listener = create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:  # the listener was closed
                return
            # What a client does after the greeting is its own affair.
            with suppress(OSError), connection, context.wrap_socket(connection, server_side=True) as secured:
                secured.recv(1)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{listener.getsockname()[1]}"
    finally:
        # Closing alone does not wake the thread that waits for a client.
        listener.shutdown(2)
        listener.close()
        thread.join()
