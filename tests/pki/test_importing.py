"""Which certificates a CA accepts as its own: one row for each rule, and the order of the rules."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from pcacli.errors import ServiceError
from pcacli.pki.importing import Imported, imported_certificate
from pcacli.pki.pem import CERTIFICATE_REQUEST, certificate_pem, read_pem
from tests.pki.crafting import DAY, KEY_MAKERS, NOW, Entity, constraints, entity

pytestmark = pytest.mark.fact("4")

SAMPLES = Path(__file__).with_name("samples")

MALFORMED = "MalformedCertificateException"
MISMATCH = "CertificateMismatchException"
PROHIBITED = "InvalidRequestException"
INVALID = "ValidationException"

ROOT = entity("root")
MIDDLE = entity("middle", ROOT, extensions=[constraints(1)])
SUBORDINATE = entity("sub", MIDDLE, extensions=[constraints(0)])
STRANGER = entity("stranger")


@dataclass(frozen=True)
class Import:
    """What a caller imports; by default a good subordinate with two certificates above it."""

    certificate: Entity = SUBORDINATE
    chain: tuple[Entity, ...] = (MIDDLE, ROOT)
    owner: Entity | None = None
    authority_type: str = "SUBORDINATE"
    now: datetime = NOW

    def run(self) -> Imported:
        return imported_certificate(
            self.certificate.pem,
            b"".join(above.pem for above in self.chain),
            authority_type=self.authority_type,
            csr=(self.owner or self.certificate).csr,
            now=self.now,
        )


def refusal(attempt: Import) -> tuple[str | None, str]:
    with pytest.raises(ServiceError) as caught:
        attempt.run()
    return caught.value.code, caught.value.message


def unknown_extension(identifier: str) -> x509.Extension[Any]:
    oid = x509.ObjectIdentifier(identifier)
    return x509.Extension(oid, critical=True, value=x509.UnrecognizedExtension(oid, b"\x05\x00"))


def subordinate(*extensions: x509.Extension[Any], issuer: Entity = MIDDLE, **options: Any) -> Entity:
    return entity("sub", issuer, extensions=extensions, **options)


def test_what_was_imported_is_returned() -> None:
    assert Import().run() == Imported(
        certificate=SUBORDINATE.der,
        chain=(MIDDLE.der, ROOT.der),
        not_before=(NOW - DAY).replace(microsecond=0),
        not_after=(NOW + 365 * DAY).replace(microsecond=0),
        serial=SUBORDINATE.certificate.serial_number,
    )


def test_a_real_root_is_accepted_for_its_own_csr() -> None:
    """The certificate and the CSR that the User Guide shows."""
    certificate = (SAMPLES / "root-ca-certificate.pem").read_bytes()
    (csr,) = read_pem((SAMPLES / "root-ca-csr.pem").read_bytes(), CERTIFICATE_REQUEST)
    now = datetime(2021, 6, 1, tzinfo=UTC)
    imported = imported_certificate(certificate, None, authority_type="ROOT", csr=csr, now=now)
    assert imported.serial == 0x822E39AAE54044E551010E64919961D2
    assert imported.not_after == datetime(2022, 3, 8, 16, 46, 27, tzinfo=UTC)


@pytest.mark.parametrize("kind", KEY_MAKERS)
def test_roots_and_subordinates_of_every_kind_of_key_are_accepted(kind: str) -> None:
    root = entity("root", kind=kind)
    certificate = entity("sub", root, kind=kind)
    assert Import(root, (), authority_type="ROOT").run().certificate == root.der
    assert Import(certificate, (root,)).run().chain == (root.der,)


@pytest.mark.parametrize("chain", [None, b"", b" \n"])
def test_no_chain_and_an_empty_chain_are_the_same(chain: bytes | None) -> None:
    imported = imported_certificate(ROOT.pem, chain, authority_type="ROOT", csr=ROOT.csr, now=NOW)
    assert imported.chain == ()


@pytest.mark.fact("4", "subject")
def test_the_subject_may_differ_from_that_of_the_csr() -> None:
    owner = entity("another name", key=SUBORDINATE.key)
    assert Import(owner=owner).run().certificate == SUBORDINATE.der


def test_certificates_that_issue_themselves_do_not_count_for_the_path_length() -> None:
    """The middle CA certifies its next key under its own name (RFC 5280, section 4.2.1.9)."""
    rollover = entity("middle", MIDDLE)
    certificate = entity("sub", rollover)
    assert Import(certificate, (rollover, MIDDLE, ROOT)).run().certificate == certificate.der


PATH_LENGTH_0 = entity("root", extensions=[constraints(0)])
UNDER_0 = entity("middle", PATH_LENGTH_0)
EXPIRED_ROOT = entity("root", valid=(NOW - 2 * DAY, NOW - DAY))
FUTURE = (NOW + DAY, NOW + 2 * DAY)
NOT_CRITICAL_ROOT = entity("root", extensions=[constraints(critical=False)])
FORBIDDEN = unknown_extension("1.2.3.4")
FORBIDDING_ROOT = entity("root", extensions=[constraints(), FORBIDDEN])
SELF_SIGNED = entity("sub")

# (what is wrong, the import, the exception, part of the sentence)
FAULTS = {
    "another key": (Import(owner=STRANGER), MISMATCH, "is not the public key of the certificate authority"),
    "no basic constraints": (Import(subordinate()), INVALID, "'CN=sub' has no basic constraints"),
    "basic constraints not critical": (
        Import(subordinate(constraints(critical=False))),
        INVALID,
        "must have critical basic constraints",
    ),
    "not a CA": (Import(subordinate(constraints(ca=False))), INVALID, "with CA set to true"),
    "basic constraints of the root not critical": (
        Import(subordinate(constraints(), issuer=NOT_CRITICAL_ROOT), (NOT_CRITICAL_ROOT,)),
        INVALID,
        "'CN=root' must have critical basic constraints",
    ),
    "forbidden critical extension in the chain": (
        Import(subordinate(constraints(), issuer=FORBIDDING_ROOT), (FORBIDDING_ROOT,)),
        MALFORMED,
        "'CN=root' must not mark extension 1.2.3.4 as critical",
    ),
    "root that another CA signed": (
        Import(subordinate(constraints()), (), authority_type="ROOT"),
        PROHIBITED,
        "must be self-signed",
    ),
    "self-signed subordinate": (Import(SELF_SIGNED), PROHIBITED, "must not be self-signed"),
    "root with a chain": (Import(ROOT, (ROOT,), authority_type="ROOT"), INVALID, "must not be given for a root"),
    "subordinate without a chain": (Import(chain=()), INVALID, "is required for a subordinate"),
    "chain upside down": (Import(chain=(ROOT, MIDDLE)), MALFORMED, "'CN=sub' is not signed by Certificate 'CN=root'"),
    "chain with a gap": (Import(chain=(ROOT,)), MALFORMED, "'CN=sub' is not signed by Certificate 'CN=root'"),
    "chain with the certificate itself": (
        Import(chain=(SUBORDINATE, MIDDLE, ROOT)),
        MALFORMED,
        "'CN=sub' is not signed by Certificate 'CN=sub'",
    ),
    "chain without its root": (Import(chain=(MIDDLE,)), MALFORMED, "'CN=middle' is not self-signed"),
    "chain with another CA of the same name": (
        Import(chain=(MIDDLE, entity("root"))),
        MALFORMED,
        "'CN=middle' is not signed by Certificate 'CN=root'",
    ),
    "something behind the root": (
        Import(chain=(MIDDLE, ROOT, STRANGER)),
        MALFORMED,
        "'CN=root' is not signed by Certificate 'CN=stranger'",
    ),
    "path length of the issuer": (
        Import(entity("sub", PATH_LENGTH_0), (PATH_LENGTH_0,)),
        INVALID,
        "'CN=root' permits 0 certificate authorities under it, but there are 1",
    ),
    "path length further up": (
        Import(entity("sub", UNDER_0), (UNDER_0, PATH_LENGTH_0)),
        INVALID,
        "'CN=root' permits 0 certificate authorities under it, but there are 2",
    ),
    "expired": (Import(now=NOW + 366 * DAY), INVALID, "'CN=sub' has expired"),
    "expired root": (
        Import(subordinate(constraints(), issuer=EXPIRED_ROOT), (EXPIRED_ROOT,)),
        INVALID,
        "'CN=root' has expired",
    ),
    "not yet valid": (Import(subordinate(constraints(), valid=FUTURE)), INVALID, "'CN=sub' is not valid yet"),
}


@pytest.mark.fact("4", "kinds")
@pytest.mark.fact("2.6", "checked")
@pytest.mark.parametrize(("attempt", "code", "sentence"), FAULTS.values(), ids=FAULTS.keys())
def test_a_certificate_that_breaks_a_rule_is_refused(attempt: Import, code: str, sentence: str) -> None:
    found_code, message = refusal(attempt)
    assert found_code == code
    assert sentence in message


PEM = SUBORDINATE.pem
CHAIN = MIDDLE.pem + ROOT.pem
UNREADABLE = {
    "no PEM": (b"hello", CHAIN, "The certificate is not valid PEM: there is no CERTIFICATE block."),
    "DER": (SUBORDINATE.der, CHAIN, "The certificate is not valid PEM: there is no CERTIFICATE block."),
    "another label": (PEM.replace(b"CERTIFICATE", b"X509 CERTIFICATE"), CHAIN, "labelled X509 CERTIFICATE"),
    "PEM of something else": (
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
        CHAIN,
        "The certificate cannot be read as X.509.",
    ),
    "chain in the certificate": (PEM + CHAIN, None, "must be a single certificate"),
    "chain that is no PEM": (PEM, b"hello", "The certificate chain is not valid PEM"),
    "chain cut off": (PEM, CHAIN[:-20], "The certificate chain is not valid PEM: the BEGIN and END lines"),
}


@pytest.mark.fact("4", "sizes")
@pytest.mark.parametrize(("certificate", "chain", "sentence"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_cannot_be_read_is_malformed(certificate: bytes, chain: bytes | None, sentence: str) -> None:
    with pytest.raises(ServiceError) as caught:
        imported_certificate(certificate, chain, authority_type="SUBORDINATE", csr=SUBORDINATE.csr, now=NOW)
    assert caught.value.code == MALFORMED
    assert sentence in caught.value.message


def test_a_broken_extension_is_malformed() -> None:
    oid = x509.BasicConstraints.oid
    broken = x509.Extension(oid, critical=True, value=x509.UnrecognizedExtension(oid, b"\x02\x01\x00"))
    assert refusal(Import(subordinate(broken))) == (MALFORMED, "The certificate cannot be read as X.509.")


def test_a_broken_name_is_malformed() -> None:
    der = SUBORDINATE.der.replace(b"\x0c\x03sub", b"\x0c\x03\xff\xff\xff")
    with pytest.raises(ServiceError, match=r"The certificate cannot be read as X\.509"):
        imported_certificate(
            certificate_pem(der).encode(), CHAIN, authority_type="SUBORDINATE", csr=SUBORDINATE.csr, now=NOW
        )


def test_pem_in_one_line_is_accepted() -> None:
    one_line = PEM.replace(b"\n", b" "), CHAIN.replace(b"\n", b" ")
    assert imported_certificate(*one_line, authority_type="SUBORDINATE", csr=SUBORDINATE.csr, now=NOW) == Import().run()


GENERAL_NAME = x509.DNSName("example.com")
ACCESS = x509.AccessDescription(x509.ObjectIdentifier("1.3.6.1.5.5.7.48.5"), GENERAL_NAME)
POINT = x509.DistributionPoint([GENERAL_NAME], None, None, None)
KEY_USAGE = x509.KeyUsage(
    digital_signature=True,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)

MAY_BE_CRITICAL: dict[str, x509.ExtensionType] = {
    "authorityKeyIdentifier": x509.AuthorityKeyIdentifier(b"1", None, None),
    "certificatePolicies": x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier("1.2.3"), None)]),
    "extKeyUsage": x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]),
    "inhibitAnyPolicy": x509.InhibitAnyPolicy(0),
    "issuerAltName": x509.IssuerAlternativeName([GENERAL_NAME]),
    "keyUsage": KEY_USAGE,
    "nameConstraints": x509.NameConstraints([GENERAL_NAME], None),
    "policyMappings": unknown_extension("2.5.29.33").value,
    "subjectAltName": x509.SubjectAlternativeName([GENERAL_NAME]),
    "subjectDirectoryAttributes": unknown_extension("2.5.29.9").value,
    "subjectKeyIdentifier": x509.SubjectKeyIdentifier(b"1"),
    "subjectInfoAccess": x509.SubjectInformationAccess([ACCESS]),
}
MAY_NOT_BE_CRITICAL: dict[str, x509.ExtensionType] = {
    "authorityInfoAccess": x509.AuthorityInformationAccess([ACCESS]),
    "cRLDistributionPoints": x509.CRLDistributionPoints([POINT]),
    "freshestCRL": x509.FreshestCRL([POINT]),
    "policyConstraints": x509.PolicyConstraints(0, None),
    "qcStatements": unknown_extension("1.3.6.1.5.5.7.1.3").value,
    "one that nobody knows": unknown_extension("1.2.3.4").value,
}


def with_extension(value: x509.ExtensionType, *, critical: bool) -> Import:
    return Import(subordinate(constraints(), x509.Extension(value.oid, critical, value)))


@pytest.mark.fact("4", "may-be-critical")
@pytest.mark.parametrize("value", MAY_BE_CRITICAL.values(), ids=MAY_BE_CRITICAL.keys())
def test_these_extensions_may_be_critical(value: x509.ExtensionType) -> None:
    attempt = with_extension(value, critical=True)
    assert attempt.run().certificate == attempt.certificate.der


@pytest.mark.fact("4", "may-not-be-critical")
@pytest.mark.parametrize("value", MAY_NOT_BE_CRITICAL.values(), ids=MAY_NOT_BE_CRITICAL.keys())
def test_no_other_extension_may_be_critical(value: x509.ExtensionType) -> None:
    code, message = refusal(with_extension(value, critical=True))
    assert (code, value.oid.dotted_string in message) == (MALFORMED, True)
    assert with_extension(value, critical=False).run()


@pytest.mark.fact("4", "order")
def test_the_first_broken_rule_decides() -> None:
    """Start with everything wrong at once and repair one fault after the other."""
    worst = entity("sub", extensions=[FORBIDDEN], valid=FUTURE)
    with_constraints = entity("sub", extensions=[constraints(), FORBIDDEN], valid=FUTURE)
    self_signed = entity("sub", valid=FUTURE)
    issued = entity("sub", UNDER_0, valid=FUTURE)
    attempts = [
        Import(worst, (), owner=STRANGER),
        Import(worst, ()),
        Import(with_constraints, ()),
        Import(self_signed, ()),
        Import(issued, ()),
        Import(issued, (PATH_LENGTH_0, UNDER_0)),
        Import(issued, (UNDER_0, PATH_LENGTH_0)),
        Import(entity("sub", MIDDLE, valid=FUTURE)),
    ]
    sentences = [
        "is not the public key",
        "has no basic constraints",
        "must not mark extension",
        "must not be self-signed",
        "is required for a subordinate",
        "is broken",
        "permits 0 certificate authorities",
        "is not valid yet",
    ]
    messages = [refusal(attempt)[1] for attempt in attempts]
    assert [sentence in message for sentence, message in zip(sentences, messages, strict=True)] == [True] * 8, messages
    assert replace(attempts[-1], now=NOW + 1.5 * DAY).run()
