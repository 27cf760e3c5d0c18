"""What a CRL or an OCSP response says about one certificate, once it is certain that the CA has said it.

Certificates, CRLs, requests and responses are DER.
Sources: RFC 5280, sections 5 and 6.3 (CRLs); RFC 6960, sections 3.2 and 4.2 (OCSP).
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from pcacli.pki.certificate_facts import is_issued_by
from pcacli.pki.parse_errors import parse_errors, readable
from pcacli.pki.revocation_reasons import reason_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cryptography import x509
    from cryptography.x509.ocsp import OCSPResponse

_OCSP_PREFIX = "ocsp: "

MAXIMUM_SKEW = timedelta(minutes=5)
"""How far ahead the CA's clock may be, as `openssl ocsp` has it; an answer is also younger than its question."""


class Locations(NamedTuple):
    """Where a certificate says that its CA publishes revocations: URLs of CRLs and of OCSP responders."""

    crl: tuple[str, ...]
    ocsp: tuple[str, ...]


class Evidence(NamedTuple):
    """What the CA says. The certificate is good while `revoked_at` is None; `reason` is the API's RevocationReason.

    `source` is CRL or OCSP, or STORE for what a CA of the embedded authority does not publish; the instants say when it
    was said and until when it holds (None: not said).
    """

    source: str
    this_update: datetime
    next_update: datetime | None
    revoked_at: datetime | None = None
    reason: str | None = None


class EvidenceProblem(ValueError):
    """The CRL or the response proves nothing; the message says why."""


@readable()
def locations(certificate: bytes) -> Locations:
    """Read out of a certificate where its revocation is published.

    Raises:
        ValueError: the bytes are no certificate.
    """
    from pcacli.pki.descriptions import certificate_extensions_of
    from pcacli.pki.extension_texts import extension_text
    from pcacli.pki.extensions import AUTHORITY_INFORMATION_ACCESS, CRL_DISTRIBUTION_POINTS

    values: dict[str, tuple[str, ...]] = {
        extension.oid: extension_text(extension).values for extension in certificate_extensions_of(certificate)
    }
    access = values.get(AUTHORITY_INFORMATION_ACCESS, ())
    return Locations(
        crl=values.get(CRL_DISTRIBUTION_POINTS, ()),
        ocsp=tuple(text.removeprefix(_OCSP_PREFIX) for text in access if text.startswith(_OCSP_PREFIX)),
    )


def evidence_of_crl(crl: bytes, certificate: bytes, issuer: bytes, *, url: str, now: datetime) -> Evidence:
    """Look a certificate up in the CRL that was published under a URL.

    Raises:
        EvidenceProblem: the CRL is damaged, out of date, not the CA's, or for another scope.
    """
    from cryptography import x509

    parent = x509.load_der_x509_certificate(issuer)
    try:
        revocations = x509.load_der_x509_crl(crl)
        is_genuine = revocations.issuer == parent.subject and revocations.is_signature_valid(_key(parent))
    except parse_errors() as problem:
        raise EvidenceProblem(f"the CRL cannot be read: {problem}") from problem
    if not is_genuine:
        raise EvidenceProblem("the CRL is not signed by the certificate's CA")
    _require_scope(revocations, url)
    _require_current("the CRL", revocations.last_update_utc, revocations.next_update_utc, now)
    serial = x509.load_der_x509_certificate(certificate).serial_number
    entry = revocations.get_revoked_certificate_by_serial_number(serial)
    said = Evidence("CRL", revocations.last_update_utc, revocations.next_update_utc)
    return said if entry is None else said._replace(revoked_at=entry.revocation_date_utc, reason=_entry_reason(entry))


def ocsp_request(certificate: bytes, issuer: bytes) -> bytes:
    """Return a request about a certificate; SHA-1 names the CA there, as every responder understands (RFC 5019)."""
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA1
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509 import ocsp

    child, parent = map(x509.load_der_x509_certificate, (certificate, issuer))
    request = ocsp.OCSPRequestBuilder().add_certificate(child, parent, SHA1())  # noqa: S303 - it protects nothing here
    return request.build().public_bytes(Encoding.DER)


