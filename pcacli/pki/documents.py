"""Finds the certificates, requests and CRLs in bytes of any common form: PEM, DER, PKCS #7, PKCS #12.

Sources: RFC 7468, sections 5 to 8 (labels; `NEW CERTIFICATE REQUEST` and `X509 CERTIFICATE` are the older ones that it
mentions); RFC 2315 (PKCS #7); RFC 7292 (PKCS #12).
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from pcacli.limits.readers import DOCUMENT, PKCS12
from pcacli.pki.parse_errors import parse_errors
from pcacli.pki.pem import PemProblem, pem_blocks

if TYPE_CHECKING:
    from cryptography import x509


class Kind(StrEnum):
    """What a document is."""

    CERTIFICATE = "CERTIFICATE"
    CERTIFICATE_REQUEST = "CERTIFICATE_REQUEST"
    CRL = "CRL"


class Document(NamedTuple):
    """One document in DER, of which it is certain that it can be parsed as its kind."""

    kind: Kind
    der: bytes


class DocumentProblem(ValueError):
    """The bytes hold nothing that can be read; the message says why."""


class PasswordWanted(DocumentProblem):
    """It is a PKCS #12 file, which this password does not open."""


_LABELS = {
    "CERTIFICATE": Kind.CERTIFICATE,
    "X509 CERTIFICATE": Kind.CERTIFICATE,
    "CERTIFICATE REQUEST": Kind.CERTIFICATE_REQUEST,
    "NEW CERTIFICATE REQUEST": Kind.CERTIFICATE_REQUEST,
    "X509 CRL": Kind.CRL,
}
_PKCS7_LABEL = "PKCS7"
_BEGIN = b"-----BEGIN "


def read_documents(data: bytes, password: bytes | None = None) -> list[Document]:
    r"""Return what is in the bytes, in their order; keys and parameters that stand beside it are passed over.

    A PEM inside a JSON text is found too: there, its lines are joined by `\n`. `password` opens a PKCS #12 file.

    Raises:
        PasswordWanted: the password is missing or wrong.
        DocumentProblem: there is nothing that can be read.
    """
    if data.count(_BEGIN) > (DOCUMENT.items or 0):
        raise DocumentProblem(f"there are more than {DOCUMENT.items} PEM blocks")
    try:
        blocks = pem_blocks(data.replace(rb"\n", b"\n"))
        if not blocks:
            return _read_der(data, password)
        found = [document for block in blocks for document in _read_block(block.label, block.der)]
    except PemProblem as problem:
        raise DocumentProblem(f"{problem}") from problem
    if not found:
        labels = ", ".join(dict.fromkeys(block.label for block in blocks))
        raise DocumentProblem(f"there is no certificate, certificate request or CRL, only {labels}")
    return found


def certificates_in(documents: Sequence[Document]) -> list[bytes]:
    """Return the DER of those documents that are certificates."""
    return [document.der for document in documents if document.kind is Kind.CERTIFICATE]


def _read_block(label: str, decoded: Callable[[], bytes]) -> list[Document]:
    if label == _PKCS7_LABEL:
        return _read_der(decoded(), None)
    kind = _LABELS.get(label)
    if kind is None:
        return []
    document = Document(kind, decoded())
    if not _is(document):
        raise DocumentProblem(f"a {label} block cannot be read as X.509")
    return [document]


def _read_der(data: bytes, password: bytes | None) -> list[Document]:
    for kind in Kind:
        if _is(Document(kind, data)):
            return [Document(kind, data)]
    found = _pkcs7(data) or _pkcs12(data, password)
    if not found:
        raise DocumentProblem("this is no certificate, certificate request or CRL, neither as PEM nor as DER")
    return found


def _is(document: Document) -> bool:
    """Tell whether a document can be parsed. What is in it is read later, and may be wrong."""
    from cryptography import x509

    loaders: dict[Kind, Callable[[bytes], object]] = {
        Kind.CERTIFICATE: x509.load_der_x509_certificate,
        Kind.CERTIFICATE_REQUEST: x509.load_der_x509_csr,
        Kind.CRL: x509.load_der_x509_crl,
    }
    try:
        loaders[document.kind](document.der)
    except parse_errors():
        return False
    return True


def _pkcs7(data: bytes) -> list[Document]:
    from cryptography.hazmat.primitives.serialization import pkcs7

    try:
        return _documents(pkcs7.load_der_pkcs7_certificates(data))
    except parse_errors():
        return []


def _pkcs12(data: bytes, password: bytes | None) -> list[Document]:
    from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

    from pcacli.limits.child import TookTooLong, in_child
    from pcacli.pki.der_reader import elements

    if not _looks_like_pkcs12(data):
        return []
    if len(data) > PKCS12.maximum_bytes:
        raise DocumentProblem(f"this is a PKCS #12 file with more than {PKCS12.size}")

    def certificates() -> bytes:
        opened = pkcs12.load_pkcs12(data, password)
        entries = [entry for entry in (opened.cert, *opened.additional_certs) if entry is not None]
        return b"".join(entry.certificate.public_bytes(Encoding.DER) for entry in entries)

    try:
        found = in_child(certificates, PKCS12.seconds or 0)
    except TookTooLong as problem:
        raise DocumentProblem(
            f"this PKCS #12 file takes more than {PKCS12.seconds:g} s to open: it asks for too many iterations"
        ) from problem
    except ValueError as problem:
        # The one answer for a wrong password and for damage: there is no telling them apart.
        raise PasswordWanted(
            "this is a PKCS #12 file, which needs a password"
            if password is None
            else "the password does not open this PKCS #12 file, or the file is damaged"
        ) from problem
    return [Document(Kind.CERTIFICATE, element.encoded) for element in elements(found)]


def _looks_like_pkcs12(data: bytes) -> bool:
    """Tell whether this is a PFX: a sequence that begins with the version 3 (RFC 7292, section 4)."""
    from pcacli.pki.der_reader import elements

    try:
        (whole,) = elements(data)
        version = next(elements(whole.content))
    except (ValueError, StopIteration):
        return False
    return version.encoded == b"\x02\x01\x03"


def _documents(certificates: "Sequence[x509.Certificate]") -> list[Document]:
    from cryptography.hazmat.primitives.serialization import Encoding

    return [Document(Kind.CERTIFICATE, certificate.public_bytes(Encoding.DER)) for certificate in certificates]
