"""A CRL that may leave a revocation out proves nothing; wherever OpenSSL refuses one, so do we."""

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from pcacli.pki.crl_evidence import AGES, evidence_of_crl
from pcacli.pki.der_reader import elements
from pcacli.pki.der_writer import BIT_STRING, OBJECT_IDENTIFIER, SEQUENCE, encode, object_identifier
from pcacli.pki.revocation_evidence import Evidence, EvidenceProblem, Locations, locations
from tests.pki.crafting import DAY, Entity, constraints, entity

# OpenSSL judges at the time of its own clock.
NOW = datetime.now(UTC).replace(microsecond=0)
SPAN = (NOW - DAY, NOW + 365 * DAY)
URL, OTHER_URL = "http://crl.example.com/a.crl", "http://crl.example.com/b.crl"
REVOKED = 7777
UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")


def extension(value: x509.ExtensionType, *, critical: bool = False) -> x509.Extension[Any]:
    return x509.Extension(value.oid, critical, value)


def usage(**used: bool) -> x509.Extension[Any]:
    names = (
        *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
        *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
    )
    return extension(x509.KeyUsage(**{name: used.get(name, False) for name in names}), critical=True)


def points(url: str = URL) -> x509.Extension[Any]:
    name = [x509.UniformResourceIdentifier(url)]
    return extension(x509.CRLDistributionPoints([x509.DistributionPoint(name, None, None, None)]))


ROOT = entity("root", extensions=[constraints(), usage(key_cert_sign=True, crl_sign=True)], valid=SPAN)
MUTE = entity("mute", extensions=[constraints(), usage(key_cert_sign=True)], valid=SPAN)
KEY = entity("key").key
IDENTIFIER = extension(x509.SubjectKeyIdentifier.from_public_key(KEY.public_key()))
IDENTIFIED = entity("identified", extensions=[constraints(), IDENTIFIER], key=KEY, valid=SPAN)
LEAF = entity("leaf", ROOT, extensions=[constraints(ca=False), points()], serial=4711, valid=SPAN)
AUTHORITY = entity("below", ROOT, extensions=[constraints(), points()], serial=4712, valid=SPAN)
STRANGER = entity("root", extensions=[constraints()], valid=SPAN)
Builder = x509.CertificateRevocationListBuilder


def crl(
    *changes: Callable[[Builder], Builder],
    issuer: Entity = ROOT,
    this_update: datetime = NOW - timedelta(hours=1),
    next_update: datetime | None = NOW + DAY,
) -> bytes:
    builder = Builder().issuer_name(issuer.certificate.subject).last_update(this_update)
    builder = builder.next_update(next_update or NOW + DAY)
    builder = builder.add_revoked_certificate(entry(REVOKED))
    for change in changes:
        builder = change(builder)
    der = builder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.DER)
    return der if next_update else resigned(der, issuer, without_end=True)


def resigned(der: bytes, issuer: Entity, *, without_end: bool = False, digest: Any = None) -> bytes:
    """Change what the library does not write: no nextUpdate, or a signature with SHA-1."""
    (whole,) = elements(der)
    content, *_ = elements(whole.content)
    version, inner, name, this_update, next_update, *rest = (part.encoded for part in elements(content.content))
    if isinstance(digest, hashes.SHA1):
        inner = encode(SEQUENCE, encode(OBJECT_IDENTIFIER, object_identifier("1.2.840.10045.4.1")))
    end = [] if without_end else [next_update]
    kept = encode(SEQUENCE, version, inner, name, this_update, *end, *rest)
    signature = issuer.key.sign(kept, ec.ECDSA(digest or hashes.SHA256()))
    return encode(SEQUENCE, kept, inner, encode(BIT_STRING, b"\0" + signature))


def entry(serial: int, *extensions: tuple[x509.ExtensionType, bool]) -> x509.RevokedCertificate:
    builder = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(NOW - timedelta(hours=2))
    for value, critical in extensions:
        builder = builder.add_extension(value, critical)
    return builder.build()


def having(value: x509.ExtensionType, *, critical: bool = True) -> Callable[[Builder], Builder]:
    return lambda builder: builder.add_extension(value, critical)


