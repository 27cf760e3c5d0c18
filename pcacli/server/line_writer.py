"""Writing lines to where somebody may or may not read them, without ever waiting for that.

A thread writes what was put, a few milliseconds later. If nobody reads, lines are kept up to a limit, and those beyond
it are dropped and counted.
"""

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue

# Lines are collected for that long, so that writing them does not take turns with every request.
_COLLECTING_SECONDS = 0.02
# What is written in one call does not mix with what other processes write (POSIX, write(): PIPE_BUF).
_ATOMIC_BYTES = 4096


class LineWriter:
    """Writes lines to a file descriptor; `dropped_line` makes the line that says how many were dropped.

    Lines end with a line feed. Threads may share it; the process has to make one of its own after a fork.
    """

    def __init__(self, file_descriptor: int, maximum_lines: int, dropped_line: Callable[[int], bytes]) -> None:
        self._file_descriptor = file_descriptor
        self._maximum_lines = maximum_lines
        self._dropped_line = dropped_line
        self._queue: SimpleQueue[bytes | threading.Event] = SimpleQueue()
        self._dropped = 0
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def put(self, line: bytes) -> None:
        """Let a line be written, unless too many are waiting."""
        if self._queue.qsize() >= self._maximum_lines:
            with self._lock:
                self._dropped += 1
            return
        self._queue.put(line)
        if self._thread is None:
            self._start()

    def flush(self, timeout_seconds: float) -> bool:
        """Wait until everything that was put is written; return False if that takes longer."""
        if self._thread is None:
            return True
        written = threading.Event()
        self._queue.put(written)
        return written.wait(timeout_seconds)

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="log", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            lines, waiting = self._next()
            self._write(lines)
            with self._lock:
                dropped, self._dropped = self._dropped, 0
            if dropped:
                self._write([self._dropped_line(dropped)])
            for written in waiting:
                written.set()

    def _next(self) -> tuple[list[bytes], list[threading.Event]]:
        """Wait for something to write; return it and who waits for it."""
        taken = [self._queue.get()]
        time.sleep(_COLLECTING_SECONDS)
        with suppress(Empty):
            while True:
                taken.append(self._queue.get_nowait())
        lines = [one for one in taken if isinstance(one, bytes)]
        return lines, [one for one in taken if not isinstance(one, bytes)]

    def _write(self, lines: list[bytes]) -> None:
        """Write lines, as many at a time as are certain to stay together."""
        together = b""
        for line in lines:
            if len(together) + len(line) > _ATOMIC_BYTES:
                self._write_out(together)
                together = b""
            together += line
        self._write_out(together)

    def _write_out(self, content: bytes) -> None:
        # A log that cannot be written to stops nothing.
        with suppress(OSError):
            while content:
                content = content[os.write(self._file_descriptor, content) :]
