"""What a SQLite store remembers between transactions is never older than the database."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from pcacli.engine.records import AccessKey
from pcacli.engine.store import sqlite
from pcacli.engine.store.port import Snapshot
from pcacli.engine.store.sqlite import SQLiteStore
from tests.contract.store_records import NOW, ROOT, authority

KEY = AccessKey("PCAKEXAMPLE", "sealed", "111122223333", NOW)


class Pair:
    """One store that two processes have opened, and what the first of them sees."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / sqlite.FILE_NAME
        self.ours = sqlite.create(directory)
        self.theirs = sqlite.open_store(directory)

    def change(self, store: SQLiteStore, **changes: Any) -> None:
        with store.write() as transaction:
            transaction.put_authority(authority(**changes))

    def state(self) -> str | None:
        with self.ours.read() as snapshot:
            return state_in(snapshot)

    def close(self) -> None:
        self.ours.close()
        self.theirs.close()


def state_in(snapshot: Snapshot) -> str | None:
    found = snapshot.authority(ROOT)
    return found.state if found else None


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    made = Pair(tmp_path / "store")
    made.change(made.ours, state="ACTIVE")
    assert made.state() == "ACTIVE"
    yield made
    made.close()


def test_what_another_process_changes_is_seen_at_once(pair: Pair) -> None:
    pair.change(pair.theirs, state="DISABLED")
    assert pair.state() == "DISABLED"
    with pair.theirs.write() as transaction:
        transaction.remove_authority(ROOT)
    assert pair.state() is None


def test_what_another_connection_of_this_process_changes_is_seen_at_once(pair: Pair) -> None:
    with pair.ours.read() as snapshot:
        assert state_in(snapshot) == "ACTIVE"
        pair.change(pair.ours, state="DISABLED")
        assert state_in(snapshot) == "ACTIVE"  # a snapshot stays what it is
    for _ in range(3):
        assert pair.state() == "DISABLED"


def test_a_change_past_this_program_is_seen_at_once(pair: Pair) -> None:
    """As one with the sqlite3 shell."""
    with closing(sqlite3.connect(pair.path)) as foreign, foreign:
        foreign.execute("UPDATE authorities SET state = 'DISABLED'")
    assert pair.state() == "DISABLED"


def test_a_writer_sees_its_own_change_and_takes_it_back(pair: Pair) -> None:
    def change_and_fail() -> None:
        with pair.ours.write() as transaction:
            assert state_in(transaction) == "ACTIVE"
            transaction.put_authority(authority(state="DISABLED"))
            assert state_in(transaction) == "DISABLED"
            raise ZeroDivisionError("on purpose")

    with pytest.raises(ZeroDivisionError, match="on purpose"):
        change_and_fail()
    assert pair.state() == "ACTIVE"


def test_a_database_that_is_put_back_is_seen_at_once(pair: Pair, tmp_path: Path) -> None:
    pair.ours.copy_to(tmp_path / "copy.db")
    pair.change(pair.ours, state="DISABLED")
    assert pair.state() == "DISABLED"
    with closing(sqlite3.connect(tmp_path / "copy.db")) as source, pair.ours.alone() as connection:
        source.backup(connection)
    assert pair.state() == "ACTIVE"


def test_a_copy_is_one_state_however_often_somebody_writes_while_it_is_made(pair: Pair, tmp_path: Path) -> None:
    with pair.ours.write() as transaction:
        transaction.put_setting("large", "x" * 20_000_000)
    told = []

    def write(done_bytes: int, total_bytes: int) -> None:
        told.append((done_bytes, total_bytes))
        pair.change(pair.theirs, state="DISABLED")

    pair.ours.copy_to(tmp_path / sqlite.FILE_NAME, write)
    assert len(told) > 2
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    assert told[-1] == ((tmp_path / sqlite.FILE_NAME).stat().st_size,) * 2
    copy = sqlite.open_store(tmp_path)
    with copy.read() as snapshot:
        assert state_in(snapshot) == "ACTIVE"
    copy.close()


def test_an_access_key_and_a_setting_come_and_go(pair: Pair) -> None:
    def seen() -> tuple[AccessKey | None, str | None]:
        with pair.ours.read() as snapshot:
            return snapshot.access_key(KEY.access_key_id), snapshot.setting("quotas")

    assert seen() == (None, None)
    with pair.theirs.write() as transaction:
        transaction.put_access_key(KEY)
        transaction.put_setting("quotas", "{}")
    assert seen() == (KEY, "{}")
    with pair.theirs.write() as transaction:
        transaction.remove_access_key(KEY.access_key_id)
        transaction.put_setting("quotas", None)
    assert seen() == (None, None)
