"""How the embedded authority makes its own files: private from the first byte, whole or not there at all.

A new file is written under a temporary name beside its place and then linked to it. A link fails where the name is
taken, so that of two processes that make the same file at once one wins and neither sees half of it.
Source: POSIX, link(): EEXIST.
"""

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PRIVATE_FILE_MODE = 0o600
PRIVATE_DIRECTORY_MODE = 0o700


def make_private_directory(directory: Path) -> None:
    """Make a directory that only its owner may enter, with the directories above it.

    A directory that is already there is closed to others if it is empty. One with files in it keeps its mode: it
    may be somebody's home, and our files in it are private by themselves.
    """
    directory.parent.mkdir(parents=True, exist_ok=True)
    try:
        directory.mkdir(PRIVATE_DIRECTORY_MODE)
    except FileExistsError:
        if not any(directory.iterdir()):
            directory.chmod(PRIVATE_DIRECTORY_MODE)
    else:
        sync(directory.parent)


def make_private_file(path: Path) -> None:
    """Make an empty file that only its owner may read; there must be none of that name."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE_FILE_MODE))


@contextmanager
def temporary_beside(path: Path) -> "Iterator[Path]":
    """Yield an empty private file in the same directory, which is gone after the block."""
    temporary = path.with_name(f".{path.name}.{os.urandom(8).hex()}.new")
    make_private_file(temporary)
    try:
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def publish_once(temporary: Path, path: Path) -> None:
    """Give a finished file its name, on disk before this returns; if the name is taken, the file there stays."""
    sync(temporary)
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        return
    sync(path.parent)


def sync(path: Path) -> None:
    """Wait until a file's content, or a directory's list of names, is on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
