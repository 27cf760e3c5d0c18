"""A store that is damaged in one way is found to be, and one that is whole is not."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pcacli.engine import credentials
from pcacli.engine.administration import refresh
from pcacli.engine.checking.findings import Finding
from pcacli.engine.checking.store import StoreCheck
from tests.support.crls import serials_at
from tests.support.embedded import ROOT_TEMPLATE, SUBORDINATE_TEMPLATE
from tests.unit.engine.checking.checked_estate import Estate
from tests.unit.engine.checking.damages import DAMAGES

PARTITIONED = {"CrlType": "PARTITIONED"}


@pytest.fixture
def estate(tmp_path: Path) -> Iterator[Estate]:
    made = Estate(tmp_path / "store")
    made.build()
    yield made
    made.store.close()


def _line(finding: Finding) -> str:
    return f"{finding.subject}: {finding.detail}"


@pytest.mark.parametrize("quick", [False, True])
def test_a_whole_store_is_clean(estate: Estate, *, quick: bool) -> None:
    estate.call("DeleteCertificateAuthority", CertificateAuthorityArn=estate.create())
    assert estate.findings(quick=quick) == []


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_is_found(estate: Estate, name: str) -> None:
    damage, kind, pattern = DAMAGES[name]
    damage(estate)
    found = [_line(finding) for finding in estate.findings() if finding.kind is kind]
    assert any(re.search(pattern, line) for line in found), found


def test_partitioned_crls_are_clean_and_a_wrong_count_is_found(tmp_path: Path) -> None:
    estate = Estate(tmp_path / "store")
    estate.build(**PARTITIONED)
    assert estate.findings() == []
    estate.sql("UPDATE crl_partitions SET certificates = 7")
    assert [finding.detail for finding in estate.findings()] == ["certificates that are counted: 7, that are there: 4"]
    estate.store.close()


def test_a_partition_of_another_place_or_end_is_found(tmp_path: Path) -> None:
    estate = Estate(tmp_path / "store")
    estate.build(**PARTITIONED)
    estate.sql("UPDATE crl_partitions SET url = 'http://elsewhere', last_expiry = last_expiry + 86400000000")
    end, url = sorted(finding.detail for finding in estate.findings())[::-1]
    assert re.fullmatch("its last certificate expires on .*, not .*", end)
    assert re.fullmatch("it is the CRL of the partition http://bucket.*, not of http://elsewhere", url)
    estate.store.close()


def test_what_was_deleted_as_it_should_be_is_no_finding(estate: Estate) -> None:
    estate.call("UpdateCertificateAuthority", CertificateAuthorityArn=estate.issuing, Status="DISABLED")
    estate.call("DeleteCertificateAuthority", CertificateAuthorityArn=estate.issuing)
    assert estate.findings() == []
    estate.call("RestoreCertificateAuthority", CertificateAuthorityArn=estate.issuing)
    assert estate.findings() == []
    for authority in (estate.create(), estate.issuing):
        estate.call("DeleteCertificateAuthority", CertificateAuthorityArn=authority)
    credentials.delete(estate.parts, estate.access_key, estate.owner)
    estate.advance(days=31)
    refresh(estate.parts)
    assert estate.findings() == []


def test_a_renewed_ca_is_clean_and_so_is_what_it_issued_before(estate: Estate) -> None:
    estate.install(estate.issuing, estate.root, SUBORDINATE_TEMPLATE, years=3)
    estate.install(estate.root, estate.root, ROOT_TEMPLATE, years=9)
    assert estate.findings() == []


def test_an_expired_entry_that_left_the_crl_is_no_finding(estate: Estate) -> None:
    for _ in range(3):
        estate.advance(days=16)
        refresh(estate.parts)
    assert serials_at(estate, estate.crl_key) == set()
    assert estate.findings() == []


def test_a_quick_check_does_not_read_certificates(estate: Estate) -> None:
    DAMAGES["certificate damaged"][0](estate)
    assert estate.findings(quick=True) == []


def test_a_check_counts_what_it_looked_at(estate: Estate) -> None:
    ticks: list[None] = []
    check = StoreCheck(estate.parts, estate.home, tick=lambda: ticks.append(None))
    assert list(check.findings()) == []
    counts = check.counts
    with estate.store.read() as snapshot:
        entries = sum(1 for _ in snapshot.trail())
    assert (counts.authorities, counts.certificates, counts.crls, counts.trail_entries) == (2, 6, 1, entries)
    assert len(ticks) == entries + 6 + 2


def test_a_crl_that_is_just_being_published_is_looked_at_again(estate: Estate) -> None:
    behind = estate.crl()
    estate.revoke(estate.issuing, estate.leaves[2])
    published = estate.crl()
    estate.put_crl(behind)
    check = StoreCheck(estate.parts, estate.home, pause=lambda: estate.put_crl(published))
    assert list(check.findings()) == []


@pytest.mark.parametrize(
    ("key", "signing"),
    [
        ("RSA_2048", "SHA256WITHRSA"),
        ("RSA_2048", "SHA384WITHRSA_PSS"),
        ("EC_secp384r1", "SHA512WITHECDSA"),
        ("ML_DSA_44", "ML_DSA_44"),
    ],
)
def test_signatures_of_every_kind_are_verified(tmp_path: Path, key: str, signing: str) -> None:
    estate = Estate(tmp_path / "store")
    estate.key_algorithm, estate.signing_algorithm = key, signing
    estate.build()
    assert estate.findings() == []
    DAMAGES["certificate damaged"][0](estate)
    assert [finding.detail for finding in estate.findings()] == ["its signature is not the CA's"]
    estate.store.close()
