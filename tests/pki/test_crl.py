"""CRLs say what they should, in the words of `openssl` and of `cryptography`."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509

from pcacli.api.revocation import REVOCATION_REASON
from pcacli.pki.crl import CrlEntry, crl_number, crl_times
from tests.pki.crafting import DAY, NOW, entity
from tests.pki.crls import CA, PARTITION_URL, SIGNING_ALGORITHMS, signed


def openssl(*arguments: str | Path, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["openssl", *arguments], input=given, capture_output=True, check=False)


@pytest.mark.fact("5.2", "dump")
def test_openssl_shows_what_a_crl_holds() -> None:
    crl = signed(CrlEntry(0xE8CBD2BEDB122329F97706BCFEC990F8, NOW, "KEY_COMPROMISE"))
    text = openssl("crl", "-inform", "DER", "-text", "-noout", given=crl).stdout.decode()
    shown = [line.strip() for line in text.splitlines()]
    assert "Version 2 (0x1)" in shown
    assert "Issuer: CN = issuing CA" in shown
    assert "Last Update: Mar  1 11:00:00 2026 GMT" in shown
    assert "Next Update: Mar  8 12:00:00 2026 GMT" in shown
    assert shown[shown.index("X509v3 CRL Number:") + 1] == "1519676905984"
    assert "Serial Number: E8CBD2BEDB122329F97706BCFEC990F8" in shown
    assert "Revocation Date: Mar  1 12:00:00 2026 GMT" in shown
    assert shown[shown.index("X509v3 CRL Reason Code:") + 1] == "Key Compromise"


# Source: RFC 5280, section 5.3.1.
CODES = {
    "UNSPECIFIED": None,
    "KEY_COMPROMISE": "0a0101",
    "CERTIFICATE_AUTHORITY_COMPROMISE": "0a0102",
    "AFFILIATION_CHANGED": "0a0103",
    "SUPERSEDED": "0a0104",
    "CESSATION_OF_OPERATION": "0a0105",
    "PRIVILEGE_WITHDRAWN": "0a0109",
    "A_A_COMPROMISE": "0a010a",
}


@pytest.mark.fact("5.1", "reasons")
@pytest.mark.parametrize("reason", REVOCATION_REASON.choices)
def test_a_reason_becomes_its_code_and_unspecified_none(reason: str) -> None:
    (entry,) = x509.load_der_x509_crl(signed(CrlEntry(1, NOW, reason)))
    codes = [(extension.critical, extension.value.public_bytes().hex()) for extension in entry.extensions]
    assert codes == ([] if CODES[reason] is None else [(False, CODES[reason])])


@pytest.mark.fact("5.2", "extensions")
def test_a_complete_crl_has_key_identifier_then_number() -> None:
    crl = x509.load_der_x509_crl(signed())
    assert [(type(extension.value), extension.critical) for extension in crl.extensions] == [
        (x509.AuthorityKeyIdentifier, False),
        (x509.CRLNumber, False),
    ]
    key_identifier = x509.SubjectKeyIdentifier.from_public_key(CA.key.public_key()).digest
    assert crl.extensions[0].value == x509.AuthorityKeyIdentifier(key_identifier, None, None)


@pytest.mark.fact("5.2")
def test_a_crl_carries_the_key_identifier_of_the_ca_certificate() -> None:
    value = x509.SubjectKeyIdentifier(b"its own choice")
    issuer = entity("CA", extensions=[x509.Extension(x509.SubjectKeyIdentifier.oid, critical=False, value=value)])
    crl = x509.load_der_x509_crl(signed(issuer=issuer))
    key_identifier = crl.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    assert key_identifier.key_identifier == b"its own choice"


@pytest.mark.fact("5.2", "extensions")
def test_a_partition_is_bound_to_its_url() -> None:
    crl = x509.load_der_x509_crl(signed(partition_url=PARTITION_URL))
    extension = crl.extensions[-1]
    assert extension.critical
    assert extension.value.full_name == [x509.UniformResourceIdentifier(PARTITION_URL)]


@pytest.mark.parametrize("kind", SIGNING_ALGORITHMS)
def test_every_kind_of_key_signs_crls(kind: str) -> None:
    issuer = entity("CA", kind=kind)
    crl = x509.load_der_x509_crl(signed(CrlEntry(7, NOW, "SUPERSEDED"), issuer=issuer))
    assert crl.is_signature_valid(issuer.key.public_key())


@pytest.mark.parametrize("partition_url", [None, PARTITION_URL])
def test_openssl_refuses_the_revoked_certificate_only(tmp_path: Path, partition_url: str | None) -> None:
    """The root signs two leaves and a CRL that lists the first; a partition counts only for leaves that point to it."""
    now = datetime.now(UTC)
    root = entity("root", valid=(now - DAY, now + DAY))
    point = x509.DistributionPoint([x509.UniformResourceIdentifier(PARTITION_URL)], None, None, None)
    value = x509.CRLDistributionPoints([point])
    pointer = x509.Extension(x509.CRLDistributionPoints.oid, critical=False, value=value)
    revoked, good = (entity(text, root, extensions=[pointer], valid=(now - DAY, now + DAY)) for text in ("bad", "good"))
    times = crl_times(now, 7)
    entry = CrlEntry(revoked.certificate.serial_number, now, "KEY_COMPROMISE")
    crl = signed(entry, issuer=root, partition_url=partition_url, **times._asdict())
    (tmp_path / "root.pem").write_bytes(root.pem)
    (tmp_path / "crl.pem").write_bytes(openssl("crl", "-inform", "DER", given=crl).stdout)
    trust = ("-CAfile", tmp_path / "root.pem", "-CRLfile", tmp_path / "crl.pem")
    verdicts = [openssl("verify", "-crl_check", "-extended_crl", *trust, given=leaf.pem) for leaf in (good, revoked)]
    assert [verdict.returncode for verdict in verdicts] == [0, 2], verdicts
    assert b"certificate revoked" in verdicts[1].stderr


@pytest.mark.fact("5.2", "number")
@pytest.mark.parametrize(
    ("generated_at", "number"),
    [
        (datetime(2018, 2, 26, 20, 28, 25, 984_000, tzinfo=UTC), 1519676905984),
        (datetime(2018, 1, 10, 20, 28, 47, 629_999, tzinfo=UTC), 1515616127629),
    ],
)
def test_the_number_is_the_millisecond_of_generation(generated_at: datetime, number: int) -> None:
    assert crl_number(None, generated_at) == number
    assert crl_number(number - 1, generated_at) == number


def test_the_number_grows_even_when_the_clock_does_not() -> None:
    assert crl_number(1519676905984, datetime(2018, 1, 1, tzinfo=UTC)) == 1519676905985


@pytest.mark.fact("5.2", "times")
def test_a_crl_starts_an_hour_back_and_ends_after_the_days_of_the_ca() -> None:
    generated_at = datetime(2018, 2, 26, 20, 28, 25, 984_000, tzinfo=UTC)
    times = crl_times(generated_at, 365)
    assert times.this_update == datetime(2018, 2, 26, 19, 28, 25, tzinfo=UTC)
    assert times.next_update == datetime(2019, 2, 26, 20, 28, 25, tzinfo=UTC)


def test_entries_keep_their_order() -> None:
    entries = [CrlEntry(serial, NOW, "UNSPECIFIED") for serial in (30, 10, 20)]
    assert [entry.serial_number for entry in x509.load_der_x509_crl(signed(*entries))] == [30, 10, 20]
