"""Certificates and revocations."""

from datetime import timedelta

import pytest

from pcacli.api.arns import AuthorityArn
from pcacli.engine.records import Certificate, ListedCertificate
from pcacli.engine.store.port import (
    AlreadyRevoked,
    DuplicateSerial,
    Store,
    Transaction,
    UnknownRecord,
)
from tests.contract.store_records import (
    NOW,
    OTHER,
    PARTITION,
    ROOT,
    authority,
    certificate,
    partition,
)


def listed(one: Certificate) -> ListedCertificate:
    seen = (one.authority, one.serial, one.certificate, one.template_arn, one.not_after, one.ready_at)
    return ListedCertificate(*seen, one.revoked_at, one.revocation_reason)


def test_certificates_are_found_by_serial_and_listed_in_order_of_issue(with_root: Store) -> None:
    issued = [certificate(2**127), certificate(1), certificate(2**159 - 1, requested_by=None)]
    with with_root.write() as transaction:
        transaction.put_authority(authority(OTHER))
        for one in issued:
            transaction.add_certificate(one)
            transaction.add_certificate(one._replace(authority=OTHER))
    with with_root.read() as snapshot:
        assert list(snapshot.certificates(ROOT)) == issued
        assert [snapshot.certificate(ROOT, one.serial) for one in issued] == issued
        assert [listed(one) for one in issued] == list(snapshot.listed_certificates(ROOT))
        assert snapshot.certificate(ROOT, 2) is None
        assert snapshot.certificate_count(ROOT) == snapshot.certificate_count(OTHER) == 3


def test_one_ca_issues_a_serial_number_once(with_root: Store) -> None:
    with with_root.write() as transaction:
        transaction.add_certificate(certificate(0xABC))
        with pytest.raises(DuplicateSerial, match="abc"):
            transaction.add_certificate(certificate(0xABC, template_arn="other"))
        transaction.add_certificate(certificate(0xABD))
    with with_root.read() as snapshot:
        assert list(snapshot.certificates(ROOT)) == [certificate(0xABC), certificate(0xABD)]


def test_a_revocation_shows_in_the_certificate_and_in_the_list(with_root: Store) -> None:
    with with_root.write() as transaction:
        for serial in (7, 8, 9):
            transaction.add_certificate(certificate(serial))
        transaction.revoke(ROOT, 9, at=NOW, reason="SUPERSEDED")
        transaction.revoke(ROOT, 7, at=NOW + timedelta(milliseconds=1), reason="KEY_COMPROMISE")
    with with_root.read() as snapshot:
        revoked = certificate(9, revoked_at=NOW, revocation_reason="SUPERSEDED")
        assert snapshot.certificate(ROOT, 9) == revoked
        assert next(one for one in snapshot.certificates(ROOT) if one.serial == 9) == revoked
        assert next(one for one in snapshot.listed_certificates(ROOT) if one.serial == 9) == listed(revoked)
        assert snapshot.certificate(ROOT, 8) == certificate(8)
        first, second = snapshot.revocations(ROOT, expiring_after=None)
        assert (first.serial, first.reason, first.revoked_at) == (9, "SUPERSEDED", NOW)
        assert (second.serial, second.not_after) == (7, certificate(7).not_after)
        assert 0 < first.sequence < second.sequence == snapshot.last_revocation_sequence(ROOT)


def test_a_certificate_is_revoked_once_and_the_first_revocation_stands(with_root: Store) -> None:
    with with_root.write() as transaction:
        transaction.add_certificate(certificate(7))
        transaction.revoke(ROOT, 7, at=NOW, reason="SUPERSEDED")
        with pytest.raises(AlreadyRevoked, match="7 is revoked"):
            transaction.revoke(ROOT, 7, at=NOW, reason="KEY_COMPROMISE")
        with pytest.raises(UnknownRecord, match="no certificate with the serial number 8"):
            transaction.revoke(ROOT, 8, at=NOW, reason="KEY_COMPROMISE")
    with with_root.read() as snapshot:
        assert [one.reason for one in snapshot.revocations(ROOT, expiring_after=None)] == ["SUPERSEDED"]


