"""What else belongs to a CA or to the store."""

from datetime import timedelta

from pcacli.engine import trail
from pcacli.engine.records import AccessKey
from pcacli.engine.store.port import (
    EVENTS_KEPT,
    Store,
)
from tests.contract.store_records import (
    NOW,
    OTHER,
    PARTITION,
    ROOT,
    authority,
    crl,
    event,
    permission,
    report,
    token,
    trail_entry,
)


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
    later, still_later = (NOW + timedelta(microseconds=step) for step in (1, 2))
    with with_root.write() as transaction:
        transaction.put_idempotency_token(token("old", "result"))
        transaction.put_idempotency_token(token("new", "result", later))
        transaction.put_idempotency_token(token("future", "result", still_later))
        transaction.remove_idempotency_tokens(used_until=NOW, used_after=later)
    with with_root.read() as snapshot:
        place = ("111122223333", "eu-west-1", "IssueCertificate")
        assert snapshot.idempotency_token(*place, "old") is None
        assert snapshot.idempotency_token(*place, "new") == token("new", "result", later)
        assert snapshot.idempotency_token(*place, "future") is None


def test_the_newest_number_of_every_crl_is_told(with_root: Store) -> None:
    with with_root.write() as transaction:
        assert transaction.crl_numbers() == {}
        transaction.put_authority(authority(OTHER))
        for one in (crl(3), crl(5), crl(7, crl_id=PARTITION)):
            transaction.put_published_crl(one)
    with with_root.read() as snapshot:
        assert snapshot.crl_numbers() == {ROOT.authority_id: 5, PARTITION: 7}


def test_the_newest_events_of_a_ca_are_kept_in_order(with_root: Store) -> None:
    with with_root.write() as transaction:
        transaction.put_authority(authority(OTHER))
        transaction.append_event(event(0, OTHER))
        for number in range(EVENTS_KEPT + 2):
            transaction.append_event(event(number))
    with with_root.read() as snapshot:
        assert snapshot.events(ROOT) == [event(number) for number in range(2, EVENTS_KEPT + 2)]
        assert snapshot.events(OTHER) == [event(0, OTHER)]


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


def test_the_trail_keeps_each_chain_in_order_and_verifies(store: Store) -> None:
    first = trail_entry("One", "chain A")
    entries = [first, trail_entry("Two", "chain B"), trail_entry("Three", "chain A", first)]
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


def test_a_whole_store_has_no_storage_problems(with_root: Store) -> None:
    with with_root.read() as snapshot:
        assert list(snapshot.storage_problems()) == []