def evidence_of_ocsp(response: bytes, certificate: bytes, issuer: bytes, *, now: datetime) -> Evidence:
    """Read a responder's answer about a certificate.

    Raises:
        EvidenceProblem: it is an error, about something else, out of date or not signed for the CA.
    """
    from cryptography.x509 import ocsp

    try:
        return _said(ocsp.load_der_ocsp_response(response), certificate, issuer, now)
    except EvidenceProblem:
        raise
    except parse_errors() as problem:
        raise EvidenceProblem(f"the OCSP response cannot be read: {problem}") from problem


def _said(answer: "OCSPResponse", certificate: bytes, issuer: bytes, now: datetime) -> Evidence:
    from cryptography import x509
    from cryptography.x509 import ocsp

    if answer.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        raise EvidenceProblem(f"the OCSP responder answers {answer.response_status.name}")
    _require_signature(answer, x509.load_der_x509_certificate(issuer))
    if answer.serial_number != x509.load_der_x509_certificate(certificate).serial_number:
        raise EvidenceProblem("the OCSP response is about another certificate")
    _require_current("the OCSP response", answer.this_update_utc, answer.next_update_utc, now)
    said = Evidence("OCSP", answer.this_update_utc, answer.next_update_utc)
    if answer.certificate_status is ocsp.OCSPCertStatus.UNKNOWN:
        raise EvidenceProblem("the OCSP responder does not know the certificate")
    if answer.certificate_status is ocsp.OCSPCertStatus.GOOD:
        return said
    return said._replace(revoked_at=answer.revocation_time_utc, reason=reason_name(answer.revocation_reason))


def _require_scope(revocations: "x509.CertificateRevocationList", url: str) -> None:
    """Refuse the CRL of another partition (RFC 5280, sections 5.2.5 and 6.3.3)."""
    from cryptography import x509

    try:
        point = revocations.extensions.get_extension_for_class(x509.IssuingDistributionPoint).value
    except x509.ExtensionNotFound:
        return
    names = [name.value for name in point.full_name or () if isinstance(name, x509.UniformResourceIdentifier)]
    if names and url not in names:
        raise EvidenceProblem(f"the CRL is that of {names[0]}")


def _require_current(what: str, this_update: datetime, next_update: datetime | None, now: datetime) -> None:
    if this_update > now + MAXIMUM_SKEW:
        raise EvidenceProblem(f"{what} is from the future, {this_update:%Y-%m-%d %H:%M:%S} UTC")
    if next_update is not None and next_update < now:
        raise EvidenceProblem(f"{what} is out of date since {next_update:%Y-%m-%d %H:%M:%S} UTC")


def _entry_reason(entry: "x509.RevokedCertificate") -> str:
    from cryptography import x509

    try:
        return reason_name(entry.extensions.get_extension_for_class(x509.CRLReason).value.reason)
    except x509.ExtensionNotFound:
        return reason_name(None)


def _require_signature(answer: "OCSPResponse", issuer: "x509.Certificate") -> None:
    """Check that the CA signed the answer, or somebody with a certificate from it for this (RFC 6960, 4.2.2.2)."""
    from cryptography.exceptions import InvalidSignature

    failures: tuple[type[Exception], ...] = (InvalidSignature, *parse_errors())
    for signer in (issuer, *_delegates(answer.certificates, issuer)):
        try:
            _verify(answer, signer)
        except failures:
            continue
        return
    raise EvidenceProblem("the OCSP response is not signed for the certificate's CA")


def _delegates(certificates: "Iterable[x509.Certificate]", issuer: "x509.Certificate") -> "Iterable[x509.Certificate]":
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID

    for certificate in certificates:
        try:
            purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        except x509.ExtensionNotFound:
            continue
        if ExtendedKeyUsageOID.OCSP_SIGNING in purposes and is_issued_by(certificate, issuer):
            yield certificate


def _verify(answer: "OCSPResponse", signer: "x509.Certificate") -> None:
    """Verify the signature by the rules of the signer's key. RSA signs OCSP responses by PKCS #1 v1.5 here."""
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

    key, hashed = _key(signer), answer.signature_hash_algorithm
    if isinstance(key, rsa.RSAPublicKey) and hashed is not None:
        key.verify(answer.signature, answer.tbs_response_bytes, padding.PKCS1v15(), hashed)
    elif isinstance(key, ec.EllipticCurvePublicKey) and hashed is not None:
        key.verify(answer.signature, answer.tbs_response_bytes, ec.ECDSA(hashed))
    else:
        key.verify(answer.signature, answer.tbs_response_bytes)


def _key(certificate: "x509.Certificate") -> Any:
    return certificate.public_key()
