"""Issues a certificate: puts name, key, window, serial number and extensions together and has the CA's key sign.

Pure: what is decided elsewhere (window, serial number, state of the CA) arrives in the order. Which extensions go in
is `profile.py`'s business.
Sources: RFC 5280 section 4.1; AWS Private CA User Guide, "Certificate templates" and "RFC compliance".
"""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from pcacli.errors import ServiceError
from pcacli.pki.algorithms import check_signing_algorithm
from pcacli.pki.certificate_facts import certificate_facts
from pcacli.pki.csr import Csr
from pcacli.pki.der_writer import BIT_STRING, GENERALIZED_TIME, INTEGER, SEQUENCE, UTC_TIME, context_tag, encode
from pcacli.pki.extensions import encoded
from pcacli.pki.names import subject_name
from pcacli.pki.path_length import check_path_length
from pcacli.pki.profile import Candidate, KeyIdentifiers, Sources, candidates, certificate_extensions
from pcacli.pki.read_back import Asked, check_content
from pcacli.pki.requested_extensions import passthrough_extensions
from pcacli.pki.signing import algorithm_identifier, key_identifier, signed
from pcacli.pki.templates import Template
from pcacli.pki.validity import Window

if TYPE_CHECKING:
    from pcacli.pki.algorithms import PrivateKey

SERIAL_BYTES = 16

_VERSION_3 = encode(context_tag(0, constructed=True), encode(INTEGER, b"\x02"))
_EXTENSIONS = context_tag(3, constructed=True)
_EMPTY_NAME = encode(SEQUENCE)
_FIRST_YEAR_OF_GENERALIZED_TIME = 2050


class Order(NamedTuple):
    """What is to be issued. `api_passthrough` is the API's ApiPassthrough; only some templates look at it."""

    csr: Csr
    template: Template
    window: Window
    serial: int
    signing_algorithm: str
    api_passthrough: Mapping[str, Any] | None = None


class Issuer(NamedTuple):
    """The CA that issues.

    `certificate` is its DER, None for a root that has none yet. `private_key` only signs; its bytes are never asked
    for. The URLs are those that certificates point at, None where the CA publishes no CRL or runs no OCSP.
    """

    certificate: bytes | None
    private_key: "PrivateKey"
    key_algorithm: str
    crl_url: str | None = None
    ocsp_url: str | None = None


class IssuerFacts(Protocol):
    """What a certificate says of the CA that issues it: the fields of `Issuer` without the key."""

    @property
    def certificate(self) -> bytes | None: ...  # noqa: D102 - `Issuer` describes them
    @property
    def key_algorithm(self) -> str: ...  # noqa: D102
    @property
    def crl_url(self) -> str | None: ...  # noqa: D102
    @property
    def ocsp_url(self) -> str | None: ...  # noqa: D102


class _Signer(NamedTuple):
    """What a certificate says of whoever signs it, and the path length that this one sets."""

    name: bytes
    key_identifier: bytes
    path_length: int | None


def new_serial(random_bytes: bytes) -> int:
    """Turn 16 random bytes into a serial number: positive, 128 bits.

    Source: RFC 5280 section 4.1.2.2; the length is that of all observed certificates.

    Raises:
        ValueError: there are not 16 bytes, or all are zero, which no source of randomness returns.
    """
    serial = int.from_bytes(random_bytes, "big")
    if len(random_bytes) != SERIAL_BYTES or not serial:
        raise ValueError(f"a serial number needs {SERIAL_BYTES} random bytes")
    return serial


def issue(order: Order, issuer: Issuer) -> bytes:
    """Issue a certificate and return its DER.

    Raises:
        ServiceError: MalformedCSRException, strangers could not read the certificate, or everybody could break its key;
            InvalidArgsException, the signing algorithm does not fit the CA's key or a value passed through the API is
            impossible; ValidationException, the path length is too long or a root's certificate was asked
            for with another key than the root's.
    """
    content = _content(order, issuer)
    if order.template.profile.self_signed:
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        own = issuer.private_key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        check_own_key(order, own)
    return signed(content, issuer.private_key, order.signing_algorithm)


def unsigned(order: Order, issuer: IssuerFacts) -> bytes:
    """Return the DER of the certificate with an empty signature: to look at it, the CA's key is not needed.

    Raises:
        ServiceError: as `issue`, but for the own key of a root (see `check_own_key`).
    """
    signature = encode(BIT_STRING, b"\x00")
    return encode(SEQUENCE, _content(order, issuer), algorithm_identifier(order.signing_algorithm), signature)


