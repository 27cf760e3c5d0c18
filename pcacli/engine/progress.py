"""How far long work is: what it tells whoever looks on, so that it knows nothing of terminals."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, Protocol, TypeVar

_Item = TypeVar("_Item")


class Phase(NamedTuple):
    """A part of some work, as people call it in a few words, and what is counted in it: bytes, or things."""

    text: str
    in_bytes: bool = False


Progress = Callable[[Phase, int, int | None], object]
"""Is told in which phase the work is, how much of it is done, and how much there is in all: None if nobody knows."""


def unwatched(_phase: Phase, _done: int, _total: int | None) -> None:
    """Be told and do nothing."""


def watched(items: Iterable[_Item], progress: Progress, phase: Phase, total: int | None = None) -> Iterator[_Item]:
    """Pass things on, and tell of each one as done when the next is asked for."""
    done = 0
    progress(phase, done, total)
    for item in items:
        yield item
        done += 1
        progress(phase, done, total)


class Writer(Protocol):
    """What takes bytes: a file, or what encrypts into one."""

    def write(self, content: bytes, /) -> int:
        """Take some content and return how much that was."""
        ...


class WatchedWriter:
    """Passes on what is written, and tells how many bytes that have been."""

    def __init__(self, writer: Writer, progress: Progress, phase: Phase, total: int) -> None:
        self._writer = writer
        self._tell = _Tally(progress, phase, total)

    def write(self, content: bytes) -> int:
        """Pass on some content and return how much that was."""
        return self._tell(self._writer.write(content))


class Reader(Protocol):
    """What gives bytes: a file."""

    def read(self, size: int, /) -> bytes:
        """Read so many bytes, fewer at the end."""
        ...

    def readline(self, size: int, /) -> bytes:
        """Read a line, at most so many bytes of it."""
        ...


class WatchedReader:
    """Passes on what is read, and tells how many bytes that have been."""

    def __init__(self, reader: Reader, progress: Progress, phase: Phase, total: int | None) -> None:
        self._reader = reader
        self._tell = _Tally(progress, phase, total)

    def read(self, size: int) -> bytes:
        """Read so many bytes, fewer at the end."""
        content = self._reader.read(size)
        self._tell(len(content))
        return content

    def readline(self, size: int) -> bytes:
        """Read a line, at most so many bytes of it."""
        line = self._reader.readline(size)
        self._tell(len(line))
        return line


class _Tally:
    """Adds up what it is called with, and tells the sum."""

    def __init__(self, progress: Progress, phase: Phase, total: int | None) -> None:
        self._progress = progress
        self._phase = phase
        self._total = total
        self._done = 0

    def __call__(self, count: int) -> int:
        self._done += count
        self._progress(self._phase, self._done, self._total)
        return count
