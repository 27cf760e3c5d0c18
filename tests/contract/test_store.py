"""What every store must do, whatever stands behind it. A new store joins by one line in STORES."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from pcacli.engine import trail
from pcacli.engine.records import AccessKey, TrailEntry
from pcacli.engine.store import sqlite
from pcacli.engine.store.memory import MemoryStore
from pcacli.engine.store.port import (
    EVENTS_KEPT,
    AlreadyRevoked,
    DuplicateSerial,
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
)


def on_postgresql(request: pytest.FixtureRequest) -> Store:
    from pcacli.engine.store.postgresql import PostgreSQLStore

    server, database = map(request.getfixturevalue, ("postgresql", "database"))
    store = PostgreSQLStore(server.url(database))
    assert store.set_up(tuple)
    return store


STORES: dict[str, Callable[[pytest.FixtureRequest], Store]] = {
    "memory": lambda _: MemoryStore(),
    "sqlite": lambda request: sqlite.create(request.getfixturevalue("tmp_path") / "store"),
    "postgresql": on_postgresql,
}


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    opened = STORES[request.param](request)
    yield opened
    opened.close()


@pytest.fixture
def with_root(store: Store) -> Store:
    with store.write() as transaction:
        transaction.put_authority(authority())
    return store


def entry(action: str, chain: str, head: TrailEntry | None = None) -> TrailEntry:
    event = trail.Event(chain, NOW, "111122223333", "caller", action, "resource", trail.digest({}), trail.digest(None))
    return trail.next_entry(head, event)


@pytest.mark.parametrize("record", [authority(), complete_authority()], ids=["sparse", "complete"])
def test_a_ca_comes_back_as_it_was_put(store: Store, record: object) -> None:
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

        def listed(*of: str | None, **page: object) -> list[object]:
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
        assert snapshot.certificate(ROOT, 1).crl_partition == PARTITION
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


def test_the_newest_events_of_a_ca_are_kept_in_order(with_root: Store) -> None:
    with with_root.write() as transaction:
        transaction.put_authority(authority(OTHER))
        transaction.append_event(event(0, OTHER))
        for number in range(EVENTS_KEPT + 2):
            transaction.append_event(event(number))
    with with_root.read() as snapshot:
        assert snapshot.events(ROOT) == [event(number) for number in range(2, EVENTS_KEPT + 2)]
        assert snapshot.events(OTHER) == [event(0, OTHER)]


def test_revocation_sequences_grow_over_all_cas_and_are_not_used_again(with_root: Store) -> None:
    def revoked(transaction: Transaction, arn: object, serial: int) -> int:
        transaction.add_certificate(certificate(serial, arn))
        transaction.revoke(arn, serial, at=NOW, reason="UNSPECIFIED")
        return transaction.last_revocation_sequence(arn)

    with with_root.write() as transaction:
        transaction.put_authority(authority(OTHER))
        first, second = revoked(transaction, ROOT, 1), revoked(transaction, OTHER, 1)
        transaction.remove_authority(OTHER)
        third = revoked(transaction, ROOT, 2)
    assert first < second < third


def test_permissions_are_put_replaced_and_removed(with_root: Store) -> None:
    own, other = permission(), permission(ROOT, "444455556666", "GetCertificate", "ListPermissions")
    with with_root.write() as transaction:
        for one in (own, other, permission(ROOT, own.source_account, "GetCertificate")):
            transaction.put_permission(one)
        assert transaction.permissions(ROOT) == [own._replace(actions=("GetCertificate",)), other]
        for _ in range(2):
            transaction.remove_permission(ROOT, own.principal, own.source_account)
    with with_root.read() as snapshot:
        assert snapshot.permissions(ROOT) == [other]


def test_reports_tokens_and_crls_keep_their_newest_form(with_root: Store) -> None:
    with with_root.write() as transaction:
        for status in ("CREATING", "SUCCESS"):
            transaction.put_audit_report(report(status=status))
        for result in ("first", "second"):
            transaction.put_idempotency_token(token("t", result))
        for number in (1, 1_772_366_400_123):
            transaction.put_published_crl(crl(number))
        transaction.put_published_crl(crl(7, crl_id=PARTITION))
    with with_root.read() as snapshot:
        assert snapshot.audit_report(ROOT, report().report_id) == report(status="SUCCESS")
        assert snapshot.audit_report(ROOT, "unknown") is None
        assert snapshot.idempotency_token("111122223333", "eu-west-1", "IssueCertificate", "t") == token("t", "second")
        assert snapshot.idempotency_token("111122223333", "us-east-1", "IssueCertificate", "t") is None
        assert snapshot.published_crl(ROOT, ROOT.authority_id) == crl(1_772_366_400_123)
        assert snapshot.published_crl(ROOT, PARTITION) == crl(7, crl_id=PARTITION)


def test_tokens_are_forgotten_by_the_time_of_their_use(with_root: Store) -> None:
    later = NOW + timedelta(microseconds=1)
    with with_root.write() as transaction:
        transaction.put_idempotency_token(token("old", "result"))
        transaction.put_idempotency_token(token("new", "result", later))
        transaction.remove_idempotency_tokens(used_until=NOW)
    with with_root.read() as snapshot:
        place = ("111122223333", "eu-west-1", "IssueCertificate")
        assert snapshot.idempotency_token(*place, "old") is None
        assert snapshot.idempotency_token(*place, "new") == token("new", "result", later)


def test_a_whole_store_has_no_storage_problems(with_root: Store) -> None:
    with with_root.read() as snapshot:
        assert list(snapshot.storage_problems()) == []


def test_a_removed_ca_takes_its_belongings_along_and_leaves_the_trail(with_root: Store) -> None:
    made = entry("CreateCertificateAuthority", str(ROOT))
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

    def belongings(arn: object) -> list[bool]:
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
        assert list(snapshot.certificates(ROOT)) == snapshot.permissions(ROOT) == []
        assert snapshot.certificate_count(ROOT) == snapshot.last_revocation_sequence(ROOT) == 0
        assert snapshot.certificate(ROOT, 1) is None
        assert snapshot.published_crl(ROOT, ROOT.authority_id) is None
        assert list(snapshot.revocations(ROOT, expiring_after=None, partition=PARTITION)) == []
        assert snapshot.crl_partitions(ROOT) == snapshot.events(ROOT) == []
        assert snapshot.earliest_revoked_expiry(ROOT, after=NOW) is None


def test_the_trail_keeps_each_chain_in_order_and_verifies(store: Store) -> None:
    first = entry("One", "chain A")
    entries = [first, entry("Two", "chain B"), entry("Three", "chain A", first)]
    with store.write() as transaction:
        assert transaction.trail_head("chain A") is None
        for one in entries:
            transaction.append_trail(one)
    with store.read() as snapshot:
        assert list(snapshot.trail()) == entries
        assert list(snapshot.trail("chain A")) == [entries[0], entries[2]]
        assert list(snapshot.trail("chain C")) == []
        assert snapshot.trail_head("chain A") == entries[2]
        assert trail.verify(snapshot.trail()) == {"chain A": entries[2].sha256, "chain B": entries[1].sha256}


def test_cas_are_counted_until_their_deletion_window_is_over(store: Store) -> None:
    account, region = ROOT.account, ROOT.region
    with store.write() as transaction:
        for arn in (ROOT, ELSEWHERE, FOREIGN):
            transaction.put_authority(authority(arn))
        transaction.put_authority(authority(OTHER, state="DELETED", restorable_until=NOW))
        assert transaction.authority_count(account, region, at=NOW - timedelta(microseconds=1)) == 2
        assert transaction.authority_count(account, region, at=NOW) == 1
        assert transaction.authority_count("999999999999", region, at=NOW) == 0


def test_revoked_certificates_are_counted_for_each_ca(with_root: Store) -> None:
    with with_root.write() as transaction:
        transaction.put_authority(authority(OTHER))
        for serial in (1, 2, 3):
            transaction.add_certificate(certificate(serial))
        for serial in (1, 3):
            transaction.revoke(ROOT, serial, at=NOW, reason="SUPERSEDED")
        assert (transaction.revocation_count(ROOT), transaction.revocation_count(OTHER)) == (2, 0)


def test_the_newest_audit_report_is_the_one_that_was_put_last(with_root: Store) -> None:
    newer = report(ready_at=NOW)._replace(report_id="00000000-0000-4000-8000-000000000000")
    with with_root.write() as transaction:
        assert transaction.newest_audit_report(ROOT) is None
        transaction.put_audit_report(report())
        transaction.put_audit_report(newer)
        transaction.put_audit_report(report(status="FAILED"))
        assert transaction.newest_audit_report(ROOT) == newer


def test_a_setting_is_what_it_was_last_put_to(store: Store) -> None:
    with store.write() as transaction:
        assert transaction.setting("kind") is None
        transaction.put_setting("kind", "old")
        transaction.put_setting("kind", "")
        transaction.put_setting("other", "größer")
    with store.read() as snapshot:
        assert (snapshot.setting("kind"), snapshot.setting("other")) == ("", "größer")
    with store.write() as transaction:
        transaction.put_setting("other", None)
        transaction.put_setting("never there", None)
    with store.read() as snapshot:
        assert (snapshot.setting("kind"), snapshot.setting("other")) == ("", None)


def test_published_crls_are_found_by_their_key_in_any_bucket(with_root: Store) -> None:
    with with_root.write() as transaction:
        transaction.put_authority(authority(OTHER))
        here, there = crl(1), crl(2, OTHER, OTHER.authority_id)._replace(s3_bucket_name="another")
        transaction.put_published_crl(here)
        transaction.put_published_crl(there)
        transaction.put_published_crl(crl(3, crl_id=PARTITION)._replace(key="crl/of-partition.crl"))
    with with_root.read() as snapshot:
        assert snapshot.published_crls_of_key(here.key) == [here, there]
        assert snapshot.published_crls_of_key("crl/never-there.crl") == []


def test_access_keys_are_put_replaced_and_removed(store: Store) -> None:
    first = AccessKey("PCAK1", "sealed", "111122223333", NOW, "o-exampleorgid", "o-exampleorgid/r-ab12/ou-ab12-1/")
    second = AccessKey("PCAK2", "sealed too", "444455556666", NOW)
    with store.write() as transaction:
        transaction.put_access_key(first)
        transaction.put_access_key(second)
        transaction.put_access_key(first._replace(sealed_secret="sealed again"))
        transaction.remove_access_key("never there")
    with store.read() as snapshot:
        assert snapshot.access_keys() == [first._replace(sealed_secret="sealed again"), second]
        assert snapshot.access_key("PCAK2") == second
    with store.write() as transaction:
        transaction.remove_access_key("PCAK1")
    with store.read() as snapshot:
        assert snapshot.access_key("PCAK1") is None
        assert snapshot.access_keys() == [second]


def test_a_write_that_raises_leaves_nothing(with_root: Store) -> None:
    def failing_change() -> None:
        with with_root.write() as transaction:
            transaction.put_authority(authority(state="ACTIVE"))
            transaction.add_certificate(certificate(1))
            transaction.append_trail(entry("IssueCertificate", str(ROOT)))
            raise LookupError("the handler refuses")

    with pytest.raises(LookupError, match="refuses"):
        failing_change()
    with with_root.read() as snapshot:
        assert snapshot.authority(ROOT) == authority()
        assert list(snapshot.certificates(ROOT)) == list(snapshot.trail()) == []
    with with_root.write() as transaction:
        transaction.add_certificate(certificate(1))
        assert transaction.certificate_count(ROOT) == 1


def test_a_snapshot_stays_as_it_was_when_it_began(with_root: Store) -> None:
    with with_root.read() as before:
        with with_root.write() as transaction:
            transaction.put_authority(authority(state="ACTIVE"))
            with with_root.read() as during:
                assert during.authority(ROOT) == authority()
        assert before.authority(ROOT) == authority()
        with with_root.read() as after:
            assert after.authority(ROOT) == authority(state="ACTIVE")


def test_a_write_inside_a_write_is_refused_and_the_outer_one_goes_on(store: Store) -> None:
    with store.write() as transaction:
        with pytest.raises(RuntimeError, match="cannot begin inside a write"), store.write():
            pass
        transaction.put_authority(authority())
    with store.read() as snapshot:
        assert snapshot.authority(ROOT) == authority()


def test_nothing_can_be_read_after_the_end_of_a_transaction(with_root: Store) -> None:
    with with_root.write() as transaction:
        transaction.add_certificate(certificate(1))
        transaction.add_certificate(certificate(2))
    with with_root.read() as snapshot:
        certificates = snapshot.certificates(ROOT)
        next(certificates)
    with pytest.raises(RuntimeError, match=r"ended|closed"):
        next(certificates)
    with pytest.raises(RuntimeError, match="ended"):
        snapshot.authority(ROOT)
    with pytest.raises(RuntimeError, match="ended"):
        transaction.put_authority(authority())


def test_writers_in_threads_take_turns(with_root: Store) -> None:
    def issue(first_serial: int) -> None:
        for serial in range(first_serial, first_serial + 10):
            with with_root.write() as transaction:
                transaction.add_certificate(certificate(serial))

    threads = [threading.Thread(target=issue, args=(start,)) for start in (100, 200, 300, 400)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with with_root.read() as snapshot:
        assert snapshot.certificate_count(ROOT) == 40
        assert len({one.serial for one in snapshot.certificates(ROOT)}) == 40


def test_an_exclusive_lock_is_held_by_one(store: Store) -> None:
    with store.exclusive("crl/one", wait=True) as first, store.exclusive("crl/one", wait=False) as second:
        assert (first, second) == (True, False)
        with store.exclusive("crl-one", wait=False) as other_name:
            assert other_name
    with store.exclusive("crl/one", wait=False) as again:
        assert again


def test_who_waits_for_an_exclusive_lock_gets_it_afterwards(store: Store) -> None:
    events: list[str] = []

    def waiting() -> None:
        with store.exclusive("crl", wait=True):
            events.append("second")

    with store.exclusive("crl", wait=True):
        thread = threading.Thread(target=waiting)
        thread.start()
        events.append("first")
    thread.join()
    assert events == ["first", "second"]
