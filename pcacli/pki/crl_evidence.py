"""What a CRL says about one certificate, once it is certain that the CA has said it, now, and of all its certificates.

Whatever a CRL may leave out, and whatever is not understood, makes it prove nothing: OpenSSL and GnuTLS judge so, too.
Sources: RFC 5280, sections 5 and 6.3.3; OpenSSL, `crypto/x509/x_crl.c`.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pcacli.pki import extensions as known
from pcacli.pki.algorithms import signature_name_of
from pcacli.pki.der_reader import Element, dotted, elements
from pcacli.pki.extension_texts import extension_name
from pcacli.pki.extensions import Extension, read_extensions
from pcacli.pki.oddities import oddities, written_extensions
from pcacli.pki.parse_errors import readable
from pcacli.pki.parsed_certificates import ParsedCertificate
from pcacli.pki.path_rules import STRONG_SIGNATURES
from pcacli.pki.revocation_evidence import Ages, Evidence, EvidenceProblem, distribution_point_names, require_current
from pcacli.pki.revocation_reasons import reason_name
from pcacli.pki.x509_fields import Kind, X509Fields, take_apart

if TYPE_CHECKING:
    from cryptography import x509

AGES = Ages(maximum_skew=timedelta(0), maximum_age=timedelta(days=7))
"""OpenSSL allows a CRL no skew. RFC 5280 section 5.1.2.5 demands nextUpdate; a week is what AWS Private CA proposes."""

_DELTA_CRL_INDICATOR, _ISSUING_DISTRIBUTION_POINT = "2.5.29.27", "2.5.29.28"
_UNDERSTOOD = frozenset({_ISSUING_DISTRIBUTION_POINT, known.AUTHORITY_KEY_IDENTIFIER})
# Where an entry may have a critical extension, or the identifier 2.5.29.29 of one that names another issuer: looking
# at each of a million entries would take seconds.
_PERHAPS_CRITICAL = re.compile(rb"\x01\x01[\x01-\xff]\x04", re.DOTALL)
_CERTIFICATE_ISSUER = b"\x06\x03\x55\x1d\x1d"
# The parts of an IssuingDistributionPoint (RFC 5280 section 5.2.5).
_POINT_NAME, _ONLY_USERS, _ONLY_AUTHORITIES, _ONLY_REASONS, _INDIRECT, _ONLY_ATTRIBUTES = (
    0xA0,
    0x81,
    0x82,
    0x83,
    0x84,
    0x85,
)
_FULL_NAME, _URI = 0xA0, 0x86
_KEY_IDENTIFIER = 0x80


def evidence_of_crl(crl: bytes, certificate: bytes, issuer: bytes, *, url: str, now: datetime) -> Evidence:
    """Look a certificate up in the CRL that was published under a URL.

    Raises:
        EvidenceProblem: the CRL is damaged, out of date, not the CA's, or may leave the certificate out.
    """
    child, parent = ParsedCertificate(certificate), ParsedCertificate(issuer)
    revocations, fields = _parsed(crl)
    try:
        _require_signature(revocations, fields, parent)
        extensions = _extensions(fields)
        _require_understood(extensions, fields)
        _require_key(extensions, parent)
        if _ISSUING_DISTRIBUTION_POINT in extensions:
            _require_scope(extensions[_ISSUING_DISTRIBUTION_POINT].value, child, url)
        require_current("the CRL", revocations.last_update_utc, revocations.next_update_utc, now, AGES)
        with readable():
            return _found(revocations, child.x509.serial_number)
    except EvidenceProblem:
        raise
    except ValueError as problem:
        raise EvidenceProblem("the CRL cannot be read: a part of it is damaged") from problem


def _parsed(crl: bytes) -> "tuple[x509.CertificateRevocationList, X509Fields]":
    from cryptography import x509

    try:
        with readable():
            return x509.load_der_x509_crl(crl), take_apart(Kind.CRL, crl)
    except ValueError as problem:
        raise EvidenceProblem(f"the CRL cannot be read: {_why_unreadable(crl)}") from problem


def _why_unreadable(crl: bytes) -> str:
    try:
        fields = take_apart(Kind.CRL, crl)
    except ValueError:
        return "it is none"
    return "; ".join(oddities(Kind.CRL, fields)) or "it is not written as DER and RFC 5280 ask for"


def _require_signature(
    revocations: "x509.CertificateRevocationList", fields: X509Fields, parent: ParsedCertificate
) -> None:
    """Check that the CA signed the CRL, that it may, and that the signature is worth something."""
    algorithm = signature_name_of(fields.algorithm.content)
    if algorithm not in STRONG_SIGNATURES:
        raise EvidenceProblem(f"the CRL is signed with {algorithm}, which proves nothing")
    with readable():
        is_genuine = fields.signed["issuer"].encoded == parent.subject and revocations.is_signature_valid(
            parent.x509.public_key()  # type: ignore[arg-type] # a key that cannot sign makes it a TypeError
        )
    if not is_genuine or fields.signature.content[:1] != b"\0":
        raise EvidenceProblem("the CRL is not signed by the certificate's CA")
    if parent.usages is not None and "CRLSign" not in parent.usages:
        raise EvidenceProblem("the CRL is signed by a CA whose key usage does not allow that (CRLSign)")


def _extensions(fields: X509Fields) -> dict[str, Extension]:
    written = written_extensions(fields)
    found = {dotted(each.identifier): each for each in written}
    if len(found) != len(written):
        raise EvidenceProblem("the CRL has an extension twice")
    return {oid: Extension(oid, any(each.critical or b""), each.value) for oid, each in found.items()}


def _require_understood(extensions: dict[str, Extension], fields: X509Fields) -> None:
    if _DELTA_CRL_INDICATOR in extensions:
        raise EvidenceProblem("the CRL is a delta CRL, which has only the changes since another one")
    unknown = [oid for oid, extension in extensions.items() if extension.critical and oid not in _UNDERSTOOD]
    if unknown:
        raise EvidenceProblem(f"the CRL has the critical extension {extension_name(unknown[0])}, which is unknown here")
    revoked = fields.signed["revoked"].content if "revoked" in fields.signed else b""
    if _CERTIFICATE_ISSUER in revoked:
        raise EvidenceProblem("the CRL has entries of another CA")
    if _PERHAPS_CRITICAL.search(revoked):
        for oid in _critical_of_entries(revoked):
            raise EvidenceProblem(f"the CRL has entries with the critical extension {extension_name(oid)}")


def _critical_of_entries(revoked: bytes) -> Iterator[str]:
    """Yield the identifiers of critical extensions of entries (RFC 5280, section 5.3)."""
    for entry in elements(revoked):
        _serial, _date, *rest = elements(entry.content)
        for part in rest:
            yield from (extension.oid for extension in read_extensions(part.content) if extension.critical)


def _require_key(extensions: dict[str, Extension], parent: ParsedCertificate) -> None:
    """Refuse a CRL that names another key of the CA than that of its certificate."""
    named, own = extensions.get(known.AUTHORITY_KEY_IDENTIFIER), parent.extensions.get(known.SUBJECT_KEY_IDENTIFIER)
    if named is None or own is None:
        return
    (parts,), (identifier,) = elements(named.value), elements(own.value)
    if any(part.tag == _KEY_IDENTIFIER and part.content != identifier.content for part in elements(parts.content)):
        raise EvidenceProblem("the CRL is for another key of the CA")


def _require_scope(value: bytes, child: ParsedCertificate, url: str) -> None:
    """Refuse a CRL that may leave out the certificate (RFC 5280, sections 5.2.5 and 6.3.3 (b))."""
    (whole,) = elements(value)
    parts = {part.tag: part for part in elements(whole.content)}
    flags = {tag for tag, part in parts.items() if tag in _SCOPES and any(part.content)}
    unknown = parts.keys() - _SCOPES.keys() - {_POINT_NAME}
    if unknown or len(parts) != len(list(elements(whole.content))):
        raise EvidenceProblem("the CRL has a scope that cannot be read")
    mine = _ONLY_AUTHORITIES if child.is_authority else _ONLY_USERS
    if _ONLY_REASONS in parts:
        flags.add(_ONLY_REASONS)
    for flag, scope in _SCOPES.items():
        if flag in flags and flags != {mine}:
            raise EvidenceProblem(f"the CRL {scope}")
    if _POINT_NAME in parts:
        _require_point(parts[_POINT_NAME], child, url)


_SCOPES = {
    _ONLY_USERS: "is only for the certificates of end entities",
    _ONLY_AUTHORITIES: "is only for the certificates of CAs",
    _ONLY_REASONS: "is only for some reasons of revocation",
    _INDIRECT: "is an indirect one, which may be about other CAs",
    _ONLY_ATTRIBUTES: "is only for attribute certificates",
}


def _require_point(name: Element, child: ParsedCertificate, url: str) -> None:
    """Refuse the CRL of a distribution point that is not the certificate's, such as that of another partition."""
    (choice,) = elements(name.content)
    names = list(elements(choice.content)) if choice.tag == _FULL_NAME else []
    texts = [each.content.decode("utf-8", "replace") for each in names if each.tag == _URI]
    if url in texts:
        return
    points = child.extensions.get(known.CRL_DISTRIBUTION_POINTS)
    own = set() if points is None else {each.encoded for each in distribution_point_names(points.value)}
    if own.isdisjoint(each.encoded for each in names):
        raise EvidenceProblem(f"the CRL is that of {texts[0] if texts else 'another distribution point'}")


def _found(revocations: "x509.CertificateRevocationList", serial: int) -> Evidence:
    entry = revocations.get_revoked_certificate_by_serial_number(serial)
    said = Evidence("CRL", revocations.last_update_utc, revocations.next_update_utc)
    return said if entry is None else said._replace(revoked_at=entry.revocation_date_utc, reason=_entry_reason(entry))


def _entry_reason(entry: "x509.RevokedCertificate") -> str:
    """Return the reason of an entry. That it is revoked is certain, even where the reason cannot be read."""
    from cryptography import x509

    try:
        with readable():
            return reason_name(entry.extensions.get_extension_for_class(x509.CRLReason).value.reason)
    except (ValueError, x509.ExtensionNotFound):
        return reason_name(None)
