"""A store directory: what lies in it, how it is made, and how the embedded authority opens it.

```
authority.db               the records (store/sqlite.py)
key-encryption.key         the key under which private keys are encrypted (keys/key_encryption.py)
buckets/<bucket>/<key>     CRLs and audit reports (artifacts/directory.py)
locks/                     locks of work that is done once at a time
```
"""

from collections.abc import Callable
from pathlib import Path

from pcacli.engine import files
from pcacli.engine.artifacts.directory import DirectoryArtifacts
from pcacli.engine.call import Parts
from pcacli.engine.context import Context
from pcacli.engine.keys import key_encryption
from pcacli.engine.keys.software import SoftwareKeyStore
from pcacli.engine.store import sqlite
from pcacli.engine.store.port import MissingStore, Store
from pcacli.errors import ConfigurationProblem

BUCKETS = "buckets"

Notify = Callable[[str], None]


class Home:
    """A store directory, which may not be there yet."""

    def __init__(self, directory: Path, *, create_buckets: bool = True) -> None:
        self.directory = directory
        self.buckets = DirectoryArtifacts(directory / BUCKETS, create_buckets=create_buckets)

    def create(self) -> bool:
        """Make the store unless it is there; return whether it was made.

        Raises:
            ConfigurationProblem: the directory cannot be made or belongs to a newer pcacli.
            DamagedStore: what is there is damaged; it is left as it is.
        """
        try:
            sqlite.open_store(self.directory).close()
        except MissingStore:
            # The key first: a store without one could never open the keys of its CAs.
            files.make_private_directory(self.directory)
            key_encryption.create_key(self._key_file)
            sqlite.create(self.directory).close()
            return True
        return False

    def open(self, context: Context, notify: Notify) -> Parts:
        """Open a store that was made by `local init`.

        Raises:
            ConfigurationProblem: there is no store in this directory.
        """
        try:
            store = sqlite.open_store(self.directory)
        except MissingStore as missing:
            raise ConfigurationProblem(
                f"There is no store in {self.directory}. "
                f"Create one with: pcacli local init --endpoint-url local:{self.directory}"
            ) from missing
        return self._parts(store, self._read_key, context, notify)

    def open_or_await_first_use(self, context: Context, notify: Notify) -> Parts:
        """Open the default store; one that is missing reads as empty and is made by the first change."""
        try:
            return self._parts(sqlite.open_store(self.directory), self._read_key, context, notify)
        except MissingStore:
            from pcacli.engine.first_use import FirstUseStore

        def make() -> Store:
            if self.create():
                notify(f"Created a store for the embedded authority in {self.directory}")
            return sqlite.open_store(self.directory)

        store = FirstUseStore(make)

        def read_key() -> bytes:
            store.made()
            return self._read_key()

        return self._parts(store, read_key, context, notify)

    @property
    def _key_file(self) -> Path:
        return self.directory / key_encryption.FILE_NAME

    def _read_key(self) -> bytes:
        return key_encryption.read_key(self._key_file)

    def _parts(self, store: Store, key_encryption_key: Callable[[], bytes], context: Context, notify: Notify) -> Parts:
        return Parts(store, SoftwareKeyStore(key_encryption_key), self.buckets, context, notify)
