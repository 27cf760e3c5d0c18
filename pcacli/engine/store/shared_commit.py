"""One commit for the writers that are waiting at the same time in one process.

Most of the time of a small change goes to the disk. Writers of several threads therefore share a transaction: each
runs its block after the one before, in a savepoint of its own, and the last of those who wait commits for all. Nobody
returns before the commit that holds its change; a block that raises undoes its own change only. A writer that is
alone commits at once.
Sources: SQLite, "SAVEPOINT"; "BEGIN TRANSACTION", section 3 (errors that undo a whole transaction).
"""

import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

MAXIMUM_SHARERS = 16
"""How many changes one commit holds at most, so that other processes get their turn to write."""

_SAVEPOINT = "member"

Connection = sqlite3.Connection


class _Shared:
    """One transaction, those whose changes are in it, and what became of it."""

    def __init__(self, begun: AbstractContextManager[Connection]) -> None:
        self._begun = begun
        self.connection = begun.__enter__()
        self.sharers = 0
        self._over = threading.Event()
        self._failure: BaseException | None = None

    def commit(self) -> None:
        """Commit, for everybody who shares it."""
        try:
            self._begun.__exit__(None, None, None)
        except BaseException as failure:  # noqa: BLE001 - it is raised again in each thread that waits
            self._failure = failure
        self._over.set()

    def undo(self, failure: BaseException) -> None:
        """Undo everything; it fails for everybody in the same way."""
        self._failure = failure
        try:
            self._begun.__exit__(*sys.exc_info())
        finally:
            self._over.set()

    def wait(self) -> None:
        """Return when everything is committed; raise what went wrong otherwise."""
        self._over.wait()
        if self._failure is not None:
            raise self._failure


class SharedCommit:
    """Lets the writers of this process share transactions; `begin` opens one and commits it when its block ends."""

    def __init__(self, begin: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._begin = begin
        self._baton = threading.Lock()
        self._counting = threading.Lock()
        self._waiting = 0
        self._open: _Shared | None = None

    @contextmanager
    def share(self) -> Iterator[Connection]:
        """Run the block as part of a transaction; returns after the commit."""
        with self._counting:
            self._waiting += 1
        with self._baton:
            with self._counting:
                self._waiting -= 1
            shared = self._open = self._open or _Shared(self._begin())
            try:
                shared.connection.execute(f"SAVEPOINT {_SAVEPOINT}")
                yield shared.connection
            except BaseException as failure:
                self._take_back(shared, failure)
                raise
            shared.sharers += 1
            self._commit_unless_others_follow(shared)
        shared.wait()

    def _take_back(self, shared: _Shared, failure: BaseException) -> None:
        """Undo the change of one block, or the whole transaction if it holds no other or SQLite has undone it."""
        if shared.sharers == 0 or not shared.connection.in_transaction:
            self._open = None
            shared.undo(failure)
            return
        shared.connection.execute(f"ROLLBACK TO {_SAVEPOINT}")
        self._commit_unless_others_follow(shared)

    def _commit_unless_others_follow(self, shared: _Shared) -> None:
        """Leave the transaction to the next writer, who is waiting for the baton, or commit it."""
        if self._waiting and shared.sharers < MAXIMUM_SHARERS:
            return
        self._open = None
        shared.commit()
