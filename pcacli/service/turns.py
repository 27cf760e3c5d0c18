"""Turns between processes on this machine: who holds a file's lock goes first."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def turn(path: Path, *, wait: bool = True) -> Iterator[bool]:
    """Hold the lock of a file, which stays, for the length of a block; False if it is taken and `wait` is not set.

    Raises:
        ConfigurationProblem: the file cannot be opened.
    """
    try:
        from pcacli.engine.store.locks import hold
    except ModuleNotFoundError:  # Windows has no such locks: there, nobody waits for anybody.
        yield True
        return
    with hold(path, wait=wait) as is_held:
        yield is_held