def test_revocations_are_chosen_by_the_end_of_the_certificate(with_root: Store) -> None:
    with with_root.write() as transaction:
        for serial, days in ((1, 30), (2, 10), (3, 20)):
            transaction.add_certificate(certificate(serial, days=days))
            transaction.revoke(ROOT, serial, at=NOW, reason="UNSPECIFIED")
    ten_days, twenty_days = certificate(2, days=10).not_after, certificate(3, days=20).not_after
    with with_root.read() as snapshot:
        assert [one.serial for one in snapshot.revocations(ROOT, expiring_after=None)] == [1, 2, 3]
        assert [one.serial for one in snapshot.revocations(ROOT, expiring_after=ten_days)] == [1, 3]
        assert snapshot.earliest_revoked_expiry(ROOT, after=NOW) == ten_days
        assert snapshot.earliest_revoked_expiry(ROOT, after=ten_days) == twenty_days
        assert snapshot.earliest_revoked_expiry(ROOT, after=NOW + timedelta(days=99)) is None


def test_revocations_are_chosen_by_partition(with_root: Store) -> None:
    with with_root.write() as transaction:
        for serial, days, partition_id in ((1, 30, PARTITION), (2, 10, None), (3, 20, PARTITION), (4, 5, "another")):
            transaction.add_certificate(certificate(serial, days=days, crl_partition=partition_id))
            transaction.revoke(ROOT, serial, at=NOW, reason="UNSPECIFIED")
    twenty_days = certificate(3, days=20).not_after
    with with_root.read() as snapshot:
        assert [one.crl_partition for one in snapshot.certificates(ROOT)] == [PARTITION, None, PARTITION, "another"]
        found = list(snapshot.revocations(ROOT, expiring_after=None, partition=PARTITION))
        assert [one.serial for one in found] == [1, 3]
        later = snapshot.revocations(ROOT, expiring_after=twenty_days, partition=PARTITION)
        assert [one.serial for one in later] == [1]
        assert snapshot.last_revocation_sequence(ROOT, partition=PARTITION) == found[-1].sequence
        assert snapshot.last_revocation_sequence(ROOT, partition="unknown") == 0
        assert snapshot.earliest_revoked_expiry(ROOT, after=NOW, partition=PARTITION) == twenty_days


def test_a_partition_keeps_its_place_in_the_order_when_it_grows(with_root: Store) -> None:
    with with_root.write() as transaction:
        for one in (partition(), partition("another"), partition(certificates=2)):
            transaction.put_crl_partition(one)
    with with_root.read() as snapshot:
        assert snapshot.crl_partitions(ROOT) == [partition(certificates=2), partition("another")]


def test_revocation_sequences_grow_over_all_cas_and_are_not_used_again(with_root: Store) -> None:
    def revoked(transaction: Transaction, arn: AuthorityArn, serial: int) -> int:
        transaction.add_certificate(certificate(serial, arn))
        transaction.revoke(arn, serial, at=NOW, reason="UNSPECIFIED")
        return transaction.last_revocation_sequence(arn)

    with with_root.write() as transaction:
        transaction.put_authority(authority(OTHER))
        first, second = revoked(transaction, ROOT, 1), revoked(transaction, OTHER, 1)
        transaction.remove_authority(OTHER)
        third = revoked(transaction, ROOT, 2)
    assert first < second < third


def test_revoked_certificates_are_counted_for_each_ca(with_root: Store) -> None:
    with with_root.write() as transaction:
        transaction.put_authority(authority(OTHER))
        for serial in (1, 2, 3):
            transaction.add_certificate(certificate(serial))
        for serial in (1, 3):
            transaction.revoke(ROOT, serial, at=NOW, reason="SUPERSEDED")
        assert (transaction.revocation_count(ROOT), transaction.revocation_count(OTHER)) == (2, 0)
