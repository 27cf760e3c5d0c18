"""A store directory: what lies in it, how it is made, and how the embedded authority opens it.

```
authority.db               the records (store/sqlite.py)
key-encryption.key         the key under which private keys are encrypted, unless a passphrase protects them (keys/)
buckets/<bucket>/<key>     CRLs and audit reports (artifacts/directory.py), unless the store is set to use S3
locks/                     locks of work that is done once at a time
snapshots/<name>/          saved states of a test store (snapshots.py)
replaced-<time>/           what a restore has put aside (restoring.py)
```
"""

from contextlib import closing
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pcacli.engine import files
from pcacli.engine.call import Parts
from pcacli.engine.context import Context
from pcacli.engine.keys import key_encryption
from pcacli.engine.store import locks, sqlite
from pcacli.engine.store.port import MissingStore, Store
from pcacli.engine.store.sqlite_schema import MIGRATIONS
from pcacli.engine.store_home import Notify, StoreHome

if TYPE_CHECKING:
    from pcacli.engine.artifacts.directory import DirectoryArtifacts
    from pcacli.engine.snapshots import Snapshots

BUCKETS = "buckets"


class Home(StoreHome[Store]):
    """A store directory, which may not be there yet."""

    schema = len(MIGRATIONS)

    def __init__(
        self,
        directory: Path,
        *,
        create_buckets: bool = True,
        aws_profile: str | None = None,
        passphrase_file: Path | None = None,
        pin_file: Path | None = None,
    ) -> None:
        super().__init__(
            create_buckets=create_buckets,
            aws_profile=aws_profile,
            key_file=directory / key_encryption.FILE_NAME,
            passphrase_file=passphrase_file,
            pin_file=pin_file,
        )
        self.directory = directory

    @property
    def location(self) -> str:
        """The directory."""
        return str(self.directory)

    @cached_property
    def buckets(self) -> "DirectoryArtifacts":
        """The directories that stand for buckets, used unless the store is set to use S3."""
        from pcacli.engine.artifacts.directory import DirectoryArtifacts

        return DirectoryArtifacts(self.directory / BUCKETS, create_buckets=self._create_buckets)

    def create(self, *, test: bool = False) -> bool:
        """Make the store, or a test store, unless it is there; return whether it was made."""
        made = False
        try:
            store: Store = sqlite.open_store(self.directory)
        except MissingStore:
            store, made = self._create_alone(test=test)
        with closing(store):
            if test:
                self._refuse_ordinary(store)
        return made

    def open_or_await_first_use(self, context: Context, notify: Notify) -> Parts:
        """Open the default store; one that is missing reads as empty and is made by the first change."""
        try:
            present = sqlite.open_store(self.directory)
            return self._parts(present, self._key_finder(present), lambda: self.buckets, context, notify)
        except MissingStore:
            from pcacli.engine.first_use import FirstUseStore

        def make() -> Store:
            if self.create():
                notify(f"Created a store for the embedded authority in {self.directory}")
            return sqlite.open_store(self.directory)

        store = FirstUseStore(make)
        find_key = self._key_finder(store)

        def key_encryption_key() -> bytes:
            store.made()
            return find_key()

        return self._parts(store, key_encryption_key, lambda: self.buckets, context, notify)

    def create_bucket(self, name: str) -> str:
        """Make a bucket, and the store if it is not there, and return the bucket's directory."""
        self._refuse_buckets_in_s3()
        self.buckets.check(name)
        self.create()
        self.buckets.create_bucket(name)
        return str(self.directory / BUCKETS / name)

    def bucket_names(self) -> list[str]:
        """Return the names of the buckets that are there, sorted."""
        self._refuse_buckets_in_s3()
        return self.buckets.bucket_names()

    def snapshots(self) -> "Snapshots":
        """Return the snapshots of the test store."""
        from pcacli.engine.snapshots import Snapshots

        return Snapshots(self)

    def reset(self) -> None:
        """Empty the test store: no CA, no bucket, real time, no faults. Key, snapshots and what was chosen stay."""
        self.snapshots().reset()

    def _create_alone(self, *, test: bool) -> tuple[Store, bool]:
        """Make the store while no other process makes or restores one here; return it and whether it was made."""
        with files.file_problems(self.directory):
            files.make_private_directory(self.directory)
            with locks.hold_folder(self.directory):
                try:
                    return sqlite.open_store(self.directory), False
                except MissingStore:
                    # The key first: a store without one could never open the keys of its CAs.
                    settings = self._settings_of_new_store(test=test)
                return sqlite.create(self.directory, settings=settings), True

    def _open_store(self) -> Store:
        return sqlite.open_store(self.directory)

    def _own_buckets(self, _store: Store) -> "DirectoryArtifacts":
        return self.buckets

    def _refuse_buckets_in_s3(self) -> None:
        try:
            with closing(sqlite.open_store(self.directory)) as store:
                self._refuse_s3(store)
        except MissingStore:
            return
