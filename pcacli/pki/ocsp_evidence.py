"""What an OCSP response says about one certificate, once it is certain that the CA has said it, now, about this one.

Sources: RFC 6960, sections 3.2, 4.2.1 and 4.2.2; OpenSSL, `crypto/ocsp/ocsp_vfy.c`; GnuTLS, `lib/x509/ocsp.c`.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from pcacli.pki.algorithms import signature_name_of
from pcacli.pki.certificate_facts import is_issued_by
from pcacli.pki.der_reader import Element, elements
from pcacli.pki.extension_texts import extension_name
from pcacli.pki.extensions import read_extensions
from pcacli.pki.ocsp import issuer_id
from pcacli.pki.parse_errors import UnreadableX509, readable
from pcacli.pki.parsed_certificates import ParsedCertificate
from pcacli.pki.path_rules import STRONG_SIGNATURES, broken_rules
from pcacli.pki.revocation_evidence import MAXIMUM_SKEW, Ages, Evidence, EvidenceProblem, require_current
from pcacli.pki.revocation_reasons import reason_name
from pcacli.pki.usages import EXTENDED_KEY_USAGES

if TYPE_CHECKING:
    from cryptography.x509.ocsp import OCSPResponse, OCSPResponseStatus, OCSPSingleResponse

AGES = Ages(MAXIMUM_SKEW, maximum_age=timedelta(days=1))
"""Without nextUpdate newer information is available all the time (RFC 6960, section
4.2.2.1), so that an answer of yesterday proves nothing; GnuTLS takes 15 days."""

_NONCE = "1.3.6.1.5.5.7.48.1.2"
_SIGNING_USAGES = frozenset({"DigitalSignature", "NonRepudiation"})
# RFC 6960 section 4.2.1: a responder names its key so.
_KEY_HASH = "sha1"
# The optional parts of ResponseData and SingleResponse at their end (RFC 6960 section 4.2.1).
_EXTENSIONS = 0xA1


class _Basic(NamedTuple):
    """The parts of a BasicOCSPResponse: ResponseData, the signature's algorithm, and the signature with its head."""

    data: Element
    algorithm: Element
    signature: Element


def evidence_of_ocsp(response: bytes, certificate: bytes, issuer: bytes, *, now: datetime) -> Evidence:
    """Read a responder's answer about a certificate.

    Raises:
        EvidenceProblem: it is an error, about something else, out of date, not understood or not signed for the CA.
    """
    from cryptography.x509 import ocsp

    child, parent = ParsedCertificate(certificate), ParsedCertificate(issuer)
    try:
        with readable():
            answer = ocsp.load_der_ocsp_response(response)
            _require_success(answer.response_status)
            return _said(answer, _basic(response), child, parent, now)
    except EvidenceProblem:
        raise
    except ValueError as problem:
        raise EvidenceProblem("the OCSP response cannot be read") from problem


def _require_success(status: "OCSPResponseStatus") -> None:
    from cryptography.x509 import ocsp

    if status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        raise EvidenceProblem(f"the OCSP responder answers {status.name}")


def _basic(response: bytes) -> _Basic:
    (whole,) = elements(response)
    _status, tagged = elements(whole.content)
    (typed,) = elements(tagged.content)
    _type, octets = elements(typed.content)
    (basic,) = elements(octets.content)
    data, algorithm, signature, *_certificates = elements(basic.content)
    return _Basic(data, algorithm, signature)


def _said(
    answer: "OCSPResponse", basic: _Basic, child: ParsedCertificate, parent: ParsedCertificate, now: datetime
) -> Evidence:
    _require_signature(answer, basic, parent, now)
    _require_understood(basic.data)
    if answer.produced_at_utc > now + AGES.maximum_skew:
        raise EvidenceProblem(f"the OCSP response is from the future, {answer.produced_at_utc:%Y-%m-%d %H:%M:%S} UTC")
    said = [_evidence(single, now) for single in answer.responses if _is_about(single, child, parent)]
    if not said:
        raise EvidenceProblem("the OCSP response is about another certificate")
    # A responder that contradicts itself has revoked it.
    return next((each for each in said if each.revoked_at is not None), said[0])


def _is_about(single: "OCSPSingleResponse", child: ParsedCertificate, parent: ParsedCertificate) -> bool:
    """Compare the CertID: serial number, and the CA's name and key by their hashes (RFC 6960, section 4.1.1)."""
    if single.serial_number != child.x509.serial_number:
        return False
    try:
        with readable():
            asked = issuer_id(parent.der, single.hash_algorithm.name)
    except ValueError:
        return False
    return (single.issuer_name_hash, single.issuer_key_hash) == (asked.name_hash, asked.key_hash)


