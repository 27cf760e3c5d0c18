"""Waits for what happens in another process or thread."""

import time
from collections.abc import Callable

LONGEST_SECONDS = 60.0


def wait_until(happened: Callable[[], bool]) -> None:
    """Return when it has happened; fail when it does not."""
    deadline = time.monotonic() + LONGEST_SECONDS
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)
