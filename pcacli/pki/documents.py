"""Finds the certificates, requests and CRLs in bytes of any common form: PEM, DER, PKCS #7, PKCS #12.

What stands there is found by its structure alone, whatever is odd about it. In a bundle, a block that cannot be read
spoils no other.
Sources: RFC 7468, sections 5 to 8 (labels, with the older ones that it mentions), and OpenSSL's `pem.h`; RFC 2315 and
RFC 5652, section 5.1 (PKCS #7, CMS); RFC 7292 (PKCS #12).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from pcacli.limits.readers import DOCUMENT, PKCS12
from pcacli.pki.ber_reader import first_element
from pcacli.pki.der_reader import DerProblem, elements
from pcacli.pki.parse_errors import parse_errors
from pcacli.pki.pem import Block, PemProblem, loose_blocks
from pcacli.pki.x509_fields import Kind, kind_of, take_apart

if TYPE_CHECKING:
    from cryptography import x509


class Document(NamedTuple):
    """One document in DER, of which it is certain that it has the parts of its kind; what is in them may be wrong."""

    kind: Kind
    der: bytes


class Unread(NamedTuple):
    """A PEM block that cannot be read: its number from 1 on, its label, and why."""

    number: int
    label: str
    reason: str

    def __str__(self) -> str:
        return f"block {self.number} ({self.label}) {self.reason}"


class Found(NamedTuple):
    """The documents in their order, and the blocks that cannot be read.

    `first_certificate_is_unread` says that what a reader would take for the certificate in question is one of those.
    """

    documents: list[Document]
    unread: tuple[Unread, ...] = ()
    first_certificate_is_unread: bool = False


class DocumentProblem(ValueError):
    """The bytes hold nothing that can be read; the message says why."""


class PasswordWanted(DocumentProblem):
    """It is a PKCS #12 file, which this password does not open."""


_LABELS = {
    "CERTIFICATE": Kind.CERTIFICATE,
    "X509 CERTIFICATE": Kind.CERTIFICATE,
    "X.509 CERTIFICATE": Kind.CERTIFICATE,
    "TRUSTED CERTIFICATE": Kind.CERTIFICATE,
    "CERTIFICATE REQUEST": Kind.CERTIFICATE_REQUEST,
    "NEW CERTIFICATE REQUEST": Kind.CERTIFICATE_REQUEST,
    "X509 CRL": Kind.CRL,
    "CRL": Kind.CRL,
}
_BEGIN = b"-----BEGIN "
_BUNDLE_LABELS = frozenset({"PKCS7", "CMS", "PKCS #7 SIGNED DATA", "CERTIFICATE CHAIN"})
# OpenSSL writes its own settings of trust behind the certificate.
_TRUSTED = "TRUSTED CERTIFICATE"
_SIGNED_DATA = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
_CONTENT = 0xA0
_SIGNED_DATA_SETS = {0xA0: Kind.CERTIFICATE, 0xA1: Kind.CRL}
_NOTHING = "this is no certificate, certificate request or CRL, neither as PEM nor as DER"


def read_documents(data: bytes, password: bytes | None = None) -> list[Document]:
    """Return what `find_documents` finds, for callers that want everything or nothing.

    Raises:
        PasswordWanted: the password is missing or wrong.
        DocumentProblem: there is nothing that can be read, or a block cannot be read.
    """
    found = find_documents(data, password)
    if found.unread:
        raise DocumentProblem(str(found.unread[0]))
    return found.documents


def find_documents(data: bytes, password: bytes | None = None) -> Found:
    r"""Return what is in the bytes, in their order; keys and parameters that stand beside it are passed over.

    A PEM inside a JSON text is found too: there, its lines are joined by `\n`. `password` opens a PKCS #12 file.

    Raises:
        PasswordWanted: the password is missing or wrong.
        DocumentProblem: there is nothing that can be read.
    """
    if data.count(_BEGIN) > (DOCUMENT.items or 0):
        raise DocumentProblem(f"there are more than {DOCUMENT.items} PEM blocks")
    blocks = loose_blocks(data.replace(rb"\n", b"\n"))
    if not blocks:
        return _read_der(data, password)
    documents: list[Document] = []
    unread: list[Unread] = []
    is_first_unread = False
    for number, block in enumerate(blocks, 1):
        found, problems = _read_block(block)
        if problems and not certificates_in(documents) and _may_hold_certificates(block.label):
            is_first_unread = True
        documents += found
        unread += (Unread(number, block.label, problem) for problem in problems)
    if not documents:
        raise DocumentProblem(_why_there_is_nothing(blocks, unread))
    return Found(documents, tuple(unread), is_first_unread)


