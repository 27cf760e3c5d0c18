"""Files that others may have planted: each is opened without following a link, and believed only if it is ours.

A folder of certificates, a list's results or a store may lie where other people can write. What is read back from there
decides which key is certified, and what is written there may be a key. So a file has to be a regular one, of the caller
or of root, and others must not be able to write it; a secret nobody else may read.
Source: POSIX, open(): O_NOFOLLOW fails with ELOOP where the last part of a path is a link.
"""

import errno
import os
import stat
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from pcacli.errors import PcaError
from pcacli.limits.readers import Limits
from pcacli.limits.reading import read_opened

# Windows has no links of this kind, and no owners.
_NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
_ROOT = 0
_MOST_LINKS = 8
_OF_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_OPEN_SECRET = stat.S_IRWXO | stat.S_IWGRP | stat.S_IXGRP
_PLAIN_BITS = 0o777


class PlantedFile(PcaError):
    """A file is not one that the caller can have made; nothing was done with it."""


class Rights(NamedTuple):
    """Owner, group and mode of a file, which another one may have as well."""

    owner: int
    group: int
    mode: int


def open_own(
    path: Path, what: str, flags: int = os.O_RDONLY, *, is_secret: bool = False, like: Rights | None = None
) -> int:
    """Open a regular file of the caller's and return its descriptor; `what` names it in the sentence of a refusal.

    With `like` it may also have those rights: an earlier run has given them to it.

    Raises:
        PlantedFile: it is a link or no regular file, or belongs to somebody else, or is open to others.
        OSError: it cannot be opened.
    """
    try:
        descriptor = open_unlinked(path, flags)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EMLINK):
            raise PlantedFile(f"The {what} {path} is a symbolic link, which is not followed. Remove it.") from error
        raise
    try:
        named = f"The {what} {path}"
        found = os.fstat(descriptor)
        if like is None or like != _rights(found) or not stat.S_ISREG(found.st_mode):
            require_regular_and_own(descriptor, named)
            _require_closed(found, named, is_secret=is_secret)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def open_unlinked(path: Path, flags: int = os.O_RDONLY, mode: int = 0o666) -> int:
    """Open a file and return its descriptor; no link at the end of the path is followed, and no pipe waited for."""
    return os.open(path, flags | _NO_LINK, mode)


def require_regular_and_own(descriptor: int, named: str) -> None:
    """Check that an open file is a regular one of the caller or of root.

    Raises:
        PlantedFile: it is not.
    """
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        raise PlantedFile(f"{named} is not a regular file.")
    if not _is_own(found):
        raise PlantedFile(f"{named} belongs to another user.")


def read_own(path: Path, what: str, limits: Limits, *, is_secret: bool = False, like: Rights | None = None) -> bytes:
    """Return the content of such a file.

    Raises:
        PlantedFile: it is not the caller's.
        OSError: it cannot be read, or has more than the limits allow.
    """
    with os.fdopen(open_own(path, what, is_secret=is_secret, like=like), "rb", buffering=0) as file:
        return read_opened(file, limits, name=os.fspath(path))


def place_of(path: Path, what: str) -> Path:
    """Return where a file is, or will be: its own path, or the end of links that the caller or root made.

    Raises:
        PlantedFile: somebody else made a link on the way, the links go in a circle, or others may write to the folder
            where the file is.
        OSError: it cannot be looked at.
    """
    place, links = path, 0
    while place.is_symlink():
        links += 1
        if links > _MOST_LINKS or not _is_own(place.lstat()):
            raise PlantedFile(f"The {what} {path} leads to {place}, a symbolic link that is not yours. Remove it.")
        place = place.parent / place.readlink()
    if links and place.parent.stat().st_mode & stat.S_IWOTH:
        raise PlantedFile(f"The {what} {path} leads to {place}, in a folder that others may write to.")
    return place


def require_own_folder(folder: Path, owners: Collection[int] = ()) -> None:
    """Check that others can put nothing into a folder, and that no link of theirs leads to it.

    It may belong to the caller, to root or to one of the `owners`. What is not there yet is not checked. A folder in
    which only the owner of a file may replace it, such as /tmp, is one.

    Raises:
        PlantedFile: others can, or one does.
        OSError: it cannot be looked at.
    """
    if os.name != "posix":
        return
    try:
        found = _walked(folder).stat()
    except FileNotFoundError:
        return
    if not _is_own(found) and found.st_uid not in owners:
        raise PlantedFile(f"The folder {folder} belongs to another user. Choose one of your own.")
    if found.st_mode & stat.S_IWOTH and not found.st_mode & stat.S_ISVTX:
        raise PlantedFile(
            f"The folder {folder} is writable by others (mode {stat.S_IMODE(found.st_mode):04o}). "
            "Close it to them, or choose a folder in it that is not there yet."
        )


def _walked(path: Path) -> Path:
    """Return where a path leads, step by step as the system goes; each link on the way has to be own."""
    path = path.absolute()
    place, links = Path(path.anchor), 0
    parts = [*reversed(path.relative_to(place).parts)]
    while parts:
        step = place / (part := parts.pop())
        if part == os.pardir:
            place = place.parent
        elif not step.is_symlink():
            place = step
        else:
            links += 1
            if links > _MOST_LINKS or not _is_own(step.lstat()):
                raise PlantedFile(f"{path} leads over {step}, a symbolic link that is not yours. Remove it.")
            target = place / step.readlink()
            place = Path(target.anchor)
            parts += reversed(target.relative_to(place).parts)
    return place


def safe_rights(path: Path, *, is_secret: bool = True) -> Rights | None:
    """Return what a new file may take over from the file at this path, None if that one is not safe.

    It has to be a regular file that others may not write, without a bit beyond reading, writing and executing. A secret
    nobody but its owner, and perhaps a group, may read.
    """
    found = path.lstat()
    is_open = (
        found.st_mode & (_OPEN_SECRET if is_secret else stat.S_IWOTH) or stat.S_IMODE(found.st_mode) & ~_PLAIN_BITS
    )
    return _rights(found) if stat.S_ISREG(found.st_mode) and not is_open else None


def _rights(found: os.stat_result) -> Rights:
    return Rights(found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode))


def _require_closed(found: os.stat_result, named: str, *, is_secret: bool) -> None:
    open_to_others = found.st_mode & (_OF_OTHERS if is_secret else stat.S_IWOTH)
    if open_to_others and os.name == "posix":
        what = "readable" if is_secret else "writable"
        raise PlantedFile(f"{named} is {what} by others (mode {stat.S_IMODE(found.st_mode):04o}). Remove it.")


def _is_own(found: os.stat_result) -> bool:
    return os.name != "posix" or found.st_uid in (_ROOT, os.geteuid())
