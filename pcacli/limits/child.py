"""Work in C that nothing can interrupt, with a limit on its time: it is done in a child process, which can be killed.

A PKCS #12 file says how many iterations its keys take, up to 2^31, and may say so inside of what is encrypted.
"""

import os
import select
import signal
import time
import warnings
from collections.abc import Callable
from typing import NoReturn

_GOOD, _BAD = b"+", b"-"
_PIECE_BYTES = 64 * 1024


class TookTooLong(ValueError):
    """The work was not done in time."""


def in_child(work: Callable[[], bytes], seconds: float) -> bytes:
    """Return what a function returns, given so many seconds.

    Raises:
        ValueError: it raised any exception; which one is not known here.
        TookTooLong: it was given up.
    """
    if not hasattr(os, "fork"):
        return work()  # On Windows, where nothing ends it.
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        # Python warns of other threads. The child does this work, writes and ends; it takes no lock of theirs.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        _be_child(work, writing, seconds)
    os.close(writing)
    try:
        answer = _read_until(reading, time.monotonic() + seconds)
    finally:
        os.close(reading)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    if not answer.startswith(_GOOD):
        raise ValueError("the work has failed")
    return answer.removeprefix(_GOOD)


def _be_child(work: Callable[[], bytes], writing: int, seconds: float) -> NoReturn:
    """Do the work and end, whatever happens; the kernel ends a child whose parent was killed."""
    import resource

    try:
        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 1))
        answer = _GOOD + work()
    except BaseException:  # noqa: BLE001 - nothing of the child may go on as the program
        answer = _BAD
    try:
        while answer:
            answer = answer[os.write(writing, answer) :]
    finally:
        os._exit(0)


def _read_until(reading: int, deadline: float) -> bytes:
    answer = b""
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([reading], [], [], left)[0]:
            raise TookTooLong
        piece = os.read(reading, _PIECE_BYTES)
        if not piece:
            return answer
        answer += piece