def certificates_in(documents: Sequence[Document]) -> list[bytes]:
    """Return the DER of those documents that are certificates."""
    return [document.der for document in documents if document.kind is Kind.CERTIFICATE]


def _read_block(block: Block) -> tuple[list[Document], list[str]]:
    """Return what is in a block, and what of it cannot be read; a block of another kind holds nothing for us."""
    kind = _LABELS.get(block.label)
    if kind is None and block.label not in _BUNDLE_LABELS:
        return [], []
    try:
        der = block.der()
        if kind is None:
            return _signed_data(der)
        found = take_apart(kind, der)
    except PemProblem as problem:
        return [], [str(problem).removeprefix(f"a {block.label} block ")]
    except DerProblem:
        return [], ["cannot be read as X.509"]
    return [Document(kind, found.encoded if block.label == _TRUSTED else der)], []


def _may_hold_certificates(label: str) -> bool:
    return label in _BUNDLE_LABELS or _LABELS.get(label) is Kind.CERTIFICATE


def _why_there_is_nothing(blocks: Sequence[Block], unread: Sequence[Unread]) -> str:
    if unread:
        return str(unread[0])
    labels = ", ".join(dict.fromkeys(block.label for block in blocks))
    return f"there is no certificate, certificate request or CRL, only {labels}"


def _read_der(data: bytes, password: bytes | None) -> Found:
    kind = kind_of(data)
    if kind is not None:
        return Found([Document(kind, data)])
    try:
        documents, problems = _signed_data(data)
    except DerProblem:
        documents, problems = _pkcs12(data, password), []
    if not documents:
        raise DocumentProblem("; ".join(problems) or _NOTHING)
    return Found(documents, tuple(Unread(1, "PKCS7", problem) for problem in problems), bool(problems))


def _signed_data(data: bytes) -> tuple[list[Document], list[str]]:
    """Return the certificates and CRLs of a SignedData, and which of them cannot be read. Nothing is verified.

    Raises:
        DerProblem: it is none.
    """
    content, _ = first_element(data)
    try:
        (whole,) = elements(content)
        identifier, tagged = elements(whole.content)
        (signed,) = elements(tagged.content)
    except ValueError as problem:
        raise DerProblem("it is no SignedData") from problem
    if identifier.content != _SIGNED_DATA or tagged.tag != _CONTENT:
        raise DerProblem("it is no SignedData")
    documents: list[Document] = []
    problems: list[str] = []
    for part in elements(signed.content):
        kind = _SIGNED_DATA_SETS.get(part.tag)
        if kind is not None:
            _sort(kind, [each.encoded for each in elements(part.content)], documents, problems)
    return documents, problems


def _sort(kind: Kind, encoded: Sequence[bytes], documents: list[Document], problems: list[str]) -> None:
    """Put each of several documents of a kind where it belongs."""
    for number, der in enumerate(encoded, 1):
        if kind_of(der) is kind:
            documents.append(Document(kind, der))
        else:
            problems.append(f"has something that cannot be read in place of {kind.lower()} {number}")


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
    except parse_errors() as problem:
        # The one answer for a wrong password and for damage: there is no telling them apart.
        raise PasswordWanted(
            "this is a PKCS #12 file, which needs a password"
            if password is None
            else "the password does not open this PKCS #12 file, or the file is damaged"
        ) from problem
    return [Document(Kind.CERTIFICATE, element.encoded) for element in elements(found)]


def _looks_like_pkcs12(data: bytes) -> bool:
    """Tell whether this is a PFX: a sequence that begins with the version 3 (RFC 7292, section 4)."""
    try:
        (whole,) = elements(data)
        version = next(elements(whole.content))
    except (ValueError, StopIteration):
        return False
    return version.encoded == b"\x02\x01\x03"


def _documents(certificates: "Sequence[x509.Certificate]") -> list[Document]:
    from cryptography.hazmat.primitives.serialization import Encoding

    return [Document(Kind.CERTIFICATE, certificate.public_bytes(Encoding.DER)) for certificate in certificates]
