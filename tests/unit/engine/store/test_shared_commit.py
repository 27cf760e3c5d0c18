"""Writers of several threads in one commit: all or nothing for each, and one commit for those who wait."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from pcacli.engine.store.shared_commit import MAXIMUM_SHARERS, SharedCommit

WAITING_SECONDS = 0.3


class Ledger:
    """A database with one table, and the number of transactions that were begun on it."""

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.connection.execute("CREATE TABLE entries (name TEXT PRIMARY KEY)")
        self.begun = 0
        self.fails_to_commit = False
        self.shared = SharedCommit(self.begin)

    @contextmanager
    def begin(self) -> Iterator[sqlite3.Connection]:
        self.begun += 1
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield self.connection
            if self.fails_to_commit:
                raise OSError("the disk is full")
            self.connection.execute("COMMIT")
        finally:
            self.connection.rollback()

    def add(self, name: str, then: Callable[[], object] = lambda: None) -> None:
        with self.shared.share() as connection:
            connection.execute("INSERT INTO entries VALUES (?)", (name,))
            then()

    def names(self) -> list[str]:
        return [name for (name,) in self.connection.execute("SELECT name FROM entries ORDER BY name")]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = Ledger(tmp_path / "ledger.db")
    yield made
    made.connection.close()


def after_a_queue_has_formed() -> None:
    time.sleep(WAITING_SECONDS)


def fail() -> None:
    raise ValueError("no")


def test_those_who_wait_share_one_commit(ledger: Ledger) -> None:
    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(ledger.add, "0", after_a_queue_has_formed)
        time.sleep(WAITING_SECONDS / 3)
        others = [threads.submit(ledger.add, name) for name in "123"]
        for one in (first, *others):
            one.result()
    assert ledger.names() == ["0", "1", "2", "3"]
    assert ledger.begun == 1


def test_a_writer_that_is_alone_commits_at_once(ledger: Ledger) -> None:
    ledger.add("a")
    ledger.add("b")
    assert ledger.begun == 2


@pytest.mark.parametrize("failing", ["first", "middle", "last"])
def test_a_block_that_raises_takes_only_its_own_change_back(ledger: Ledger, failing: str) -> None:
    order = ("first", "middle", "last")
    with ThreadPoolExecutor(3) as threads:
        running = {}
        for name in order:
            then = fail if name == failing else lambda: None
            if name == "first":
                queue = threading.Event()

                def wait_and(then: Callable[[], object] = then, queue: threading.Event = queue) -> None:
                    queue.wait(5)
                    then()

                running[name] = threads.submit(ledger.add, name, wait_and)
            else:
                running[name] = threads.submit(ledger.add, name, then)
            time.sleep(WAITING_SECONDS / 3)
        queue.set()
        for name, one in running.items():
            assert (one.exception() is None) == (name != failing)
    assert ledger.names() == sorted(set(order) - {failing})


def test_a_commit_that_fails_fails_for_all_who_share_it(ledger: Ledger) -> None:
    ledger.fails_to_commit = True
    with ThreadPoolExecutor(2) as threads:
        both = [threads.submit(ledger.add, "0", after_a_queue_has_formed), threads.submit(ledger.add, "1")]
        for one in both:
            with pytest.raises(OSError, match="the disk is full"):
                one.result()
    ledger.fails_to_commit = False
    assert ledger.names() == []
    ledger.add("afterwards")
    assert ledger.names() == ["afterwards"]


def test_a_commit_does_not_grow_without_end(ledger: Ledger) -> None:
    writers = MAXIMUM_SHARERS + 2
    with ThreadPoolExecutor(writers) as threads:
        all_of_them = [threads.submit(ledger.add, "0", after_a_queue_has_formed)]
        time.sleep(WAITING_SECONDS / 3)
        all_of_them += [threads.submit(ledger.add, str(number)) for number in range(1, writers)]
        for one in all_of_them:
            one.result()
    assert len(ledger.names()) == writers
    assert ledger.begun == 2
