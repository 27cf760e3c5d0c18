"""What is read out of certificates, judged by real ones."""

from datetime import UTC, datetime
from hashlib import sha1

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from pcacli.pki.certificate_facts import certificate_facts, is_self_signed, subject
from pcacli.pki.distinguished_names import rfc2253
from tests.pki.crafting import KEY_MAKERS, constraints, entity

ROOT = entity("root")


def test_every_fact_is_read() -> None:
    key_identifier = x509.SubjectKeyIdentifier(b"\x01" * 20)
    extension = x509.Extension(x509.SubjectKeyIdentifier.oid, critical=False, value=key_identifier)
    validity = datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    certificate = entity("sub", ROOT, extensions=[constraints(3), extension], serial=4118, valid=validity)
    facts = certificate_facts(certificate.der)
    assert (facts.not_before, facts.not_after) == validity
    assert (facts.serial, facts.path_length, facts.subject_key_identifier) == (4118, 3, key_identifier.digest)
    assert facts.subject == certificate.certificate.subject.public_bytes()


@pytest.mark.fact("2.5", "authority-key")
def test_a_missing_key_identifier_is_the_hash_of_the_key() -> None:
    point = ROOT.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    assert certificate_facts(ROOT.der).subject_key_identifier == sha1(point).digest()


@pytest.mark.parametrize("extensions", [[], [constraints(None)]])
def test_no_path_length_is_none(extensions: list[x509.Extension[x509.BasicConstraints]]) -> None:
    assert certificate_facts(entity("any", extensions=extensions).der).path_length is None


def test_the_subject_of_a_certificate_without_version_is_found() -> None:
    """Version 1 leaves the version out, which moves every field (RFC 5280, section 4.1)."""
    fields = bytes.fromhex("020101300030003000") + ROOT.certificate.subject.public_bytes()
    signed = b"\x30" + bytes([len(fields)]) + fields
    assert rfc2253(subject(b"\x30" + bytes([len(signed)]) + signed)) == "CN=root"


@pytest.mark.parametrize("kind", KEY_MAKERS)
def test_a_certificate_that_signs_itself_is_self_signed(kind: str) -> None:
    root = entity("root", kind=kind)
    assert is_self_signed(root.der)
    assert not is_self_signed(entity("sub", root).der)


def test_its_own_name_as_issuer_does_not_make_a_certificate_self_signed() -> None:
    assert not is_self_signed(entity("root", ROOT).der)


def test_bytes_that_are_no_certificate_are_refused() -> None:
    with pytest.raises(ValueError, match="not written as DER"):
        certificate_facts(b"0\x00")
