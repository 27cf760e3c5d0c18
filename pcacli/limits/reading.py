"""Reads files, pipes, devices and streams, never more than a reader of the table may take.

Whatever is wrong is an OSError, with its reason in `strerror` as the system would give it: callers that say why a file
cannot be read say this as well.
"""

import errno
import os
import select
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Protocol

from pcacli.limits.readers import Limits

WRITER_SECONDS = 5.0
"""How long a named pipe may have nobody who writes to it."""

# Not every system has every flag.
NOT_WAITING = os.O_RDONLY | sum(getattr(os, flag, 0) for flag in ("O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_BINARY"))
"""The flags with which a file is opened to be read: a pipe to which nobody writes does not keep anybody waiting."""

_PIECE_BYTES = 1024 * 1024
_WRITER_POLL_SECONDS = 0.02
# What lies there is a pipe that somebody has opened for us, such as that of a shell's <(...).
_OPENED_FOR_US = ("/dev/", "/proc/")


class OverLimit(OSError):
    """There is more to read than the reader takes."""

    def __init__(self, limits: Limits, path: str | None = None) -> None:
        super().__init__(errno.EFBIG, f"It has more than {limits.size}", path)


class Source(Protocol):
    """What bytes come from: a stream in binary mode."""

    def read(self, size: int, /) -> bytes | None:
        """Return up to so many bytes, nothing at the end."""
        ...


def read_file(path: str | Path, limits: Limits, *, only_regular: bool = False) -> bytes:
    """Return the content of a file, a pipe or a device; `only_regular` refuses everything but a file.

    A named pipe is given up if nobody opens it for writing in WRITER_SECONDS: it is empty then.

    Raises:
        OSError: it cannot be read, or OverLimit.
    """
    name = os.fspath(path)
    descriptor = os.open(name, NOT_WAITING)
    if stat.S_ISDIR(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), name)
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        return read_opened(file, limits, only_regular=only_regular, name=name)


def read_opened(file: IO[bytes], limits: Limits, *, only_regular: bool = False, name: str | None = None) -> bytes:
    """Return the content of a file that is open at its beginning.

    Raises:
        OSError: as `read_file`.
    """
    status = os.fstat(file.fileno())
    is_regular = stat.S_ISREG(status.st_mode)
    if only_regular and not is_regular:
        raise OSError(errno.EINVAL, "It is not a regular file", name)
    if is_regular and status.st_size > limits.maximum_bytes:
        raise OverLimit(limits, name)
    beginning = b""
    if stat.S_ISFIFO(status.st_mode) and name is not None and not name.startswith(_OPENED_FOR_US):
        beginning = _first_of_pipe(file.fileno())
    if not is_regular:
        os.set_blocking(file.fileno(), True)
    return read_stream(file, limits, name=name, beginning=beginning)


def read_stream(source: Source, limits: Limits, *, name: str | None = None, beginning: bytes = b"") -> bytes:
    """Return all that a stream gives.

    Raises:
        OverLimit: that is too much.
    """
    pieces, size = [beginning], len(beginning)
    while piece := source.read(min(_PIECE_BYTES, limits.maximum_bytes + 1 - size)):
        pieces.append(piece)
        size += len(piece)
        if size > limits.maximum_bytes:
            raise OverLimit(limits, name)
    return b"".join(pieces)


def read_lines(source: IO[bytes], limits: Limits) -> Iterator[bytes | None]:
    """Yield the lines of a stream with their ends; None for one that is too long, behind which nothing is read."""
    while line := source.readline(limits.maximum_bytes + 1):
        if len(line) > limits.maximum_bytes:
            yield None
            return
        yield line


def open_pieces(path: Path) -> IO[bytes]:
    """Open what is read in pieces: a file, a device, or a pipe to which somebody writes.

    Raises:
        OSError: it cannot be opened, or nobody has written to the pipe in time.
    """
    file = os.fdopen(os.open(path, NOT_WAITING), "rb")
    is_pipe = stat.S_ISFIFO(os.fstat(file.fileno()).st_mode)
    has_to_wait = is_pipe and not str(path).startswith(_OPENED_FOR_US)
    if has_to_wait and not select.select([file], [], [], WRITER_SECONDS)[0]:
        file.close()
        raise OSError(errno.ETIMEDOUT, "Nobody writes to it", str(path))
    os.set_blocking(file.fileno(), True)
    return file


def _first_of_pipe(descriptor: int) -> bytes:
    """Wait for somebody who writes to a named pipe, and return what has come by then, perhaps nothing."""
    deadline = time.monotonic() + WRITER_SECONDS
    while time.monotonic() < deadline:
        try:
            piece = os.read(descriptor, 1)
        except BlockingIOError:
            # Somebody is there and has not written yet.
            return b""
        if piece:
            return piece
        time.sleep(_WRITER_POLL_SECONDS)
    return b""
