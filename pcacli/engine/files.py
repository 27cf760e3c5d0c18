"""How the embedded authority makes its own files: private from the first byte, whole or not there at all.

A new file is written under a temporary name beside its place and then linked to it. A link fails where the name is
taken, so that of two processes that make the same file at once one wins and neither sees half of it.
Source: POSIX, link(): EEXIST.
"""

import errno
import os
import stat
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pcacli.engine.own_files import open_unlinked, place_of, require_regular_and_own
from pcacli.errors import ConfigurationProblem, PcaError

if TYPE_CHECKING:
    from collections.abc import Iterator

PRIVATE_FILE_MODE = 0o600
PRIVATE_DIRECTORY_MODE = 0o700
UNFINISHED = ".*.new"
"""How files and folders are called that are being made; a process that was killed leaves them behind."""
OF_OTHERS = stat.S_IRWXG | stat.S_IRWXO
"""The permissions that nobody but the owner gets."""
STORAGE_FAILURES = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO})
"""The errors of a disk that is full or fails, where nothing is wrong with how a store is set up."""


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


def publish_once(temporary: Path, path: Path) -> bool:
    """Give a finished file its name, on disk before this returns; False if the name is taken: the file there stays."""
    sync(temporary)
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        return False
    sync(path.parent)
    return True


def publish_over(temporary: Path, path: Path) -> None:
    """Put a finished file in the place of whatever has its name, on disk before this returns."""
    sync(temporary)
    temporary.replace(path)
    sync(path.parent)


def file_problem(subject: object, cannot_be: str, error: OSError) -> PcaError:
    """Return the error which says that something cannot be read, made or used because the file system refuses it."""
    kind = PcaError if error.errno in STORAGE_FAILURES else ConfigurationProblem
    return kind(f"{subject} cannot be {cannot_be}: {error.strerror}.")


@contextmanager
def file_problems(path: Path) -> "Iterator[None]":
    """Say which file could not be used when the file system refuses something in the block."""
    try:
        yield
    except OSError as error:
        raise file_problem(error.filename or path, "used", error) from error


def read_private(path: Path, what: str, *, maximum_bytes: int) -> bytes:
    """Read a file that nobody but its owner may read; the check and the reading are of one open file.

    Raises:
        ConfigurationProblem: the file cannot be read, or others may read it; the sentence names it as `what`.
        PlantedFile: it is not the caller's, nor root's, or somebody else's link leads to it.
        PcaError: the disk fails.
    """
    try:
        descriptor = open_unlinked(place_of(path, what))
        with os.fdopen(descriptor, "rb") as file:
            require_regular_and_own(descriptor, f"The {what} {path}")
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if mode & OF_OTHERS:
                raise ConfigurationProblem(
                    f"The {what} {path} is open to others (mode {mode:04o}); it must be readable by its owner only.",
                    hint=f"chmod 600 {path}",
                )
            return file.read(maximum_bytes)
    except OSError as error:
        raise file_problem(f"The {what} {path}", "read", error) from error


def sync(path: Path) -> None:
    """Wait until a file's content, or a directory's list of names, is on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
