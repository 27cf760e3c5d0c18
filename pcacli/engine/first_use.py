"""A default store that is not there yet: it reads as empty, and the first change makes it."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from pcacli.engine.store.memory import MemoryStore
from pcacli.engine.store.port import Snapshot, Store, Transaction


class FirstUseStore:
    """A store that is made when somebody first writes to it."""

    def __init__(self, make: Callable[[], Store]) -> None:
        self._make = make
        self._store: Store = MemoryStore()
        self._made = False

    def made(self) -> Store:
        """Return the real store, making it if need be."""
        if not self._made:
            self._store, self._made = self._make(), True
        return self._store

    def read(self) -> AbstractContextManager[Snapshot]:
        """Read from the real store, or from an empty one."""
        return self._store.read()

    def write(self) -> AbstractContextManager[Transaction]:
        """Write to the real store."""
        return self.made().write()

    def exclusive(self, name: str, *, wait: bool, share_of: str | None = None) -> AbstractContextManager[bool]:
        """Hold a lock of the real store."""
        return self.made().exclusive(name, wait=wait, share_of=share_of)

    def whole(self, name: str) -> AbstractContextManager[None]:
        """Hold a lock of the real store of which others hold shares."""
        return self.made().whole(name)

    def close(self) -> None:
        """Close whatever is open."""
        self._store.close()
