"""Issues a certificate: puts name, key, window, serial number and extensions together and has the CA's key sign.

Pure: what is decided elsewhere (window, serial number, state of the CA) arrives in the order. Which extensions go in
is `profile.py`'s business.
Sources: RFC 5280 section 4.1; AWS Private CA User Guide, "Certificate templates" and "RFC compliance".
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from pcacli.errors import ServiceError
from pcacli.pki.algorithms import check_signing_algorithm, signature_parameters
from pcacli.pki.certificate_facts import path_length, subject_key_identifier
from pcacli.pki.csr import Csr
from pcacli.pki.names import subject_name
from pcacli.pki.path_length import check_path_length
from pcacli.pki.profile import KeyIdentifiers, Sources, certificate_extensions
from pcacli.pki.requested_extensions import passthrough_extensions
from pcacli.pki.templates import Template
from pcacli.pki.validity import Window

if TYPE_CHECKING:
    from cryptography import x509

    from pcacli.pki.algorithms import PrivateKey
    from pcacli.pki.extensions import Extension

SERIAL_BYTES = 16


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


class _Signer(NamedTuple):
    """What a certificate says of whoever signs it."""

    name: "x509.Name"
    key_identifier: bytes


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
        ServiceError: InvalidArgsException, the signing algorithm does not fit the CA's key or a value passed through
            the API is impossible; ValidationException, the path length is too long or a root's certificate was asked
            for with another key than the root's.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.padding import PSS
    from cryptography.hazmat.primitives.serialization import Encoding

    check_signing_algorithm(order.signing_algorithm, issuer.key_algorithm)
    subject = _subject(order)
    signer = _signer(order, issuer, subject)
    builder = (
        x509.CertificateBuilder()
        .serial_number(order.serial)
        .issuer_name(signer.name)
        .not_valid_before(order.window.not_before)
        .not_valid_after(order.window.not_after)
        .subject_name(subject)
        .public_key(order.csr.public_key, rsa_padding=PSS if order.csr.pss_only else None)
    )
    for extension in _extensions(order, issuer, signer, subject):
        builder = builder.add_extension(extension.unparsed(), extension.critical)
    parameters = signature_parameters(order.signing_algorithm)
    certificate = builder.sign(issuer.private_key, parameters.hash, rsa_padding=parameters.rsa_padding)
    return certificate.public_bytes(Encoding.DER)


def _subject(order: Order) -> "x509.Name":
    """Return the API's subject where the template lets it in, else the CSR's as it stands. They are never mixed."""
    requested = _passthrough(order).get("Subject")
    return subject_name(requested) if requested else order.csr.subject


def _passthrough(order: Order) -> Mapping[str, Any]:
    """Return the ApiPassthrough; templates of other varieties ignore it without an error (API reference, same name)."""
    return (order.api_passthrough or {}) if order.template.variety.api_passthrough else {}


def _signer(order: Order, issuer: Issuer, subject: "x509.Name") -> _Signer:
    """Return who signs: the CA's certificate, or for a root its own subject and key."""
    from cryptography import x509

    if order.template.profile.self_signed:
        _check_own_key(order, issuer)
        return _Signer(subject, b"")
    if issuer.certificate is None:
        raise ValueError("a CA without a certificate signs its own root certificate only")
    certificate = x509.load_der_x509_certificate(issuer.certificate)
    check_path_length(order.template.profile, path_length(certificate))
    return _Signer(certificate.subject, subject_key_identifier(certificate))


def _check_own_key(order: Order, issuer: Issuer) -> None:
    """Check that a root's certificate is asked for with the root's own request. Assumption: exception and text."""
    if order.csr.public_key != issuer.private_key.public_key():
        raise ServiceError(
            "ValidationException",
            "The CSR must be the certificate signing request of the certificate authority to use a root CA template.",
        )


def _extensions(order: Order, issuer: Issuer, signer: _Signer, subject: "x509.Name") -> list["Extension"]:
    from cryptography import x509

    own = x509.SubjectKeyIdentifier.from_public_key(order.csr.public_key)
    requested = _passthrough(order).get("Extensions") or {}
    api = passthrough_extensions(requested, subject_is_empty=not subject.rdns)
    sources = Sources(issuer.crl_url, issuer.ocsp_url, api, order.csr.extensions)
    return certificate_extensions(order.template, KeyIdentifiers(own.digest, signer.key_identifier), sources)
