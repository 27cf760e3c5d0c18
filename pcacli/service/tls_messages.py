"""Reads what a TLS server says in the clear before keys are agreed on: up to TLS 1.2 that includes its certificates.

Source: RFC 5246, sections 6.2.1 (records), 7.4 (handshake messages), 7.4.2 (Certificate) and 7.4.4.
"""

from collections.abc import Iterator
from typing import NamedTuple

_HANDSHAKE, _CHANGE_CIPHER_SPEC = 22, 20
_RECORD_TYPES = range(20, 25)
_SERVER_HELLO, _CERTIFICATE, _CERTIFICATE_REQUEST = 2, 11, 13
# RFC 5246 section 6.2.1 and the RFCs before it; in TLS 1.3 nothing of this is in the clear.
_VERSIONS = {b"\x03\x00": "SSLv3", b"\x03\x01": "TLSv1", b"\x03\x02": "TLSv1.1", b"\x03\x03": "TLSv1.2"}
_RECORD_HEAD_BYTES, _MESSAGE_HEAD_BYTES, _LENGTH_BYTES = 5, 4, 3


class Presented(NamedTuple):
    """The certificates of a server in DER, whether it asks for one of the client, and the version of TLS."""

    certificates: list[bytes]
    asks_for_certificate: bool
    tls_version: str


def presented_in(received: bytes) -> Presented:
    """Read what a server sent, as far as it is in the clear; what is cut off is left out."""
    certificates: list[bytes] = []
    asks, version = False, "TLS"
    for kind, body in _messages(b"".join(_handshake_pieces(received))):
        if kind == _SERVER_HELLO:
            version = _VERSIONS.get(body[:2], version)
        elif kind == _CERTIFICATE:
            certificates = list(_opaque(body[_LENGTH_BYTES:]))
        asks = asks or kind == _CERTIFICATE_REQUEST
    return Presented(certificates, asks, version)


def is_tls(received: bytes) -> bool:
    """Tell whether bytes begin with a TLS record; nothing is one."""
    return received[:1] in {bytes((kind,)) for kind in _RECORD_TYPES}


def _handshake_pieces(received: bytes) -> Iterator[bytes]:
    """Yield the contents of handshake records up to the first that is not in the clear."""
    position = 0
    while position + _RECORD_HEAD_BYTES <= len(received) and received[position] != _CHANGE_CIPHER_SPEC:
        length = int.from_bytes(received[position + 3 : position + _RECORD_HEAD_BYTES], "big")
        start = position + _RECORD_HEAD_BYTES
        if received[position] == _HANDSHAKE:
            yield received[start : start + length]
        position = start + length


def _messages(handshake: bytes) -> Iterator[tuple[int, bytes]]:
    position = 0
    while position + _MESSAGE_HEAD_BYTES <= len(handshake):
        length = int.from_bytes(handshake[position + 1 : position + _MESSAGE_HEAD_BYTES], "big")
        start = position + _MESSAGE_HEAD_BYTES
        if start + length > len(handshake):
            return
        yield handshake[position], handshake[start : start + length]
        position = start + length


def _opaque(data: bytes) -> Iterator[bytes]:
    """Yield values that have their length in three octets in front."""
    position = 0
    while position + _LENGTH_BYTES <= len(data):
        length = int.from_bytes(data[position : position + _LENGTH_BYTES], "big")
        start = position + _LENGTH_BYTES
        yield data[start : start + length]
        position = start + length
