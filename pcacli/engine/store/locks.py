"""Locks between processes on this machine: `flock` on files that stay.

A lock belongs to an open file, so the kernel frees it when the process ends, however it ends. The files are never
removed: removing one that another process has just opened would let two hold "the" lock.

A lock with shares has a gate beside it, because `flock` gives new shares out while the whole lock is waited for: every
share passes the gate, and the whole lock closes it.
Source: Linux manual, flock(2).
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from pcacli.engine.files import PRIVATE_DIRECTORY_MODE, PRIVATE_FILE_MODE, file_problem

_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def lock_file(directory: Path, name: str) -> Path:
    """Return the file that stands for the lock `name`; two names never share one."""
    plain = "".join(letter if letter in _PLAIN else f"%{ord(letter):x}%" for letter in name)
    return directory / f"{plain}.lock"


@contextmanager
def hold(path: Path, *, wait: bool = True, kind: int = fcntl.LOCK_EX) -> Iterator[bool]:
    """Hold the lock for the length of a block; yields False, without it, if it is taken and `wait` is False.

    Raises:
        ConfigurationProblem: the file cannot be opened.
        PcaError: the disk is full or fails.
    """
    descriptor = _open(path)
    try:
        yield _take(descriptor, kind, wait=wait)
    finally:
        os.close(descriptor)


@contextmanager
def hold_share(path: Path, *, wait: bool = True) -> Iterator[bool]:
    """Hold a share of the lock, beside others who do; yields False if `wait` is False and the whole lock is taken.

    Raises:
        ConfigurationProblem: a file cannot be opened.
        PcaError: the disk is full or fails.
    """
    with ExitStack() as stack:
        with hold(_gate(path), wait=wait, kind=fcntl.LOCK_SH) as is_open:
            has_share = is_open and stack.enter_context(hold(path, wait=wait, kind=fcntl.LOCK_SH))
        yield has_share


@contextmanager
def hold_whole(path: Path) -> Iterator[None]:
    """Wait until nobody holds a share of the lock, and let nobody get one for the length of a block.

    Raises:
        ConfigurationProblem: a file cannot be opened.
        PcaError: the disk is full or fails.
    """
    with hold(_gate(path)), hold(path):
        yield


@contextmanager
def hold_folder(directory: Path) -> Iterator[None]:
    """Hold the lock of a folder itself, in which nothing is left behind by that.

    Raises:
        OSError: there is no such folder, or it cannot be opened.
    """
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _gate(path: Path) -> Path:
    return path.with_name(f"{path.stem}%gate%{path.suffix}")


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


def _take(descriptor: int, kind: int, *, wait: bool) -> bool:
    try:
        fcntl.flock(descriptor, kind if wait else kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
