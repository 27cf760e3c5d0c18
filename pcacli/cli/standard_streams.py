"""Standard output and standard error, whose readers may leave and whose disks may be full.

A command works to its end whatever becomes of its output, so that its exit code is the answer: of `pki list
--fail-if-any | head -1` as of `pki list --fail-if-any`. What could not be written is remembered, and is the program's
error unless it is only that nobody reads any more.
"""

import io
import os
import sys
from contextlib import suppress
from typing import Any


class Lossy(io.FileIO):
    """A stream's file that never fails: after the first failure, which it remembers, all goes nowhere."""

    failure: OSError | None = None

    def write(self, data: Any, /) -> int:
        """Write some bytes, or say that they are written.

        Another process may have made the stream non-blocking, as runtimes with event loops do; then None means that
        it is full for the moment.
        """
        while self.failure is None:
            try:
                written = super().write(data)
                if written is not None:
                    return written
                _wait_for_room(self)
            except OSError as error:
                self.failure = error
        return memoryview(data).nbytes


def _wait_for_room(stream: io.FileIO) -> None:
    import select

    select.select([], [stream], [])


def guard_standard_streams() -> None:
    """Put such files below the streams. What a locale cannot show is shown as an escape."""
    sys.stdout = _guarded(sys.stdout, 1)
    sys.stderr = _guarded(sys.stderr, 2)


def _guarded(stream: object, descriptor: int) -> io.TextIOWrapper:
    is_terminal = False
    with suppress(OSError):
        is_terminal = os.isatty(descriptor)
    is_unbuffered = bool(getattr(stream, "write_through", False))
    raw = Lossy(descriptor, "wb", closefd=False)
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=getattr(stream, "encoding", None) or "utf-8",
        errors="backslashreplace",
        line_buffering=is_terminal or descriptor == 2,  # noqa: PLR2004 - standard error
        write_through=is_unbuffered,
    )


def failure_of_output() -> OSError | None:
    """Return why standard output could not be written to, None if all of it was."""
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    return raw.failure if isinstance(raw, Lossy) else None


def is_read() -> bool:
    """Tell whether standard output still reaches somebody, as far as was tried."""
    return failure_of_output() is None
