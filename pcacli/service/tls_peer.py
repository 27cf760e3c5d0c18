"""Fetches the certificates that a TLS server presents, to look at them: nothing of them is believed here."""

import re
import socket
import ssl
from typing import NamedTuple

from pcacli.errors import PcaError
from pcacli.pki.host_names import ascii_host_name

# A host name, in any script, an IPv4 address or a bracketed IPv6 one (RFC 3986, section 3.2.2), and a port.
_ADDRESS = re.compile(
    r"(?:https://)?(?P<host>\[[0-9A-Fa-f:.%]+\]|(?:[A-Za-z0-9._-]|[^\x00-\x7f])+):(?P<port>[0-9]{1,5})/?", re.ASCII
)
_HIGHEST_PORT = 65535


class Address(NamedTuple):
    """Where a TLS server listens."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Peer(NamedTuple):
    """What a server presented: its certificates in DER, its own first, and the version of TLS."""

    certificates: list[bytes]
    tls_version: str


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
    """Begin a TLS connection and return what the server presents.

    `server_name` is sent as the name that is wanted (RFC 6066, section 3) in place of the host. Connecting and greeting
    may each take `timeout_seconds`.

    Raises:
        PcaError: there is no answer in time, or it is not TLS.
    """
    try:
        with (
            socket.create_connection(server, timeout=timeout_seconds) as plain,
            _context().wrap_socket(plain, server_hostname=server_name or server.host) as secured,
        ):
            return Peer(_certificates(secured), secured.version() or "TLS")
    except TimeoutError as error:
        raise PcaError(f"{server} did not answer within {timeout_seconds:g} s (--timeout).") from error
    except ssl.SSLError as error:
        reason = (error.reason or str(error)).lower().replace("_", " ")
        raise PcaError(f"{server} does not speak TLS as it should: {reason}.") from error
    except (OSError, UnicodeError) as error:
        raise PcaError(f"{server} cannot be reached: {getattr(error, 'strerror', None) or error}.") from error


def _context() -> ssl.SSLContext:
    """Return a context for looking: whatever certificate, key or version there is shall be seen and not refused."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


def _certificates(secured: ssl.SSLSocket) -> list[bytes]:
    """Return the chain as it was sent; Python has shown more than its first certificate since 3.13."""
    whole_chain = getattr(secured, "get_unverified_chain", None)
    if whole_chain is not None:
        return list(whole_chain())
    own = secured.getpeercert(binary_form=True)
    return [own] if own else []