def listing(*entries: x509.RevokedCertificate) -> Callable[[Builder], Builder]:
    def add(builder: Builder) -> Builder:
        for one in entries:
            builder = builder.add_revoked_certificate(one)
        return builder

    return add


def scope(**given: Any) -> Callable[[Builder], Builder]:
    members: dict[str, Any] = {
        "full_name": None,
        "relative_name": None,
        "only_contains_user_certs": False,
        "only_contains_ca_certs": False,
        "only_some_reasons": None,
        "indirect_crl": False,
        "only_contains_attribute_certs": False,
    }
    return having(x509.IssuingDistributionPoint(**(members | given)))


def named(url: str) -> list[x509.GeneralName]:
    return [x509.UniformResourceIdentifier(url)]


def asked(made: bytes, certificate: Entity = LEAF, issuer: Entity = ROOT, now: datetime = NOW) -> Evidence:
    return evidence_of_crl(made, certificate.der, issuer.der, url=URL, now=now)


def openssl_is_content(tmp_path: Path, made: bytes, certificate: Entity, issuer: Entity) -> bool:
    files = {"crl": made, "leaf": certificate.der, "root": issuer.der}
    for name, der in files.items():
        kind = "crl" if name == "crl" else "x509"
        words = ["openssl", kind, "-inform", "DER", "-out", str(tmp_path / f"{name}.pem")]
        if subprocess.run(words, input=der, capture_output=True, check=False).returncode:
            return False
    words = ["openssl", "verify", "-crl_check", "-CAfile", "root.pem", "-CRLfile", "crl.pem", "leaf.pem"]
    return subprocess.run(words, cwd=tmp_path, capture_output=True, check=False).returncode == 0


class Case(NamedTuple):
    """A CRL that does not list the certificate; `reason` None means that it proves that."""

    made: bytes
    reason: str | None
    certificate: Entity = LEAF
    issuer: Entity = ROOT


SOME_REASONS = frozenset([x509.ReasonFlags.key_compromise])
CASES = {
    "complete": Case(crl(), None),
    "of the certificate's distribution point": Case(crl(scope(full_name=named(URL))), None),
    "for end entities": Case(crl(scope(only_contains_user_certs=True)), None),
    "for CAs, about one": Case(crl(scope(only_contains_ca_certs=True)), None, AUTHORITY),
    "for CAs": Case(crl(scope(only_contains_ca_certs=True)), "only for the certificates of CAs"),
    "for end entities, about a CA": Case(
        crl(scope(only_contains_user_certs=True)), "only for the certificates of end entities", AUTHORITY
    ),
    "for attribute certificates": Case(crl(scope(only_contains_attribute_certs=True)), "attribute certificates"),
    "for some reasons": Case(crl(scope(only_some_reasons=SOME_REASONS)), "some reasons"),
    "indirect": Case(crl(scope(indirect_crl=True)), "indirect"),
    "indirect and of the point": Case(crl(scope(indirect_crl=True, full_name=named(URL))), "indirect"),
    "of another distribution point": Case(crl(scope(full_name=named(OTHER_URL))), f"that of {OTHER_URL}"),
    "of a directory name": Case(
        crl(scope(full_name=[x509.DirectoryName(ROOT.certificate.subject)])), "another distribution point"
    ),
    "of a relative name": Case(
        crl(scope(relative_name=x509.RelativeDistinguishedName(list(ROOT.certificate.subject)))),
        "another distribution point",
    ),
    "a delta CRL": Case(crl(having(x509.DeltaCRLIndicator(1)), having(x509.CRLNumber(2), critical=False)), "delta CRL"),
    "an unknown critical extension": Case(crl(having(UNKNOWN)), r"critical extension 1\.2\.3\.4"),
    "a critical number": Case(crl(having(x509.CRLNumber(2))), "critical extension cRLNumber"),
    "an unknown extension": Case(crl(having(UNKNOWN, critical=False)), None),
    "an entry with an unknown critical extension": Case(crl(listing(entry(1, (UNKNOWN, True)))), "entries with the"),
    "an entry with an unknown extension": Case(crl(listing(entry(1, (UNKNOWN, False)))), None),
    "an entry of another CA": Case(
        crl(listing(entry(1, (x509.CertificateIssuer([x509.DirectoryName(MUTE.certificate.subject)]), True)))),
        "entries of another CA",
    ),
    "out of date": Case(crl(this_update=NOW - 3 * DAY, next_update=NOW - DAY), "out of date"),
    "from the future": Case(crl(this_update=NOW + DAY / 2, next_update=NOW + DAY), "from the future"),
    "a little from the future": Case(crl(this_update=NOW + DAY / 24), "from the future"),
    "without an end": Case(crl(next_update=None), None),
    "without an end, and old": Case(
        crl(this_update=NOW - AGES.maximum_age - timedelta(minutes=1), next_update=None), "does not say until when"
    ),
    "of a CA that may not": Case(
        crl(issuer=MUTE), "key usage", entity("leaf", MUTE, extensions=[points()], valid=SPAN), MUTE
    ),
    "of a stranger of that name": Case(crl(issuer=STRANGER), "not signed by the certificate's CA"),
    "for another key": Case(
        crl(having(x509.AuthorityKeyIdentifier(b"another", None, None), critical=False), issuer=IDENTIFIED),
        "another key",
        entity("leaf", IDENTIFIED, extensions=[points()], valid=SPAN),
        IDENTIFIED,
    ),
    "signed with SHA-1": Case(resigned(crl(), ROOT, digest=hashes.SHA1()), "SHA1WITHECDSA"),
    "damaged": Case(crl()[:-1], "cannot be read"),
}
# What OpenSSL believes nevertheless: one that is old without an end, SHA-1 (GnuTLS does not), a delta CRL if there is
# no other, and the entry of another CA in a CRL that is not indirect.
ONLY_WE_REFUSE = {"without an end, and old", "signed with SHA-1", "a delta CRL", "an entry of another CA"}


