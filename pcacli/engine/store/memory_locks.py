"""The locks of a store in memory: between threads of one process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class SharedLock:
    """A lock of which many hold a share, or one holds the whole."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._shares = 0
        self._is_closed = False

    @contextmanager
    def share(self, *, wait: bool) -> Iterator[bool]:
        """Hold a share; yields False if `wait` is False and somebody has, or waits for, the whole."""
        with self._changed:
            if wait:
                self._changed.wait_for(lambda: not self._is_closed)
            has_share = not self._is_closed
            self._shares += has_share
        try:
            yield has_share
        finally:
            with self._changed:
                self._shares -= has_share
                self._changed.notify_all()

    @contextmanager
    def whole(self) -> Iterator[None]:
        """Hold the whole: wait until nobody has a share, and let nobody get one meanwhile."""
        with self._changed:
            self._changed.wait_for(lambda: not self._is_closed)
            self._is_closed = True
            self._changed.wait_for(lambda: not self._shares)
        try:
            yield
        finally:
            with self._changed:
                self._is_closed = False
                self._changed.notify_all()
