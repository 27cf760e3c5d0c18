"""Reads out of a certificate what the embedded authority remembers of it or builds upon."""

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from pcacli.pki.der_reader import elements, extent, skip
from pcacli.pki.extensions import Extension, read_extensions
from pcacli.pki.parse_errors import readable

if TYPE_CHECKING:
    from cryptography import x509

# The fields of the signed part: the version, which is optional and the only one with this tag, serial number,
# signature algorithm, issuer, validity, subject. Source: RFC 5280, section 4.1.
_VERSION_TAG, _EXTENSIONS_TAG = 0xA0, 0xA3
_FIELDS_BEFORE_ISSUER = 2


class CertificateFacts(NamedTuple):
    """What stands in a certificate.

    `subject` is the DER of the Name, bit for bit. The instants are UTC with whole seconds. `path_length` is None where
    basic constraints set no limit or are absent.
    """

    subject: bytes
    not_before: datetime
    not_after: datetime
    serial: int
    subject_key_identifier: bytes
    path_length: int | None


class _Names(NamedTuple):
    """The DER of the two names in a certificate."""

    issuer: bytes
    subject: bytes


@readable()
def certificate_facts(certificate: bytes) -> CertificateFacts:
    """Read the DER of a certificate.

    Raises:
        ValueError: the bytes are not a certificate that can be read.
    """
    from cryptography import x509

    parsed = x509.load_der_x509_certificate(certificate)
    return CertificateFacts(
        subject(certificate),
        parsed.not_valid_before_utc,
        parsed.not_valid_after_utc,
        parsed.serial_number,
        subject_key_identifier(parsed),
        path_length(parsed),
    )


def serial_number(certificate: bytes) -> int:
    """Return the serial number, whatever else of the certificate can be read.

    Raises:
        ValueError: the bytes are not a certificate.
    """
    from pcacli.pki.x509_fields import Kind, take_apart

    return int.from_bytes(take_apart(Kind.CERTIFICATE, certificate).signed["serial"].content, "big", signed=True)


def subject(certificate: bytes) -> bytes:
    """Return the DER of the subject, without loading a cryptographic library: reports ask for very many."""
    return _names(certificate).subject


def extensions_of(certificate: bytes) -> tuple[Extension, ...]:
    """Return the extensions of a certificate (DER) as they stand there, whether they can be read or not.

    Raises:
        ValueError: the bytes are not a certificate.
    """
    (whole,) = elements(certificate)
    content, *_ = elements(whole.content)
    for field in elements(content.content):
        if field.tag == _EXTENSIONS_TAG:
            (listed,) = elements(field.content)
            return read_extensions(listed.content)
    return ()


def csr_subject(csr: bytes) -> bytes:
    """Return the DER of the subject of a CSR (DER), the field behind the version (RFC 2986, section 4.1)."""
    (whole,) = elements(csr)
    info, *_ = elements(whole.content)
    _, subject, *_ = elements(info.content)
    return subject.encoded


@readable()
def is_authority(certificate: bytes) -> bool:
    """Tell whether a certificate (DER) is that of a CA.

    Raises:
        ValueError: the bytes are not a certificate that can be read.
    """
    from cryptography import x509

    try:
        parsed = x509.load_der_x509_certificate(certificate)
        return parsed.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


@readable()
def is_self_signed(certificate: bytes) -> bool:
    """Tell whether a certificate (DER) names itself as issuer and its own key made the signature.

    A certificate that names another issuer, which nearly all do, is told apart without a cryptographic library.

    Raises:
        ValueError: the bytes are not a certificate that can be read.
    """
    names = _names(certificate)
    if names.issuer != names.subject:
        return False
    from cryptography import x509

    parsed = x509.load_der_x509_certificate(certificate)
    return is_issued_by(parsed, parsed)


def is_certainly_self_signed(certificate: bytes) -> bool:
    """Tell the same of a stored certificate; one that cannot be read is not, so that it can be shown and revoked."""
    try:
        return is_self_signed(certificate)
    except ValueError:
        return False


def subject_key_identifier(certificate: "x509.Certificate") -> bytes:
    """Return the subject key identifier that is in the certificate, else the one that its key would get.

    Source: RFC 5280, section 4.2.1.2, method 1 (SHA-1 of the key's bits); AWS Private CA User Guide, "RFC compliance".
    """
    from cryptography import x509

    try:
        return certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    except x509.ExtensionNotFound:
        return x509.SubjectKeyIdentifier.from_public_key(certificate.public_key()).digest


def path_length(certificate: "x509.Certificate") -> int | None:
    """Return the path length that basic constraints set, or None."""
    from cryptography import x509

    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length
    except x509.ExtensionNotFound:
        return None


def is_issued_by(certificate: "x509.Certificate", issuer: "x509.Certificate") -> bool:
    """Tell whether the issuer's name stands in the certificate and the issuer's key made the signature.

    A signature of a kind that cannot be verified counts as none.
    """
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, UnsupportedAlgorithm, TypeError, ValueError):
        return False
    return True


def is_trust_anchor(certificate: "x509.Certificate") -> bool:
    """Tell whether a certificate names itself as issuer, with a signature that is its own or too old to be verified.

    The signature of a trust anchor proves nothing (RFC 5280, section 6.1.1 d), and old roots signed themselves with
    SHA-1. A signature that can be verified has to be good.
    """
    if certificate.issuer != certificate.subject:
        return False
    return is_issued_by(certificate, certificate) or has_old_signature(certificate)


def has_old_signature(certificate: "x509.Certificate") -> bool:
    """Tell whether a certificate was signed with SHA-1 or MD5, which is not verified any more."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes

    try:
        return isinstance(certificate.signature_hash_algorithm, hashes.SHA1 | hashes.MD5)
    except UnsupportedAlgorithm:
        return False


def _names(certificate: bytes) -> _Names:
    start, _ = extent(certificate, 0)
    start, _ = extent(certificate, start)
    if certificate[start] == _VERSION_TAG:
        start = skip(certificate, start, 1)
    issuer = skip(certificate, start, _FIELDS_BEFORE_ISSUER)
    validity = skip(certificate, issuer, 1)
    subject = skip(certificate, validity, 1)
    return _Names(certificate[issuer:validity], certificate[subject : skip(certificate, subject, 1)])
