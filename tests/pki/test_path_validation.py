"""Paths are judged as RFC 5280 has them judged, and every reason is said."""

from typing import Any

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from pcacli.pki.path_validation import Wanted, is_signed_by, judge
from tests.pki.crafting import DAY, KEY_MAKERS, NOW, Entity, constraints, entity

WANTED = Wanted(NOW)
SERVER = ExtendedKeyUsageOID.SERVER_AUTH


def extension(value: x509.ExtensionType, *, critical: bool = False) -> x509.Extension[Any]:
    return x509.Extension(value.oid, critical, value)


def hosts(*names: str) -> x509.Extension[Any]:
    return extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]))


def purposes(*identifiers: x509.ObjectIdentifier) -> x509.Extension[Any]:
    return extension(x509.ExtendedKeyUsage(identifiers))


def identified(key: Any) -> x509.Extension[Any]:
    return extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()))


NOT_A_CA = constraints(ca=False)
NAMES = hosts("www.example.com", "*.wild.example.com")
ROOT = entity("root")
ISSUING = entity("issuing", ROOT, extensions=[constraints(0)])
LEAF = entity("leaf", ISSUING, extensions=[NOT_A_CA, NAMES])


def reasons(leaf: Entity = LEAF, between: Entity = ISSUING, root: Entity = ROOT, wanted: Wanted = WANTED) -> list[str]:
    return list(judge(leaf.der, [between.der], [root.der], wanted).reasons)


def test_a_good_path_is_shown_from_the_leaf_to_the_root() -> None:
    assert judge(LEAF.der, [ISSUING.der], [ROOT.der], WANTED) == ((LEAF.der, ISSUING.der, ROOT.der), ())


@pytest.mark.parametrize("kind", KEY_MAKERS)
def test_every_kind_of_key_can_be_judged(kind: str) -> None:
    root = entity("root", kind=kind)
    between = entity("between", root, extensions=[constraints(0)], kind=kind)
    assert reasons(entity("leaf", between, extensions=[NOT_A_CA], kind=kind), between, root) == []


def test_a_root_and_a_ca_can_be_judged_themselves() -> None:
    assert judge(ROOT.der, [], [ROOT.der], WANTED).reasons == ()
    assert judge(ISSUING.der, [], [ROOT.der], WANTED).reasons == ()


def test_what_has_expired_is_named_and_the_rest_still_judged() -> None:
    expired = entity("leaf", ISSUING, extensions=[NOT_A_CA, NAMES], valid=(NOW - DAY, NOW - DAY / 2))
    wanted = WANTED._replace(dns_names=("other.example.com",))
    assert reasons(expired, wanted=wanted) == [
        "CN=leaf expired at 2026-03-01 00:00:00 UTC.",
        "The certificate is not for other.example.com.",
    ]
    early = entity("leaf", ISSUING, extensions=[NOT_A_CA], valid=(NOW + DAY, NOW + 2 * DAY))
    assert reasons(early) == ["CN=leaf is not valid before 2026-03-02 12:00:00 UTC."]


def not_permitted() -> tuple[Entity, Entity]:
    permitted = x509.NameConstraints([x509.DNSName("example.org")], None)
    between = entity("between", ROOT, extensions=[constraints(0), extension(permitted, critical=True)])
    return entity("leaf", between, extensions=[NOT_A_CA, NAMES]), between


def too_long() -> tuple[Entity, Entity]:
    return entity("leaf", entity("below", ISSUING), extensions=[NOT_A_CA]), ISSUING


def no_ca() -> tuple[Entity, Entity]:
    between = entity("between", ROOT, extensions=[NOT_A_CA])
    return entity("leaf", between, extensions=[NOT_A_CA]), between


def not_for_signing() -> tuple[Entity, Entity]:
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    between = entity("between", ROOT, extensions=[constraints(0), extension(usage, critical=True)])
    return entity("leaf", between, extensions=[NOT_A_CA]), between


def critical_unknown() -> tuple[Entity, Entity]:
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
    return entity(
        "leaf", ISSUING, extensions=[NOT_A_CA, x509.Extension(unknown.oid, critical=True, value=unknown)]
    ), ISSUING


def of_strangers() -> tuple[Entity, Entity]:
    stranger = entity("issuing", entity("root"), extensions=[constraints(0)])
    return entity("leaf", stranger, extensions=[NOT_A_CA]), stranger


@pytest.mark.parametrize("bad", [not_permitted, too_long, no_ca, not_for_signing, critical_unknown, of_strangers])
def test_a_bad_path_leads_nowhere(bad: Any) -> None:
    leaf, between = bad()
    judgement = judge(leaf.der, [between.der], [ROOT.der], WANTED)
    assert judgement.path == ()
    assert len(judgement.reasons) == 1
    assert judgement.reasons[0].startswith("No path leads to a trusted root: ")
    assert "exhausted" not in judgement.reasons[0]
    assert "Python" not in judgement.reasons[0]


def test_without_trust_there_is_no_path() -> None:
    assert judge(LEAF.der, [ISSUING.der], [], WANTED).reasons == ("No certificate that is trusted was given.",)


@pytest.mark.parametrize(
    ("dns_names", "bad"),
    [
        (["www.example.com"], []),
        (["WWW.EXAMPLE.COM", "a.wild.example.com"], []),
        (["a.b.wild.example.com", "example.com"], ["a.b.wild.example.com", "example.com"]),
    ],
)
def test_names_are_matched_as_tls_clients_do(dns_names: list[str], bad: list[str]) -> None:
    wanted = WANTED._replace(dns_names=tuple(dns_names))
    assert reasons(wanted=wanted) == [f"The certificate is not for {name}." for name in bad]


def test_a_server_certificate_is_not_for_code() -> None:
    signer = entity("leaf", ISSUING, extensions=[NOT_A_CA, NAMES, purposes(ExtendedKeyUsageOID.CODE_SIGNING)])
    assert reasons(signer) == []
    assert reasons(signer, wanted=WANTED._replace(dns_names=("www.example.com",))) == [
        "The certificate is not for TLS servers: its extended key usage has no SERVER_AUTH."
    ]
    nameless = entity("www.example.com", ISSUING, extensions=[NOT_A_CA, purposes(SERVER)])
    wanted = WANTED._replace(dns_names=("www.example.com",), ip_addresses=("192.0.2.1",))
    assert reasons(nameless, wanted=wanted) == [
        "The certificate is not for www.example.com.",
        "The certificate is not for 192.0.2.1.",
    ]


def test_the_issuer_is_told_by_name_key_identifier_and_signature() -> None:
    assert is_signed_by(LEAF.der, ISSUING.der)
    assert not is_signed_by(LEAF.der, ROOT.der)
    assert not is_signed_by(LEAF.der, entity("issuing", ROOT).der)
    other_key = entity("any").key
    mistaken = x509.AuthorityKeyIdentifier.from_issuer_public_key(other_key.public_key())
    parent = entity("parent", extensions=[constraints(), identified(other_key)])
    assert is_signed_by(entity("leaf", parent, extensions=[extension(mistaken)]).der, parent.der)
    assert not is_signed_by(entity("leaf", ISSUING, extensions=[extension(mistaken)]).der, ISSUING.der)
