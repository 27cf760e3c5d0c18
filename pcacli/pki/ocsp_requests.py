"""Reads OCSP requests, about one certificate or several.

`cryptography` judges each request by itself; it knows none about several certificates, so such a one is taken apart.
Sources: RFC 6960, section 4.1; RFC 9654, section 2.1 (nonces).
"""

from typing import TYPE_CHECKING, NamedTuple

from pcacli.pki.der_reader import DerProblem, Element, elements
from pcacli.pki.der_writer import SEQUENCE, encode
from pcacli.pki.parse_errors import UnreadableX509, readable

if TYPE_CHECKING:
    from cryptography.x509.ocsp import OCSPRequest

MAXIMUM_CERTIFICATES = 100
"""About how many certificates a request may ask: each costs a look into the store."""

_MAXIMUM_NONCE_BYTES = 128
_EXTENSIONS = 0xA2


class IssuerId(NamedTuple):
    """The CA that a request is about: hashes of its name and key, made with this algorithm ("sha1", "sha256")."""

    hash_name: str
    name_hash: bytes
    key_hash: bytes


class Question(NamedTuple):
    """One certificate that is asked about: its CA, its serial number, and both as they stand in the request (DER)."""

    issuer: IssuerId
    serial: int
    certificate_id: bytes


class Asked(NamedTuple):
    """What a request asks: about one certificate at least; `nonce` is the content of the extension."""

    questions: tuple[Question, ...]
    nonce: bytes | None


@readable()
def read_request(request: bytes) -> Asked:
    """Read the DER of a request.

    Raises:
        ValueError: it is not a request, asks about too many certificates or a serial number that no certificate can
            have (RFC 5280, section 4.1.2.2), names an unknown hash algorithm, or has a nonce that is empty or too long.
    """
    singles, extensions = _singles(request)
    if not 0 < len(singles) <= MAXIMUM_CERTIFICATES:
        raise UnreadableX509(f"it asks about {len(singles)} certificates")
    parsed = [_parsed(single, extensions) for single in singles]
    return Asked(tuple(map(_question, parsed, singles)), _nonce(parsed[0]))


def _singles(request: bytes) -> tuple[list[Element], list[Element]]:
    """Return what is asked of each certificate, and the extensions of the request, if there are any.

    Raises:
        DerProblem: it is no request.
    """
    (whole,) = elements(request)
    to_be_signed, *_signature = elements(whole.content)
    parts = list(elements(to_be_signed.content))
    listed = [part for part in parts if part.tag == SEQUENCE]
    if len(listed) != 1 or (whole.tag, to_be_signed.tag) != (SEQUENCE, SEQUENCE):
        raise DerProblem("it is no request")
    return list(elements(listed[0].content)), [part for part in parts if part.tag == _EXTENSIONS]


def _parsed(single: Element, extensions: list[Element]) -> "OCSPRequest":
    """Let the library read a request about one certificate, everything in it, because it reads on demand."""
    from cryptography.x509 import ocsp

    listed = encode(SEQUENCE, single.encoded)
    to_be_signed = encode(SEQUENCE, listed, *(each.encoded for each in extensions))
    parsed = ocsp.load_der_ocsp_request(encode(SEQUENCE, to_be_signed))
    _ = (parsed.hash_algorithm, parsed.extensions)
    if parsed.serial_number < 0:
        raise UnreadableX509("the serial number is negative")
    return parsed


def _question(parsed: "OCSPRequest", single: Element) -> Question:
    issuer = IssuerId(parsed.hash_algorithm.name, parsed.issuer_name_hash, parsed.issuer_key_hash)
    certificate_id, *_extensions = elements(single.content)
    return Question(issuer, parsed.serial_number, certificate_id.encoded)


def _nonce(parsed: "OCSPRequest") -> bytes | None:
    from cryptography import x509

    try:
        nonce = parsed.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
    except x509.ExtensionNotFound:
        return None
    if not 0 < len(nonce) <= _MAXIMUM_NONCE_BYTES:
        raise UnreadableX509(f"A nonce has 1 to {_MAXIMUM_NONCE_BYTES} bytes.")
    return nonce
