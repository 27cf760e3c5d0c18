"""CAs and what belongs to them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from pcacli.api.arns import AuthorityArn
from pcacli.engine.records import CertificateAuthority
from pcacli.engine.store.port import (
    Store,
    Transaction,
    UnknownRecord,
)
from tests.contract.store_records import (
    ELSEWHERE,
    FOREIGN,
    NOW,
    OTHER,
    PARTITION,
    ROOT,
    authority,
    certificate,
    complete_authority,
    crl,
    event,
    partition,
    permission,
    report,
    token,
    trail_entry,
)


@pytest.mark.parametrize("record", [authority(), complete_authority()], ids=["sparse", "complete"])
def test_a_ca_comes_back_as_it_was_put(store: Store, record: CertificateAuthority) -> None:
    with store.write() as transaction:
        transaction.put_authority(record)
        assert transaction.authority(ROOT) == record
    with store.read() as snapshot:
        assert snapshot.authority(ROOT) == record
        assert snapshot.authority(OTHER) is None


def test_a_replaced_ca_keeps_its_place_and_its_belongings(with_root: Store) -> None:
    with with_root.write() as transaction:
        transaction.add_certificate(certificate(1))
        transaction.put_authority(authority(OTHER))
        transaction.put_authority(authority(state="ACTIVE"))
    with with_root.read() as snapshot:
        assert [(one.arn, one.state) for one in snapshot.authorities()] == [
            (ROOT, "ACTIVE"),
            (OTHER, "PENDING_CERTIFICATE"),
        ]
        assert snapshot.certificate(ROOT, 1) == certificate(1)


def test_cas_are_listed_by_account_and_region_in_pages(store: Store) -> None:
    arns = [OTHER, ROOT, ELSEWHERE, FOREIGN]
    with store.write() as transaction:
        for arn in arns:
            transaction.put_authority(authority(arn))
    with store.read() as snapshot:

        def listed(*of: str | None, **page: Any) -> list[AuthorityArn]:
            return [one.arn for one in snapshot.authorities(*of, **page)]

        assert listed() == arns
        assert listed("111122223333") == [OTHER, ROOT, ELSEWHERE]
        assert listed("111122223333", "eu-west-1") == [OTHER, ROOT]
        assert listed(None, "eu-west-1") == [OTHER, ROOT, FOREIGN]
        assert listed("111122223333", limit=2) == [OTHER, ROOT]
        assert listed("111122223333", after=ROOT, limit=2) == [ELSEWHERE]
        assert listed(limit=0) == []
        assert listed("999999999999") == []


def test_a_page_behind_a_ca_that_is_gone_is_refused(with_root: Store) -> None:
    with with_root.read() as snapshot, pytest.raises(UnknownRecord, match=str(OTHER)):
        snapshot.authorities(after=OTHER)


def test_cas_are_counted_until_their_deletion_window_is_over(store: Store) -> None:
    account, region = ROOT.account, ROOT.region
    with store.write() as transaction:
        for arn in (ROOT, ELSEWHERE, FOREIGN):
            transaction.put_authority(authority(arn))
        transaction.put_authority(authority(OTHER, state="DELETED", restorable_until=NOW))
        assert transaction.authority_count(account, region, at=NOW - timedelta(microseconds=1)) == 2
        assert transaction.authority_count(account, region, at=NOW) == 1
        assert transaction.authority_count("999999999999", region, at=NOW) == 0


def test_a_removed_ca_takes_its_belongings_along_and_leaves_the_trail(with_root: Store) -> None:
    made = trail_entry("CreateCertificateAuthority", str(ROOT))
    with with_root.write() as transaction:
        transaction.put_authority(authority(OTHER))
        for arn in (ROOT, OTHER):
            transaction.add_certificate(certificate(1, arn))
            transaction.revoke(arn, 1, at=NOW, reason="UNSPECIFIED")
            transaction.put_permission(permission(arn))
            transaction.put_audit_report(report(arn))
            transaction.put_published_crl(crl(1, arn))
            transaction.put_crl_partition(partition(PARTITION, arn))
            transaction.append_event(event(1, arn))
            transaction.put_idempotency_token(token(f"made {arn}", arn))
            transaction.put_idempotency_token(token(f"issued {arn}", arn.certificate(1)))
        transaction.append_trail(made)
        transaction.remove_authority(ROOT)
        transaction.put_authority(authority(ROOT))

    def belongings(arn: AuthorityArn) -> list[bool]:
        return [
            bool(found)
            for found in (
                list(snapshot.certificates(arn)),
                snapshot.certificate_count(arn),
                list(snapshot.revocations(arn, expiring_after=None)),
                snapshot.last_revocation_sequence(arn),
                snapshot.permissions(arn),
                snapshot.audit_report(arn, report().report_id),
                snapshot.published_crl(arn, ROOT.authority_id),
                snapshot.crl_partitions(arn),
                snapshot.events(arn),
                snapshot.idempotency_token("111122223333", "eu-west-1", "IssueCertificate", f"made {arn}"),
                snapshot.idempotency_token("111122223333", "eu-west-1", "IssueCertificate", f"issued {arn}"),
            )
        ]

    with with_root.read() as snapshot:
        assert not any(belongings(ROOT))
        assert all(belongings(OTHER))
        assert list(snapshot.trail()) == [made]


@pytest.mark.parametrize(
    "change",
    [
        lambda transaction: transaction.remove_authority(OTHER),
        lambda transaction: transaction.add_certificate(certificate(1, OTHER)),
        lambda transaction: transaction.revoke(OTHER, 1, at=NOW, reason="UNSPECIFIED"),
        lambda transaction: transaction.put_permission(permission(OTHER)),
        lambda transaction: transaction.remove_permission(OTHER, "acm.amazonaws.com", "1"),
        lambda transaction: transaction.put_audit_report(report(OTHER)),
        lambda transaction: transaction.put_published_crl(crl(1, OTHER)),
        lambda transaction: transaction.put_crl_partition(partition(PARTITION, OTHER)),
        lambda transaction: transaction.append_event(event(1, OTHER)),
    ],
)
def test_nothing_can_belong_to_a_ca_that_is_not_there(with_root: Store, change: Callable[[Transaction], None]) -> None:
    with with_root.write() as transaction, pytest.raises(UnknownRecord, match=str(OTHER)):
        change(transaction)


def test_a_ca_that_is_not_there_has_nothing(store: Store) -> None:
    with store.read() as snapshot:
        assert list(snapshot.certificates(ROOT)) == []
        assert snapshot.permissions(ROOT) == []
        assert snapshot.certificate_count(ROOT) == snapshot.last_revocation_sequence(ROOT) == 0
        assert snapshot.certificate(ROOT, 1) is None
        assert snapshot.published_crl(ROOT, ROOT.authority_id) is None
        assert list(snapshot.revocations(ROOT, expiring_after=None, partition=PARTITION)) == []
        assert snapshot.crl_partitions(ROOT) == []
        assert snapshot.events(ROOT) == []
        assert snapshot.earliest_revoked_expiry(ROOT, after=NOW) is None
