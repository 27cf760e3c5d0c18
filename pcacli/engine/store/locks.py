"""Locks between processes on this machine: `flock` on files that stay.

A lock belongs to an open file, so the kernel frees it when the process ends, however it ends. The files are never
removed: removing one that another process has just opened would let two hold "the" lock.
Source: Linux manual, flock(2).
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pcacli.engine.files import PRIVATE_DIRECTORY_MODE, PRIVATE_FILE_MODE, file_problem

_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def lock_file(directory: Path, name: str) -> Path:
    """Return the file that stands for the lock `name`; two names never share one."""
    plain = "".join(letter if letter in _PLAIN else f"%{ord(letter):x}%" for letter in name)
    return directory / f"{plain}.lock"


@contextmanager
def hold(path: Path, *, wait: bool = True) -> Iterator[bool]:
    """Hold the lock for the length of a block; yields False, without it, if it is taken and `wait` is False.

    Raises:
        ConfigurationProblem: the file cannot be opened.
        PcaError: the disk is full or fails.
    """
    descriptor = _open(path)
    try:
        yield _take(descriptor, wait=wait)
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW
    try:
        try:
            return os.open(path, flags, PRIVATE_FILE_MODE)
        except FileNotFoundError:
            path.parent.mkdir(mode=PRIVATE_DIRECTORY_MODE, exist_ok=True)
            return os.open(path, flags, PRIVATE_FILE_MODE)
    except OSError as error:
        raise file_problem(path, "used", error) from error


def _take(descriptor: int, *, wait: bool) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