@pytest.mark.parametrize("name", CASES)
def test_a_crl_proves_something_only_if_it_covers_the_certificate(name: str) -> None:
    made, reason, certificate, issuer = CASES[name]
    if reason is None:
        assert asked(made, certificate, issuer).revoked_at is None
    else:
        with pytest.raises(EvidenceProblem, match=reason):
            asked(made, certificate, issuer)


@pytest.mark.parametrize("name", CASES)
def test_openssl_believes_no_crl_that_we_refuse_to(name: str, tmp_path: Path) -> None:
    made, reason, certificate, issuer = CASES[name]
    expected = reason is None or name in ONLY_WE_REFUSE
    assert openssl_is_content(tmp_path, made, certificate, issuer) == expected


def test_a_revocation_is_found_with_and_without_a_reason() -> None:
    leaf = entity("leaf", ROOT, extensions=[points()], serial=REVOKED, valid=SPAN)
    assert (asked(crl(), leaf).revoked_at, asked(crl(), leaf).reason) == (NOW - timedelta(hours=2), "UNSPECIFIED")
    stated = entry(4711, (x509.CRLReason(x509.ReasonFlags.superseded), False))
    assert asked(crl(listing(stated))).reason == "SUPERSEDED"
    removed = entry(4711, (x509.CRLReason(x509.ReasonFlags.remove_from_crl), False))
    assert asked(crl(listing(removed))).revoked_at is not None


def test_of_a_million_bytes_only_what_may_be_critical_is_looked_at() -> None:
    """The octets of a critical BOOLEAN may also be part of a serial number."""
    serial = int.from_bytes(b"\x01\x01\xff\x04\x01\x01\xff\x04", "big")
    assert asked(crl(listing(entry(serial)))).revoked_at is None


def test_a_certificate_says_when_no_url_leads_to_its_crl() -> None:
    directory = x509.DistributionPoint([x509.DirectoryName(ROOT.certificate.subject)], None, None, None)
    reasons = x509.DistributionPoint(named(URL), None, SOME_REASONS, None)
    elsewhere = x509.DistributionPoint(named(URL), None, None, [x509.DirectoryName(MUTE.certificate.subject)])
    for point in (directory, reasons, elsewhere):
        leaf = entity("leaf", ROOT, extensions=[extension(x509.CRLDistributionPoints([point]))], valid=SPAN)
        assert locations(leaf.der) == Locations((), (), has_other_crl=True)
    assert locations(LEAF.der) == Locations((URL,), ())
