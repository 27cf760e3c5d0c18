"""Reads, writes and locks, one beside the other."""

import sys
import threading

import pytest

from pcacli.engine.store.port import (
    Store,
)
from tests.contract.store_records import (
    ROOT,
    authority,
    certificate,
    trail_entry,
)
from tests.support.waiting import wait_until


def test_a_write_that_raises_leaves_nothing(with_root: Store) -> None:
    def failing_change() -> None:
        with with_root.write() as transaction:
            transaction.put_authority(authority(state="ACTIVE"))
            transaction.add_certificate(certificate(1))
            transaction.append_trail(trail_entry("IssueCertificate", str(ROOT)))
            raise LookupError("the handler refuses")

    with pytest.raises(LookupError, match="refuses"):
        failing_change()
    with with_root.read() as snapshot:
        assert snapshot.authority(ROOT) == authority()
        assert list(snapshot.certificates(ROOT)) == []
        assert list(snapshot.trail()) == []
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


def test_many_hold_a_share_of_a_lock_but_nobody_beside_its_whole(store: Store) -> None:
    with (
        store.exclusive("crl-1", wait=False, share_of="publishing") as first,
        store.exclusive("crl-2", wait=True, share_of="publishing") as second,
        store.exclusive("crl-2", wait=False, share_of="publishing") as taken,
    ):
        assert (first, second, taken) == (True, True, False)
    with store.whole("publishing"), store.exclusive("crl-1", wait=False, share_of="publishing") as refused:
        assert not refused
        with store.exclusive("crl-1", wait=False) as without_share, store.whole("something else"):
            assert without_share
    with store.exclusive("crl-1", wait=False, share_of="publishing") as again:
        assert again


def test_who_waits_for_the_whole_of_a_lock_goes_before_new_shares(store: Store) -> None:
    """Else those who publish all the time would keep a backup waiting for ever."""
    has_whole = threading.Event()

    def wait_for_the_whole() -> None:
        with store.whole("publishing"):
            has_whole.set()

    def is_waited_for() -> bool:
        with store.exclusive("crl-2", wait=False, share_of="publishing") as held:
            return not held

    thread = threading.Thread(target=wait_for_the_whole)
    with store.exclusive("crl-1", wait=False, share_of="publishing"):
        thread.start()
        wait_until(is_waited_for)
        assert not has_whole.is_set()
    thread.join()
    assert has_whole.is_set()


def test_who_waits_for_a_share_gets_it_after_the_whole(store: Store) -> None:
    events: list[str] = []

    def wait_for_a_share() -> None:
        with store.exclusive("crl-1", wait=True, share_of="publishing") as held:
            events.append(f"share {held}")

    with store.whole("publishing"):
        thread = threading.Thread(target=wait_for_a_share)
        thread.start()
        events.append("whole")
    thread.join()
    assert events == ["whole", "share True"]


def test_a_stream_that_outlives_the_store_ends_in_silence(
    with_root: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """After Ctrl-C a traceback keeps streams alive until everything is closed."""
    monkeypatch.setattr(sys, "unraisablehook", lambda unraisable: print(unraisable.exc_value))
    with with_root.write() as transaction:
        transaction.add_certificate(certificate(1))
        transaction.add_certificate(certificate(2))
    with with_root.read() as snapshot:
        stream = snapshot.certificates(ROOT)
        assert next(stream) == certificate(1)
    with_root.close()
    del stream
    assert capsys.readouterr().out == ""
