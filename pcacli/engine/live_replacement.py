"""Putting a copy of a whole store in the place of a live one, while other processes use it.

Writers are kept out, and CRLs that are being published are waited for. Who reads meanwhile sees either state, never a
mixture. The records change in one transaction, and the key file holds the keys of both states until it is committed,
so that a process that is killed leaves a store that opens.
"""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path

from pcacli.engine import publication
from pcacli.engine.home import BUCKETS, Home
from pcacli.engine.keys import key_encryption
from pcacli.engine.keys.source import LOCK
from pcacli.engine.progress import Phase, Progress, unwatched
from pcacli.engine.store import sqlite, sqlite_copies
from pcacli.engine.store.port import Store
from pcacli.errors import PcaError

_REPLACING = Phase("Replacing the records", in_bytes=True)


def replace(home: Home, database: Path, parts: Path, aside: Path, progress: Progress = unwatched) -> None:
    """Replace the records by those of a database, and the key file and the buckets by those in the folder `parts`.

    Without a key file there the key stays. The buckets that were there go to the folder `aside`.

    Raises:
        DamagedStore: the live store is damaged.
        OSError: a file cannot be moved or written.
    """
    with closing(sqlite.open_store(home.directory)) as store:
        source = home.key_source(store)
        with store.exclusive(LOCK, wait=True), nothing_being_published(store), store.alone() as connection:
            new_file = parts / key_encryption.FILE_NAME
            new_keys = key_encryption.read_keys(new_file) if new_file.exists() else []
            if new_keys:
                key_encryption.write_keys(source.key_file, [*_usable_keys(source.key_file), *new_keys])
            sqlite_copies.copy_in(database, connection, partial(progress, _REPLACING))
            if new_keys:
                key_encryption.write_keys(source.key_file, new_keys)
            swap_buckets(home, parts, aside)
        # The copy may be older than this program.
        store.upgrade()
        source.drop_unused()


def swap_buckets(home: Home, parts: Path, aside: Path) -> None:
    """Move the buckets of a store aside, and those in a folder to their place."""
    live = home.directory / BUCKETS
    if live.exists():
        live.rename(aside / BUCKETS)
    if (parts / BUCKETS).exists():
        (parts / BUCKETS).rename(live)


@contextmanager
def nothing_being_published(store: Store) -> Iterator[None]:
    """Wait for every CRL that is being published, and let no other be begun.

    Who finds a CRL's lock taken leaves the publishing to its holder, so publish what is due afterwards.
    """
    with store.read() as snapshot:
        arns = [authority.arn for authority in snapshot.authorities()]
        partitions = [partition.partition_id for arn in arns for partition in snapshot.crl_partitions(arn)]
    with ExitStack() as locks:
        for crl_id in (*(arn.authority_id for arn in arns), *partitions):
            locks.enter_context(store.exclusive(publication.lock_name(crl_id), wait=True))
        yield


def _usable_keys(file: Path) -> list[bytes]:
    """Return the keys in the live key file; one that is damaged or gone opens nothing and need not be kept."""
    try:
        return key_encryption.read_keys(file)
    except PcaError:
        return []