def _evidence(single: "OCSPSingleResponse", now: datetime) -> Evidence:
    from cryptography.x509 import ocsp

    require_current("the OCSP response", single.this_update_utc, single.next_update_utc, now, AGES)
    said = Evidence("OCSP", single.this_update_utc, single.next_update_utc)
    if single.certificate_status is ocsp.OCSPCertStatus.GOOD:
        return said
    if single.certificate_status is ocsp.OCSPCertStatus.REVOKED:
        return said._replace(revoked_at=single.revocation_time_utc, reason=reason_name(single.revocation_reason))
    raise EvidenceProblem("the OCSP responder does not know the certificate")


def _require_understood(data: Element) -> None:
    """Refuse critical extensions of the response, but for a nonce, and of what it says of each certificate."""
    for oid in _critical_extensions(data):
        raise EvidenceProblem(
            f"the OCSP response has the critical extension {extension_name(oid)}, which is unknown here"
        )


def _critical_extensions(data: Element) -> Iterator[str]:
    parts = list(elements(data.content))
    is_last = parts[-1].tag == _EXTENSIONS
    responses = parts[-2 if is_last else -1]
    of_response = _critical_in(parts[-1]) if is_last else ()
    yield from (oid for oid in of_response if oid != _NONCE)
    for single in elements(responses.content):
        *_before, last = elements(single.content)
        if last.tag == _EXTENSIONS:
            yield from _critical_in(last)


def _critical_in(tagged: Element) -> Iterator[str]:
    (sequence,) = elements(tagged.content)
    return (extension.oid for extension in read_extensions(sequence.content) if extension.critical)


def _require_signature(answer: "OCSPResponse", basic: _Basic, parent: ParsedCertificate, now: datetime) -> None:
    """Check that the CA signed the answer, or a delegate with a certificate from it for this (RFC 6960, 4.2.2.2)."""
    algorithm = signature_name_of(basic.algorithm.content)
    if algorithm not in STRONG_SIGNATURES:
        raise EvidenceProblem(f"the OCSP response is signed with {algorithm}, which proves nothing")
    problems = []
    for signer in (parent, *_sent_certificates(answer, parent)):
        if _is_named(answer, signer) and _has_signed(answer, basic, signer):
            problem = None if signer is parent else _delegate_problem(signer, parent, now)
            if problem is None:
                return
            problems.append(problem)
    if problems:
        raise EvidenceProblem(f"the OCSP response is signed by a delegate that may not do so: {problems[0]}")
    raise EvidenceProblem("the OCSP response is not signed for the certificate's CA")


def _sent_certificates(answer: "OCSPResponse", parent: ParsedCertificate) -> Iterator[ParsedCertificate]:
    from cryptography.hazmat.primitives.serialization import Encoding

    for certificate in answer.certificates:
        der = certificate.public_bytes(Encoding.DER)
        try:
            sent = ParsedCertificate(der)
        except UnreadableX509:
            continue
        if sent.der != parent.der:
            yield sent


def _is_named(answer: "OCSPResponse", signer: ParsedCertificate) -> bool:
    """Tell whether the response names this certificate as its signer's, by name or by the hash of the key."""
    if answer.responder_key_hash is not None:
        return answer.responder_key_hash == issuer_id(signer.der, _KEY_HASH).key_hash
    return answer.responder_name is not None and answer.responder_name.public_bytes() == signer.subject


def _has_signed(answer: "OCSPResponse", basic: _Basic, signer: ParsedCertificate) -> bool:
    """Verify the signature by the rules of the signer's key. RSA signs OCSP responses by PKCS #1 v1.5 here."""
    from cryptography.exceptions import InvalidSignature

    if basic.signature.content[:1] != b"\0":
        return False
    try:
        with readable():
            _verify(answer, signer.x509.public_key())
    except (InvalidSignature, ValueError):
        return False
    return True


def _verify(answer: "OCSPResponse", key: Any) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

    hashed = answer.signature_hash_algorithm
    if isinstance(key, rsa.RSAPublicKey) and hashed is not None:
        key.verify(answer.signature, answer.tbs_response_bytes, padding.PKCS1v15(), hashed)
    elif isinstance(key, ec.EllipticCurvePublicKey) and hashed is not None:
        key.verify(answer.signature, answer.tbs_response_bytes, ec.ECDSA(hashed))
    else:
        key.verify(answer.signature, answer.tbs_response_bytes)


def _delegate_problem(delegate: ParsedCertificate, parent: ParsedCertificate, now: datetime) -> str | None:
    """Return why the CA has not delegated the answer to this certificate, None if it has."""
    if not is_issued_by(delegate.x509, parent.x509):
        return "the CA did not issue its certificate"
    broken = next(broken_rules((delegate, parent)), None)
    if broken is not None:
        return broken
    if EXTENDED_KEY_USAGES["OCSP_SIGNING"] not in (delegate.purposes or ()):
        return "its extended key usage has no OCSP_SIGNING"
    if delegate.usages is not None and _SIGNING_USAGES.isdisjoint(delegate.usages):
        return "its key usage does not allow signing"
    if not delegate.not_before <= now <= delegate.not_after:
        return "its certificate is not valid at this time"
    return None
