"""An OCSP responder as a function: the bytes of a request in, the bytes of a response out.

One CA answers for the certificates that it issued. The profile is the one of RFC 5019 (times for caching), with the
nonce of RFC 9654 for those who send one, and with several certificates in a request (RFC 6960, section 4.1.1). The
response is written here, because `cryptography` writes about one certificate only, and at its own time.
Sources: RFC 5019, RFC 6960, RFC 9654; AWS Private CA User Guide, "OCSP"; facts, section 5.4.
Assumptions, because none of it is public: how long a response is valid, the answer `unknown` for certificates of
others, and that the CA signs itself or through a certificate that goes with the response.
"""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from pcacli.pki.certificate_facts import subject
from pcacli.pki.der_reader import elements
from pcacli.pki.der_writer import (
    GENERALIZED_TIME,
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    SEQUENCE,
    context_tag,
    encode,
    object_identifier,
)
from pcacli.pki.ocsp_requests import IssuerId, Question, read_request
from pcacli.pki.parse_errors import readable
from pcacli.pki.signing import signed

if TYPE_CHECKING:
    from pcacli.pki.algorithms import PrivateKey

CONTENT_TYPE = "application/ocsp-response"

# The service promises that a revocation shows within an hour; a response that is cached for longer would break that.
VALIDITY = timedelta(hours=1)
"""For how long a response holds."""

_ENUMERATED = 0x0A
_GOOD, _REVOKED, _UNKNOWN = context_tag(0), context_tag(1, constructed=True), context_tag(2)
_NONCE, _BASIC_RESPONSE = "1.3.6.1.5.5.7.48.1.2", "1.3.6.1.5.5.7.48.1.1"
# RFC 5280 section 5.3.1.
_REASON_NUMBERS = {
    "KEY_COMPROMISE": 1,
    "CERTIFICATE_AUTHORITY_COMPROMISE": 2,
    "AFFILIATION_CHANGED": 3,
    "SUPERSEDED": 4,
    "CESSATION_OF_OPERATION": 5,
    "PRIVILEGE_WITHDRAWN": 9,
    "A_A_COMPROMISE": 10,
}


class CertificateStatus(NamedTuple):
    """What is known of a certificate that the CA issued: it is good while `revoked_at` is None.

    `reason` is the API's RevocationReason.
    """

    revoked_at: datetime | None = None
    reason: str = "UNSPECIFIED"


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

    Each certificate in the request gets its answer. A request that cannot be read gets the error malformedRequest.
    """
    try:
        asked = read_request(request)
    except ValueError:
        return malformed_request()
    singles = [_single_response(question, lookup, responder, now) for question in asked.questions]
    parts = [_responder_id(responder.certificate), _time(now), encode(SEQUENCE, *singles)]
    if asked.nonce is not None:
        parts.append(_extensions(asked.nonce))
    # Assumption: an RSA key signs by PKCS #1 v1.5 here, whatever the CA's own algorithm is; PSS keeps its hash.
    algorithm = responder.signing_algorithm.removesuffix("_PSS")
    basic = signed(encode(SEQUENCE, *parts), responder.key, algorithm)
    if responder.certificate != responder.issuer_certificate:
        basic = _with_certificate(basic, responder.certificate)
    typed = encode(SEQUENCE, encode(OBJECT_IDENTIFIER, object_identifier(_BASIC_RESPONSE)), encode(OCTET_STRING, basic))
    return encode(SEQUENCE, encode(_ENUMERATED, b"\0"), encode(context_tag(0, constructed=True), typed))


def malformed_request() -> bytes:
    """Return the error for a request that cannot be read."""
    return _unsuccessful(1)


def unauthorized() -> bytes:
    """Return the error of a responder that has no say about the certificate (RFC 5019, section 2.2.3)."""
    return _unsuccessful(6)


def asked_issuers(request: bytes) -> tuple[IssuerId, ...]:
    """Return the CAs that the DER of a request is about, each once.

    Raises:
        ValueError: it is not a request that can be answered.
    """
    return tuple(dict.fromkeys(question.issuer for question in read_request(request).questions))


@lru_cache(maxsize=1024)
@readable()
def issuer_id(certificate: bytes, hash_name: str) -> IssuerId:
    """Return how a request names the CA that has this certificate (DER; RFC 6960, section 4.1.1).

    What is hashed is the CA's own name, and of its key the BIT STRING's content without the count of unused bits.

    Raises:
        ValueError: the bytes are no certificate, or the hash is unknown.
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


def _unsuccessful(status: int) -> bytes:
    """Return a response that is an error, by its number (RFC 6960, section 4.2.1)."""
    return encode(SEQUENCE, encode(_ENUMERATED, bytes((status,))))


def _single_response(
    question: Question, lookup: Callable[[int], CertificateStatus | None], responder: Responder, now: datetime
) -> bytes:
    own = issuer_id(responder.issuer_certificate, question.issuer.hash_name)
    found = lookup(question.serial) if question.issuer == own else None
    # The client's own hashes go back to it, so that it finds its certificate in the answer.
    return encode(
        SEQUENCE,
        question.certificate_id,
        _status(found),
        _time(now),
        encode(context_tag(0, constructed=True), _time(now + VALIDITY)),
    )


def _status(found: CertificateStatus | None) -> bytes:
    if found is None:
        return encode(_UNKNOWN)
    if found.revoked_at is None:
        return encode(_GOOD)
    number = _REASON_NUMBERS.get(found.reason)
    reason = [] if number is None else [encode(context_tag(0, constructed=True), encode(_ENUMERATED, bytes((number,))))]
    return encode(_REVOKED, _time(found.revoked_at), *reason)


def _responder_id(certificate: bytes) -> bytes:
    """Say who answers: by the hash of the key (RFC 6960, section 4.2.1)."""
    key_hash = issuer_id(certificate, "sha1").key_hash
    return encode(context_tag(2, constructed=True), encode(OCTET_STRING, key_hash))


def _extensions(nonce: bytes) -> bytes:
    identifier = encode(OBJECT_IDENTIFIER, object_identifier(_NONCE))
    extension = encode(SEQUENCE, identifier, encode(OCTET_STRING, encode(OCTET_STRING, nonce)))
    return encode(context_tag(1, constructed=True), encode(SEQUENCE, extension))


def _with_certificate(basic: bytes, certificate: bytes) -> bytes:
    """Show the certificate of a responder that is not the CA itself."""
    (whole,) = elements(basic)
    return encode(SEQUENCE, whole.content, encode(context_tag(0, constructed=True), encode(SEQUENCE, certificate)))


def _time(instant: datetime) -> bytes:
    """Write an instant in whole seconds, as RFC 6960 section 4.2.1 wants it."""
    return encode(GENERALIZED_TIME, f"{instant.astimezone(UTC):%Y%m%d%H%M%SZ}".encode())
