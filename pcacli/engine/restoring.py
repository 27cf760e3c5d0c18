"""Bringing a store back from a backup (backups.py): into an empty folder, or in the place of the store that is there.

Everything is unpacked beside the store and found to be good before anything is changed.
"""

import os
import shutil
import tarfile
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import IO, cast

from pcacli.engine import crl_numbers, live_replacement, upkeep
from pcacli.engine.artifacts.port import BucketProblem
from pcacli.engine.backups import COPYING, FORMAT, scratch_folder, segments
from pcacli.engine.files import (
    PRIVATE_DIRECTORY_MODE,
    file_problems,
    make_private_directory,
    make_private_file,
    publish_once,
)
from pcacli.engine.home import BUCKETS, Home
from pcacli.engine.keys import key_encryption
from pcacli.engine.keys.sealed_file import UnsealingReader
from pcacli.engine.live_replacement import Replacement
from pcacli.engine.progress import Phase, Progress, WatchedReader, unwatched
from pcacli.engine.store import locks, sqlite
from pcacli.engine.store.port import MissingStore
from pcacli.errors import ConfigurationProblem, DamagedStore
from pcacli.limits.reading import open_pieces

_READING = Phase("Reading the backup", in_bytes=True)
_CHECKING = Phase("Checking the records")

# With what SQLite puts beside a database.
_PARTS = (*(f"{sqlite.FILE_NAME}{ending}" for ending in ("", "-wal", "-shm")), key_encryption.FILE_NAME, BUCKETS)
_COPY_BYTES = 1024 * 1024


def restore(home: Home, backup: Path, passphrase: bytes, *, force: bool, progress: Progress = unwatched) -> Path | None:
    """Bring a store back from a backup; return the folder to which the one that was there has been put, if one was.

    Raises:
        ConfigurationProblem: there is a store and `force` is off, or it is being served, or the passphrase is wrong.
        DamagedStore: the backup is damaged.
    """
    is_there = _is_there(home)
    if is_there and not force:
        raise ConfigurationProblem(
            f"There is a store in {home.directory}; nothing was changed.",
            hint="--force restores all the same and puts what is there aside.",
        )
    with file_problems(backup), ExitStack() as stack:
        file = stack.enter_context(open_pieces(backup))
        watched_file = WatchedReader(file, progress, _READING, backup.stat().st_size or None)  # a pipe has no size
        reader = UnsealingReader(watched_file, FORMAT, passphrase, backup)
        scratch = stack.enter_context(scratch_folder(home.directory))
        _extract(reader, scratch, backup)
        progress(_CHECKING, 0, None)
        _make_usable(scratch, backup)
        if not is_there:
            _move_in(home, scratch, progress)
            return None
        return _replace(home, scratch, progress)


def _extract(reader: UnsealingReader, scratch: Path, backup: Path) -> None:
    """Unpack an archive. It is authentic, so we wrote it; even so nothing but a store's files is made of it."""
    try:
        with tarfile.open(fileobj=cast("IO[bytes]", reader), mode="r|") as archive:
            for member in archive:
                *folders, last = segments(member.name)
                if member.isdir():
                    folders.append(last)
                place = scratch
                for folder in folders:
                    place /= folder
                    place.mkdir(PRIVATE_DIRECTORY_MODE, exist_ok=True)
                # What says that it is sparse may be a few bytes that stand for any number of zeros.
                is_file = member.isfile() and not member.issparse()
                content = archive.extractfile(member) if is_file else None
                if content is not None:
                    _write(place / last, content)
    except (tarfile.TarError, BucketProblem) as error:
        raise DamagedStore(f"{backup} does not hold what a backup holds; nothing was changed.") from error
    reader.finish()


def _write(place: Path, content: IO[bytes]) -> None:
    make_private_file(place)
    with place.open("wb") as file:
        shutil.copyfileobj(content, file, _COPY_BYTES)
        file.flush()
        os.fsync(file.fileno())


def _make_usable(scratch: Path, backup: Path) -> None:
    """Bring the restored database up to date, and make sure that it is whole and that its key is there.

    Raises:
        DamagedStore: it is not.
    """
    with closing(sqlite.open_store(scratch)) as store:
        with store.read() as snapshot:
            problem = next(snapshot.storage_problems(), None)
        if problem is not None:
            raise DamagedStore(f"The database in {backup} is damaged ({problem}); nothing was changed.")
        source = Home(scratch).key_source(store)
        protection = source.protection()
        if protection is None or protection.derivation is None:
            source.current()


def _move_in(home: Home, scratch: Path, progress: Progress, aside: Path | None = None) -> None:
    """Make a store where none is, after what cannot be opened has been put aside, if there is anything.

    Raises:
        ConfigurationProblem: another process has made a store here meanwhile, which is left as it is.
    """
    with closing(sqlite.open_store(scratch)) as store:
        crl_numbers.raise_floor_of_backup(store, None, home.buckets, datetime.now(UTC))
        store.copy_to(scratch / "whole", partial(progress, COPYING))
    with locks.hold_folder(home.directory):
        if aside is not None and not _can_be_opened(home):
            make_private_directory(aside)
            _move_out(home, aside)
        if _is_there(home):
            raise _appeared(home)
        _publish(home, scratch)


def _publish(home: Home, scratch: Path) -> None:
    """Give the parts of a store their names; the database comes last, because with it the store is there."""
    key_file = scratch / key_encryption.FILE_NAME
    if key_file.exists() and not publish_once(key_file, home.directory / key_encryption.FILE_NAME):
        raise _appeared(home)
    if (scratch / BUCKETS).exists():
        (scratch / BUCKETS).rename(home.directory / BUCKETS)
    if not publish_once(scratch / "whole", home.directory / sqlite.FILE_NAME):
        raise _appeared(home)


def _is_there(home: Home) -> bool:
    return any((home.directory / name).exists() for name in _PARTS)


def _can_be_opened(home: Home) -> bool:
    try:
        sqlite.open_store(home.directory).close()
    except (MissingStore, DamagedStore):
        return False
    return True


def _appeared(home: Home) -> ConfigurationProblem:
    return ConfigurationProblem(
        f"Another process has made a store in {home.directory} meanwhile. It was left as it is, and nothing was "
        "restored."
    )


def _replace(home: Home, scratch: Path, progress: Progress) -> Path:
    """Put a restored store in the place of the one that is there, and that one aside."""
    aside = home.directory / f"replaced-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}"
    try:
        live = sqlite.open_store(home.directory)
    except (MissingStore, DamagedStore):
        _move_in(home, scratch, progress, aside)
        return aside
    with closing(live):
        if upkeep.is_served(live):
            raise ConfigurationProblem("pcacli local serve is using the store; stop it first. Nothing was changed.")
    make_private_directory(aside)
    new = Replacement(scratch / sqlite.FILE_NAME, scratch, aside, datetime.now(UTC), keeps_records=True)
    live_replacement.replace(home, new, progress)
    return aside


def _move_out(home: Home, aside: Path) -> None:
    """Put the files of a store aside that nobody can work with."""
    for name in _PARTS:
        if (home.directory / name).exists():
            (home.directory / name).rename(aside / name)