def extension_candidates(order: Order, issuer: IssuerFacts) -> list[Candidate]:
    """Return every extension that has a say in the certificate, with its origin; the first of its kind is taken.

    Raises:
        ServiceError: as `issue`.
    """
    subject = _subject(order)
    return list(candidates(order.template, *_offers(order, issuer, _signer(order, issuer, subject), subject)))


def check_own_key(order: Order, own_public_key: bytes) -> None:
    """Check that a root's certificate is asked for with the root's own request. Assumption: exception and text.

    `own_public_key` is the DER of the SubjectPublicKeyInfo.

    Raises:
        ServiceError: ValidationException, the request has another key.
    """
    if order.csr.public_key != own_public_key:
        raise ServiceError(
            "ValidationException",
            "The CSR must be the certificate signing request of the certificate authority to use a root CA template.",
        )


def _content(order: Order, issuer: IssuerFacts) -> bytes:
    """Return the part of the certificate that is signed."""
    check_signing_algorithm(order.signing_algorithm, issuer.key_algorithm)
    subject = _subject(order)
    signer = _signer(order, issuer, subject)
    extensions = tuple(certificate_extensions(order.template, *_offers(order, issuer, signer, subject)))
    asked = Asked(
        order.serial,
        algorithm_identifier(order.signing_algorithm),
        signer.name,
        order.window,
        subject,
        order.csr.public_key,
        extensions,
        order.template.profile.certificate_authority,
    )
    content = _written(asked)
    check_content(content, asked)
    return content


def _written(asked: Asked) -> bytes:
    """Write a TBSCertificate (RFC 5280 section 4.1); `cryptography`'s builder would write names in a way of its own."""
    return encode(
        SEQUENCE,
        _VERSION_3,
        encode(INTEGER, _unsigned(asked.serial)),
        asked.algorithm,
        asked.issuer,
        encode(SEQUENCE, _time(asked.window.not_before), _time(asked.window.not_after)),
        asked.subject,
        asked.public_key,
        encode(_EXTENSIONS, encode(SEQUENCE, *map(encoded, asked.extensions))),
    )


def _subject(order: Order) -> bytes:
    """Return the API's subject where the template lets it in, else the CSR's as it stands. They are never mixed."""
    requested = _passthrough(order).get("Subject")
    return subject_name(requested) if requested else order.csr.subject


def _passthrough(order: Order) -> Mapping[str, Any]:
    """Return the ApiPassthrough; templates of other varieties ignore it without an error (API reference, same name)."""
    return (order.api_passthrough or {}) if order.template.variety.api_passthrough else {}


def _signer(order: Order, issuer: IssuerFacts, subject: bytes) -> _Signer:
    """Return who signs: the CA's certificate, or for a root its own subject and key."""
    if order.template.profile.self_signed:
        return _Signer(subject, b"", None)
    if issuer.certificate is None:
        raise ValueError("a CA without a certificate signs its own root certificate only")
    signer = _signer_of(issuer.certificate)
    check_path_length(order.template.profile, signer.path_length)
    return signer


@lru_cache
def _signer_of(certificate: bytes) -> _Signer:
    facts = certificate_facts(certificate)
    return _Signer(facts.subject, facts.subject_key_identifier, facts.path_length)


def _offers(order: Order, issuer: IssuerFacts, signer: _Signer, subject: bytes) -> tuple[KeyIdentifiers, Sources]:
    """Return what there is besides the template to take extensions from."""
    requested = _passthrough(order).get("Extensions") or {}
    api = passthrough_extensions(requested, subject_is_empty=subject == _EMPTY_NAME)
    identifiers = KeyIdentifiers(key_identifier(order.csr.public_key), signer.key_identifier)
    return identifiers, Sources(issuer.crl_url, issuer.ocsp_url, api, order.csr.extensions)


def _unsigned(number: int) -> bytes:
    """Write a positive number as the content of an INTEGER, which has a sign bit (X.690 section 8.3)."""
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


@lru_cache
def _time(instant: datetime) -> bytes:
    """Write an instant as UTCTime until the end of 2049 and as GeneralizedTime after it (RFC 5280 section 4.1.2.5)."""
    if instant.year < _FIRST_YEAR_OF_GENERALIZED_TIME:
        return encode(UTC_TIME, f"{instant:%y%m%d%H%M%SZ}".encode())
    return encode(GENERALIZED_TIME, f"{instant:%Y%m%d%H%M%SZ}".encode())
