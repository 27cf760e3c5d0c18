"""Putting a copy of a whole store in the place of a live one, while other processes use it.

Writers are kept out, and CRLs that are being published are waited for. Who reads meanwhile sees either state, never a
mixture. The records change in one transaction, and the key file holds the keys of both states until it is committed,
so that a process that is killed leaves a store that opens.
"""

import shutil
from contextlib import closing
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

from pcacli.engine import crl_numbers, publication
from pcacli.engine.home import BUCKETS, Home
from pcacli.engine.keys import key_encryption
from pcacli.engine.keys.source import LOCK
from pcacli.engine.progress import Phase, Progress, unwatched
from pcacli.engine.store import sqlite, sqlite_copies
from pcacli.errors import PcaError

_PUTTING_ASIDE = Phase("Putting the old store aside", in_bytes=True)
_REPLACING = Phase("Replacing the records", in_bytes=True)


class Replacement(NamedTuple):
    """What comes in the place of a store: its database, which is changed, and the folder of its key file and buckets.

    `restored_at` is set if nobody knows what has been published since it was saved. The buckets that were there go to
    the folder `aside`, and, if `keeps_records` is set, everything else, too.
    """

    database: Path
    parts: Path
    aside: Path
    restored_at: datetime | None = None
    keeps_records: bool = False


def replace(home: Home, new: Replacement, progress: Progress = unwatched) -> None:
    """Replace the records, the key file and the buckets of a live store. Without a new key file the key stays.

    Raises:
        DamagedStore: the live store is damaged.
        OSError: a file cannot be moved or written.
    """
    with closing(sqlite.open_store(home.directory)) as store:
        source = home.key_source(store)
        with store.exclusive(LOCK, wait=True), publication.nothing_being_published(store), store.alone() as connection:
            if new.keeps_records:
                # Nobody can write: what was committed just before is kept, too.
                sqlite_copies.copy_out(connection, new.aside / sqlite.FILE_NAME, partial(progress, _PUTTING_ASIDE))
                copy_key(home.directory, new.aside)
            with closing(sqlite.open_store(new.database.parent)) as restored:
                if new.restored_at is None:
                    crl_numbers.raise_floor(restored, store)
                else:
                    crl_numbers.raise_floor_of_backup(restored, store, home.buckets, new.restored_at)
            new_file = new.parts / key_encryption.FILE_NAME
            new_keys = key_encryption.read_keys(new_file) if new_file.exists() else []
            if new_keys:
                key_encryption.write_keys(source.key_file, [*_usable_keys(source.key_file), *new_keys])
            sqlite_copies.copy_in(new.database, connection, partial(progress, _REPLACING))
            if new_keys:
                key_encryption.write_keys(source.key_file, new_keys)
            swap_buckets(home, new.parts, new.aside)
        # The copy may be older than this program.
        store.upgrade()
        source.drop_unused()


def copy_key(source: Path, target: Path) -> None:
    """Copy the key file of a folder to another; a store that a passphrase protects has none."""
    key_file = source / key_encryption.FILE_NAME
    if key_file.exists():
        shutil.copy2(key_file, target)


def swap_buckets(home: Home, parts: Path, aside: Path) -> None:
    """Move the buckets of a store aside, and those in a folder to their place."""
    live = home.directory / BUCKETS
    if live.exists():
        live.rename(aside / BUCKETS)
    if (parts / BUCKETS).exists():
        (parts / BUCKETS).rename(live)


def _usable_keys(file: Path) -> list[bytes]:
    """Return the keys in the live key file; one that is damaged or gone opens nothing and need not be kept."""
    try:
        return key_encryption.read_keys(file)
    except PcaError:
        return []
