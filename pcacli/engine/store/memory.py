"""The store in memory: for tests and for stores that need not outlive their process.

The same contract as `sqlite.py`. A committed state is never changed: a writer works on a copy of the tables (not of
the frozen records in them), which becomes the state when its block ends. So beginning to write costs time in
proportion to what is stored, which is fine up to some thousands of certificates.
"""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from pcacli.engine.store.memory_locks import SharedLock
from pcacli.engine.store.memory_snapshot import MemorySnapshot
from pcacli.engine.store.memory_state import MemoryState
from pcacli.engine.store.memory_transaction import MemoryTransaction


class MemoryStore:
    """A store that ends with its process. Threads may share it."""

    def __init__(self) -> None:
        self._committed = MemoryState()
        self._write_lock = threading.Lock()
        self._writing = threading.local()
        self._exclusive: dict[str, threading.Lock] = {}
        self._shared: dict[str, SharedLock] = {}

    @contextmanager
    def read(self) -> Iterator[MemorySnapshot]:
        """Open a snapshot for the length of a block; it waits for nobody."""
        snapshot = MemorySnapshot(self._committed)
        try:
            yield snapshot
        finally:
            snapshot.end()

    @contextmanager
    def write(self) -> Iterator[MemoryTransaction]:
        """Open a transaction for the length of a block, after every writer that asked before."""
        if getattr(self._writing, "now", False):
            raise RuntimeError("This thread is already writing: a write cannot begin inside a write.")
        with self._write_lock:
            state = self._committed.copy()
            transaction = MemoryTransaction(state)
            self._writing.now = True
            try:
                yield transaction
            finally:
                self._writing.now = False
                transaction.end()
            self._committed = state

    @contextmanager
    def exclusive(self, name: str, *, wait: bool, share_of: str | None = None) -> Iterator[bool]:
        """Hold the lock called `name`; yields False at once if it is taken and `wait` is False."""
        lock = self._exclusive.setdefault(name, threading.Lock())
        with ExitStack() as stack:
            taken = share_of is None or stack.enter_context(self._shared_lock(share_of).share(wait=wait))
            taken = taken and lock.acquire(blocking=wait)
            if taken:
                stack.callback(lock.release)
            yield taken

    def whole(self, name: str) -> AbstractContextManager[None]:
        """Hold a lock of which others hold shares: wait until nobody has one, and let nobody get one meanwhile."""
        return self._shared_lock(name).whole()

    def _shared_lock(self, name: str) -> SharedLock:
        return self._shared.setdefault(name, SharedLock())

    def close(self) -> None:
        """Do nothing: there is nothing to let go of."""
