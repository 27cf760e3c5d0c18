"""Fetches the certificates that a TLS server presents, to look at them: nothing of them is believed here."""

import re
import socket
import ssl
import time
from contextlib import suppress
from typing import NamedTuple

from pcacli.errors import PcaError
from pcacli.pki.host_names import ascii_host_name
from pcacli.pki.ip_addresses import without_zone
from pcacli.service.tls_messages import is_tls, presented_in

# A host name, in any script, an IPv4 address or a bracketed IPv6 one, perhaps with a zone (RFC 3986, section 3.2.2; RFC
# 4007, section 11), and a port.
_ADDRESS = re.compile(
    r"(?:https://)?(?P<host>\[[0-9A-Fa-f:.]+(?:%[A-Za-z0-9._~-]+)?\]|(?:[A-Za-z0-9._-]|[^\x00-\x7f])+)"
    r":(?P<port>[0-9]{1,5})/?",
    re.ASCII,
)
_HIGHEST_PORT = 65535
_PIECE_BYTES = 16 * 1024
# OpenSSL itself takes certificates of 100 KB together.
_MAXIMUM_BYTES = 1024 * 1024
_STARTTLS = (
    "If it is a mail, directory or database server, it starts TLS inside its own protocol (STARTTLS), which pcacli "
    "cannot do yet; OpenSSL can: openssl s_client -starttls PROTOCOL -showcerts -connect {}"
)


class Address(NamedTuple):
    """Where a TLS server listens."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Peer(NamedTuple):
    """What a server presented: its certificates in DER, its own first, and the version of TLS.

    `broken_off` says why there was no connection in the end; None if there was one.
    """

    certificates: list[bytes]
    tls_version: str
    broken_off: str | None = None


def address(text: str) -> Address | None:
    """Read HOST:PORT, the host in A-labels, or return None if the text is something else."""
    match = _ADDRESS.fullmatch(text)
    if match is None or int(match["port"]) not in range(1, _HIGHEST_PORT + 1):
        return None
    try:
        return Address(ascii_host_name(match["host"].strip("[]")), int(match["port"]))
    except ValueError:
        return None


def presented_by(server: Address, *, server_name: str | None, timeout_seconds: float) -> Peer:
    """Begin a TLS connection and return what the server presents, even if it breaks the connection off then.

    `server_name` is sent as the name that is wanted (RFC 6066, section 3) in place of the host. Connecting and greeting
    may each take `timeout_seconds`.

    Raises:
        PcaError: there is no answer in time, or it is not TLS.
    """
    try:
        with socket.create_connection(server, timeout=timeout_seconds) as connection:
            return _greeted(server, connection, server_name or without_zone(server.host), timeout_seconds)
    except TimeoutError as error:
        raise PcaError(f"{server} did not answer within {timeout_seconds:g} s (--timeout).") from error
    except (OSError, UnicodeError) as error:
        raise PcaError(f"{server} cannot be reached: {getattr(error, 'strerror', None) or error}.") from error


def _greeted(server: Address, connection: socket.socket, server_name: str, timeout_seconds: float) -> Peer:
    greeting = _Greeting(connection, server_name, time.monotonic() + timeout_seconds)
    try:
        greeting.go_through()
    except ssl.SSLError as error:
        reason = (error.reason or str(error)).lower().replace("_", " ")
        received = bytes(greeting.received)
        found = presented_in(received)
        if not found.certificates:
            hint = None if is_tls(received) or not received else _STARTTLS.format(server)
            raise PcaError(f"{server} does not speak TLS as it should: {reason}.", hint=hint) from error
        why = "it asks for a client certificate" if found.asks_for_certificate else reason
        return Peer(found.certificates, found.tls_version, f"{server} breaks the connection off: {why}.")
    return Peer(_certificates(greeting.secured), greeting.secured.version() or "TLS")


class _Greeting:
    """A TLS handshake of which everything that the server says is kept."""

    def __init__(self, connection: socket.socket, server_name: str, deadline: float) -> None:
        self.received = bytearray()
        self._connection = connection
        self._deadline = deadline
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.secured = _context().wrap_bio(self._incoming, self._outgoing, server_hostname=server_name)

    def go_through(self) -> None:
        """Shake hands.

        Raises:
            TimeoutError: it takes too long.
            ssl.SSLError: the server does not agree, or says too much.
        """
        while True:
            try:
                self.secured.do_handshake()
            except ssl.SSLWantReadError:
                self._send()
                self._receive()
            else:
                self._send()
                return

    def _send(self) -> None:
        self._connection.settimeout(self._seconds_left())
        # Some servers slam the door, and what they said before counts.
        with suppress(ConnectionError):
            self._connection.sendall(self._outgoing.read())

    def _receive(self) -> None:
        self._connection.settimeout(self._seconds_left())
        try:
            piece = self._connection.recv(_PIECE_BYTES)
        except ConnectionError:
            piece = b""
        self.received += piece
        if len(self.received) > _MAXIMUM_BYTES:
            raise ssl.SSLError(f"the server sends more than {_MAXIMUM_BYTES} bytes before it is connected")
        if piece:
            self._incoming.write(piece)
        else:
            self._incoming.write_eof()

    def _seconds_left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        return left


def _context() -> ssl.SSLContext:
    """Return a context for looking: whatever certificate, key or version there is shall be seen and not refused."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


def _certificates(secured: ssl.SSLObject) -> list[bytes]:
    """Return the chain as it was sent; Python has shown more than its first certificate since 3.13."""
    whole_chain = getattr(secured, "get_unverified_chain", None)
    if whole_chain is not None:
        return list(whole_chain())
    own = secured.getpeercert(binary_form=True)
    return [own] if own else []
