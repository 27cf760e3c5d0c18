"""Who looks after a store: the process of `local serve` that does what becomes due with time.

It holds a lock for as long as it lives, which marks the store as served and goes away with the process, however that
ends. Of several processes on one store one holds the lock; another takes over when it ends.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from pcacli.engine.store.port import Store

INTERVAL_SECONDS = 30.0
"""How long what has become due may wait for `local serve`; design.md, section 5, promises a minute."""

_LOCK = "upkeep"


@contextmanager
def looking_after(store: Store) -> Iterator[bool]:
    """Look after the store for the length of a block; yields False if somebody else does."""
    with store.exclusive(_LOCK, wait=False) as held:
        yield held


def is_served(store: Store) -> bool:
    """Tell whether a process looks after the store."""
    with store.exclusive(_LOCK, wait=False) as free:
        return not free
