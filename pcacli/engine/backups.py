"""Backups: a whole store in one encrypted file, written while the store is in use (restoring.py brings it back).

The encrypted content (keys/sealed_file.py) is a tar archive in POSIX form:

```
authority.db          the database, as SQLite's backup interface copies it
key-encryption.key    the key file, so that the backup works on another machine; not if a passphrase protects the store
buckets/…             the buckets, unless they are in S3
```

While a backup is taken, no CRL is published and the key is not replaced, so that everything in it fits together; all
else goes on. Snapshots of a test store are no part of it.
"""

import os
import shutil
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from fnmatch import fnmatch
from functools import partial
from pathlib import Path
from typing import IO, Any, cast

from pcacli.engine import publication
from pcacli.engine.artifacts.names import check_bucket, key_segments
from pcacli.engine.artifacts.port import BucketProblem
from pcacli.engine.call import Parts
from pcacli.engine.files import (
    PRIVATE_DIRECTORY_MODE,
    UNFINISHED,
    file_problems,
    make_private_directory,
    publish_once,
    temporary_beside,
)
from pcacli.engine.home import BUCKETS, Home
from pcacli.engine.keys import key_encryption
from pcacli.engine.keys.passphrase import Derivation, new_derivation
from pcacli.engine.keys.port import kind_of
from pcacli.engine.keys.sealed_file import SealingWriter, UnsealingReader
from pcacli.engine.keys.source import LOCK
from pcacli.engine.progress import Phase, Progress, WatchedReader, WatchedWriter, unwatched
from pcacli.engine.store import sqlite
from pcacli.engine.store_home import StoreHome
from pcacli.errors import ConfigurationProblem, PcaError

FORMAT = "pcacli-backup:1"

COPYING = Phase("Copying the records", in_bytes=True)
_ENCRYPTING = Phase("Writing the backup", in_bytes=True)
_READING_AGAIN = Phase("Reading it again", in_bytes=True)

_OWN_FILES = (sqlite.FILE_NAME, key_encryption.FILE_NAME)


def folder_of(home: StoreHome[Any]) -> Home:
    """Return a store's folder.

    Raises:
        ConfigurationProblem: it is in a database.
    """
    if not isinstance(home, Home):
        raise ConfigurationProblem(
            "Backups are for stores in folders; PostgreSQL has its own tools for them: pg_dump and pg_restore. "
            "Keep the key file or the passphrase, too: it is not in the database."
        )
    return home


def write_backup(
    home: Home,
    parts: Parts,
    target: Path,
    passphrase: bytes,
    parameters: Callable[[], Derivation] = new_derivation,
    progress: Progress = unwatched,
) -> None:
    """Write a backup of a store that is open, read it again, and give it its name.

    Raises:
        ConfigurationProblem: there is a file of that name, or it cannot be written.
        PcaError: what was written cannot be read again.
    """
    if target.exists():
        raise _taken(target)
    if not target.parent.is_dir():
        raise ConfigurationProblem(f"There is no folder {target.parent} for the backup.")
    with file_problems(target), temporary_beside(target) as temporary:
        with temporary.open("wb") as file:
            writer = SealingWriter(file, FORMAT, passphrase, parameters)
            try:
                _archive(home, writer, progress)
            finally:
                _publish_what_waited(parts)
            written = writer.finish()
        with temporary.open("rb") as file:
            reader = WatchedReader(file, progress, _READING_AGAIN, temporary.stat().st_size)
            if UnsealingReader(reader, FORMAT, passphrase, target).finish() != written:
                raise PcaError(f"{target} was not written as it should be; is the disk sound?")
        if not publish_once(temporary, target):
            raise _taken(target)


def _taken(target: Path) -> ConfigurationProblem:
    return ConfigurationProblem(f"{target} is there already; a backup never replaces a file.")


def number_of_keys_elsewhere(parts: Parts) -> int:
    """Return how many CAs have their key outside of the store, where no backup reaches."""
    with parts.store.read() as snapshot:
        return sum(kind_of(authority.key_reference) is not None for authority in snapshot.authorities())


def _archive(home: Home, writer: SealingWriter, progress: Progress) -> None:
    """Write the parts of a store as they are at one time."""
    with scratch_folder(home.directory) as scratch, closing(sqlite.open_store(home.directory)) as store:
        copy = scratch / sqlite.FILE_NAME
        key_file = home.directory / key_encryption.FILE_NAME
        with store.exclusive(LOCK, wait=True), publication.nothing_being_published(store):
            store.copy_to(copy, partial(progress, COPYING))
            objects = list(_objects(home.directory / BUCKETS))
            total_bytes = sum(path.stat().st_size for path in (copy, *objects) if path.is_file())
            stream = WatchedWriter(writer, progress, _ENCRYPTING, total_bytes)
            # It only writes, which is all that a stream needs. Two names of one file are written as two files.
            with tarfile.open(
                fileobj=cast("IO[bytes]", stream), mode="w|", format=tarfile.PAX_FORMAT, dereference=True
            ) as archive:
                archive.add(copy, sqlite.FILE_NAME)
                if key_file.exists():
                    archive.add(key_file, key_encryption.FILE_NAME)
                for path in objects:
                    archive.add(path, str(path.relative_to(home.directory)), recursive=False)


def _objects(buckets: Path) -> Iterator[Path]:
    """Yield the buckets and the objects in them; links, and what can be no object, were not put there by us."""
    for folder, names, files in os.walk(buckets):
        if Path(folder) == buckets:
            yield from (buckets / name for name in names if _can_be_restored(f"{BUCKETS}/{name}"))
        for path in (Path(folder, name) for name in files):
            is_object = path.is_file() and not path.is_symlink() and not fnmatch(path.name, UNFINISHED)
            if is_object and _can_be_restored(str(path.relative_to(buckets.parent))):
                yield path


def _can_be_restored(name: str) -> bool:
    try:
        segments(name)
    except BucketProblem:
        return False
    return True


def _publish_what_waited(parts: Parts) -> None:
    """Publish what became due while nothing could be published: who wanted to has left it to us."""
    with parts.store.read() as snapshot:
        arns = [authority.arn for authority in snapshot.authorities()]
    for arn in arns:
        publication.publish_due(parts, arn, retry_at_once=False)


def segments(name: str) -> tuple[str, ...]:
    """Return the steps from the folder of a store to a file of it.

    Raises:
        BucketProblem: it is no file of a store.
    """
    if name in _OWN_FILES:
        return (name,)
    steps = key_segments(name)
    if len(steps) == 1 or steps[0] != BUCKETS:
        raise BucketProblem(f"{name} is no file of a store.")
    check_bucket(steps[1])
    return steps


@contextmanager
def scratch_folder(directory: Path) -> Iterator[Path]:
    """Yield a private folder in a store's folder, which is gone after the block, and with it a folder made for it."""
    is_new = not directory.exists()
    scratch = directory / f".{os.urandom(8).hex()}.new"
    try:
        make_private_directory(directory)
        scratch.mkdir(PRIVATE_DIRECTORY_MODE)
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        if is_new and directory.exists() and not any(directory.iterdir()):
            directory.rmdir()
