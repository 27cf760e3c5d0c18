"""An OCSP responder as a function: the bytes of a request in, the bytes of a response out.

One CA answers for the certificates that it issued. The profile is the one of RFC 5019 (one certificate in a request,
times for caching), with the nonce of RFC 9654 for those who send one.
Sources: RFC 5019, RFC 6960, RFC 9654; AWS Private CA User Guide, "OCSP"; facts, section 5.4.
Assumptions, because none of it is public: how long a response is valid, the answer `unknown` for certificates of
others, and that the CA signs itself or through a certificate that goes with the response.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from pcacli.pki.algorithms import signature_parameters
from pcacli.pki.certificate_facts import subject
from pcacli.pki.der_reader import elements
from pcacli.pki.revocation_reasons import reason_code

if TYPE_CHECKING:
    from cryptography.x509 import OCSPNonce
    from cryptography.x509.ocsp import OCSPRequest, OCSPResponseBuilder

    from pcacli.pki.algorithms import PrivateKey

CONTENT_TYPE = "application/ocsp-response"

# The service promises that a revocation shows within an hour; a response that is cached for longer would break that.
VALIDITY = timedelta(hours=1)
"""For how long a response holds."""

_MAXIMUM_NONCE_BYTES = 128


class CertificateStatus(NamedTuple):
    """What is known of a certificate that the CA issued: it is good while `revoked_at` is None.

    `reason` is the API's RevocationReason.
    """

    revoked_at: datetime | None = None
    reason: str = "UNSPECIFIED"


class IssuerId(NamedTuple):
    """The CA that a request is about: hashes of its name and key, made with this algorithm ("sha1", "sha256")."""

    hash_name: str
    name_hash: bytes
    key_hash: bytes


class Responder(NamedTuple):
    """Who answers. Certificates are DER; `signing_algorithm` is the API's name and fits the key.

    `certificate` belongs to `key`: it is the CA's own, or one that the CA issued for the purpose OCSPSigning.
    """

    issuer_certificate: bytes
    certificate: bytes
    key: "PrivateKey"
    signing_algorithm: str


def respond(
    request: bytes, lookup: Callable[[int], CertificateStatus | None], responder: Responder, now: datetime
) -> bytes:
    """Answer the DER of an OCSP request; `lookup` takes a serial number and returns None for one that was not issued.

    A request that cannot be read or asks about more than one certificate gets the error malformedRequest.
    """
    from cryptography.hazmat.primitives.serialization import Encoding

    try:
        parsed = _read(request)
    except ValueError:
        return malformed_request()
    builder = _single_response(parsed, lookup, responder, now)
    builder = _identified(_with_nonce(builder, parsed), responder)
    # `cryptography` signs OCSP responses with an RSA key by PKCS #1 v1.5 only; PSS keeps its hash.
    algorithm = signature_parameters(responder.signing_algorithm).hash
    return builder.sign(responder.key, algorithm).public_bytes(Encoding.DER)


def malformed_request() -> bytes:
    """Return the error for a request that cannot be read."""
    return _unsuccessful("MALFORMED_REQUEST")


def unauthorized() -> bytes:
    """Return the error of a responder that has no say about the certificate (RFC 5019, section 2.2.3)."""
    return _unsuccessful("UNAUTHORIZED")


def asked_issuer(request: bytes) -> IssuerId:
    """Return the CA that the DER of a request is about.

    Raises:
        ValueError: it is not a request that can be answered.
    """
    return _issuer(_read(request))


@lru_cache(maxsize=1024)
def issuer_id(certificate: bytes, hash_name: str) -> IssuerId:
    """Return how a request names the CA that has this certificate (DER; RFC 6960, section 4.1.1).

    What is hashed is the CA's own name, and of its key the BIT STRING's content without the count of unused bits.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    key = x509.load_der_x509_certificate(certificate).public_key()
    (key_info,) = elements(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    _, key_bits = elements(key_info.content)
    name_hash, key_hash = (
        hashlib.new(hash_name, part).digest() for part in (subject(certificate), key_bits.content[1:])
    )
    return IssuerId(hash_name, name_hash, key_hash)


def _issuer(request: "OCSPRequest") -> IssuerId:
    return IssuerId(request.hash_algorithm.name, request.issuer_name_hash, request.issuer_key_hash)


def _unsuccessful(status: str) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509 import ocsp

    response = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus[status])
    return response.public_bytes(Encoding.DER)


def _read(request: bytes) -> "OCSPRequest":
    """Read a request, and everything in it that is used, because `cryptography` reads on demand.

    Raises:
        ValueError: it is not a request, asks about several certificates or a serial number that no certificate can
            have (RFC 5280, section 4.1.2.2), names an unknown hash algorithm, or has a nonce that is empty or too long
            (RFC 9654, section 2.1).
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.x509 import DuplicateExtension, ocsp

    try:
        parsed = ocsp.load_der_ocsp_request(request)
        _ = (parsed.hash_algorithm, parsed.extensions)
    except (NotImplementedError, UnsupportedAlgorithm, DuplicateExtension) as problem:
        raise ValueError(str(problem)) from problem
    if parsed.serial_number < 0:
        raise ValueError("the serial number is negative")
    nonce = _nonce(parsed)
    if nonce is not None and not 0 < len(nonce.nonce) <= _MAXIMUM_NONCE_BYTES:
        raise ValueError(f"A nonce has 1 to {_MAXIMUM_NONCE_BYTES} bytes.")
    return parsed


def _single_response(
    request: "OCSPRequest", lookup: Callable[[int], CertificateStatus | None], responder: Responder, now: datetime
) -> "OCSPResponseBuilder":
    from cryptography.x509 import ocsp

    asked = _issuer(request)
    own = issuer_id(responder.issuer_certificate, asked.hash_name)
    found = lookup(request.serial_number) if asked == own else None
    revoked_at, reason = None, None
    if found is None:
        status = ocsp.OCSPCertStatus.UNKNOWN
    elif found.revoked_at is None:
        status = ocsp.OCSPCertStatus.GOOD
    else:
        status = ocsp.OCSPCertStatus.REVOKED
        revoked_at, reason = found.revoked_at, reason_code(found.reason)
    # The client's own hashes go back to it, so that it finds its certificate in the answer.
    return ocsp.OCSPResponseBuilder().add_response_by_hash(
        request.issuer_name_hash,
        request.issuer_key_hash,
        request.serial_number,
        request.hash_algorithm,
        status,
        now,
        now + VALIDITY,
        revoked_at,
        reason,
    )


def _identified(builder: "OCSPResponseBuilder", responder: Responder) -> "OCSPResponseBuilder":
    """Say who answers, and show the certificate of a responder that is not the CA itself."""
    from cryptography import x509
    from cryptography.x509 import ocsp

    certificate = x509.load_der_x509_certificate(responder.certificate)
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, certificate)
    return builder if responder.certificate == responder.issuer_certificate else builder.certificates([certificate])


def _with_nonce(builder: "OCSPResponseBuilder", request: "OCSPRequest") -> "OCSPResponseBuilder":
    nonce = _nonce(request)
    return builder if nonce is None else builder.add_extension(nonce, critical=False)


def _nonce(request: "OCSPRequest") -> "OCSPNonce | None":
    from cryptography import x509

    try:
        return request.extensions.get_extension_for_class(x509.OCSPNonce).value
    except x509.ExtensionNotFound:
        return None
