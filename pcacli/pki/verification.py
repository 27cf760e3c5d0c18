"""Verifies what a CA has made, long after it was made: its CSR, its certificates and its CRLs.

A signature is verified under the CA's key and not under its certificate: a CA that was given a new certificate, be it
with another name, has still issued what it issued before. What cannot be read raises ValueError, whatever
`cryptography` says about it.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from pcacli.pki.algorithms import key_algorithm_of, signing_algorithm_of
from pcacli.pki.certificate_facts import csr_subject, is_issued_by, is_trust_anchor
from pcacli.pki.crl import CrlEntry
from pcacli.pki.parse_errors import UnreadableX509, readable
from pcacli.pki.revocation_reasons import reason_name

if TYPE_CHECKING:
    from pcacli.pki.algorithms import PrivateKey


class CsrFacts(NamedTuple):
    """What stands in a CSR; subject and public key are DER, the algorithms have the API's names (None: it has none)."""

    subject: bytes
    public_key: bytes
    key_algorithm: str | None
    signing_algorithm: str


class IssuedFacts(NamedTuple):
    """What stands in a certificate, and whether the CA's key signed it."""

    serial: int
    not_before: datetime
    not_after: datetime
    is_genuine: bool


class CrlFacts(NamedTuple):
    """What stands in a CRL, and whether the CA's key signed it.

    `partition_url` is None for a complete CRL. `entries` reads them one by one.
    """

    number: int | None
    next_update: datetime | None
    partition_url: str | None
    is_genuine: bool
    entries: Callable[[], Iterator[CrlEntry]]


class Signer:
    """A CA by its public key (DER), under which signatures are verified."""

    def __init__(self, public_key: bytes) -> None:
        with readable():
            self._key: Any = load_der_public_key(public_key)

    def issued(self, certificate: bytes) -> IssuedFacts:
        """Read a certificate (DER)."""
        with readable():
            parsed = x509.load_der_x509_certificate(certificate)
            return IssuedFacts(
                parsed.serial_number,
                parsed.not_valid_before_utc,
                parsed.not_valid_after_utc,
                _is_whole(certificate, parsed.signature) and self._has_signed(parsed),
            )

    def crl(self, content: bytes) -> CrlFacts:
        """Read a CRL (DER)."""
        with readable():
            parsed = x509.load_der_x509_crl(content)
            return CrlFacts(
                _number(parsed),
                parsed.next_update_utc,
                _partition_url(parsed),
                _is_whole(content, parsed.signature) and parsed.is_signature_valid(self._key),
                lambda: map(_entry, parsed),
            )

    def _has_signed(self, certificate: x509.Certificate) -> bool:
        content, signature = certificate.tbs_certificate_bytes, certificate.signature
        parameters: tuple[Any, ...] = ()
        if isinstance(self._key, ec.EllipticCurvePublicKey):
            parameters = (certificate.signature_algorithm_parameters,)
        elif isinstance(self._key, rsa.RSAPublicKey):
            parameters = (certificate.signature_algorithm_parameters, certificate.signature_hash_algorithm)
        try:
            self._key.verify(signature, content, *parameters)
        except (InvalidSignature, UnsupportedAlgorithm, TypeError):  # the latter two: of another kind than the key
            return False
        return True


def are_linked(path: Sequence[bytes]) -> bool:
    """Tell whether each certificate (DER) of a path was issued by the next one, and the last one is a trust anchor."""
    with readable():
        parsed = [x509.load_der_x509_certificate(certificate) for certificate in path]
        are_whole = all(_is_whole(content, one.signature) for content, one in zip(path, parsed, strict=True))
        return are_whole and all(map(is_issued_by, parsed, parsed[1:])) and is_trust_anchor(parsed[-1])


def key_of_certificate(certificate: bytes) -> bytes:
    """Return the public key (DER) in a certificate (DER)."""
    with readable():
        return _encoded(x509.load_der_x509_certificate(certificate).public_key())


def read_csr(csr: bytes) -> CsrFacts:
    """Read a CSR (DER) whose own signature is good."""
    with readable():
        parsed = x509.load_der_x509_csr(csr)
        if not (_is_whole(csr, parsed.signature) and parsed.is_signature_valid):
            raise UnreadableX509("its signature is wrong")
        public_key = parsed.public_key()
        algorithms = (key_algorithm_of(public_key), signing_algorithm_of(parsed))
        return CsrFacts(csr_subject(csr), _encoded(public_key), *algorithms)


def key_of_csr(csr: bytes) -> bytes:
    """Return the public key (DER) in a CSR (DER) whose own signature is good."""
    return read_csr(csr).public_key


def key_of(private_key: "PrivateKey") -> bytes:
    """Return the public key (DER) that belongs to a private key."""
    return _encoded(private_key.public_key())


def _is_whole(content: bytes, signature: bytes) -> bool:
    """Tell whether DER ends with a signature of which no bits are unused (X.690, section 8.6.2).

    `cryptography` ignores how many are said to be; OpenSSL refuses any.
    """
    return content.endswith(b"\x00" + signature)


def _encoded(public_key: Any) -> bytes:
    encoded: bytes = public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return encoded


def _number(crl: x509.CertificateRevocationList) -> int | None:
    try:
        return crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    except x509.ExtensionNotFound:
        return None


def _partition_url(crl: x509.CertificateRevocationList) -> str | None:
    try:
        point = crl.extensions.get_extension_for_class(x509.IssuingDistributionPoint).value
    except x509.ExtensionNotFound:
        return None
    return str(point.full_name[0].value) if point.full_name else None


def _entry(revoked: x509.RevokedCertificate) -> CrlEntry:
    try:
        code = revoked.extensions.get_extension_for_class(x509.CRLReason).value.reason
    except x509.ExtensionNotFound:
        code = None
    return CrlEntry(revoked.serial_number, revoked.revocation_date_utc, reason_name(code))
