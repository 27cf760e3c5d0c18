"""A store directory: what lies in it, how it is made, and how the embedded authority opens it.

```
authority.db               the records (store/sqlite.py)
key-encryption.key         the key under which private keys are encrypted (keys/key_encryption.py)
buckets/<bucket>/<key>     CRLs and audit reports (artifacts/directory.py), unless the store is set to use S3
locks/                     locks of work that is done once at a time
snapshots/<name>/          saved states of a test store (snapshots.py)
```
"""

from collections.abc import Callable
from contextlib import closing
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pcacli.engine import files, store_kind
from pcacli.engine.artifacts.chosen import ChosenArtifacts
from pcacli.engine.call import Parts
from pcacli.engine.context import Context
from pcacli.engine.keys import key_encryption
from pcacli.engine.keys.software import SoftwareKeyStore
from pcacli.engine.store import sqlite
from pcacli.engine.store.port import MissingStore, Store
from pcacli.errors import ConfigurationProblem

if TYPE_CHECKING:
    from pcacli.engine.artifacts.directory import DirectoryArtifacts
    from pcacli.engine.artifacts.port import Artifacts
    from pcacli.engine.s3_setting import S3Endpoint

BUCKETS = "buckets"

Notify = Callable[[str], None]


class Home:
    """A store directory, which may not be there yet. The profile is where credentials for S3 come from."""

    def __init__(self, directory: Path, *, create_buckets: bool = True, aws_profile: str | None = None) -> None:
        self.directory = directory
        self._create_buckets = create_buckets
        self._aws_profile = aws_profile

    @cached_property
    def buckets(self) -> "DirectoryArtifacts":
        """The directories that stand for buckets, used unless the store is set to use S3."""
        from pcacli.engine.artifacts.directory import DirectoryArtifacts

        return DirectoryArtifacts(self.directory / BUCKETS, create_buckets=self._create_buckets)

    def create(self, *, test: bool = False) -> bool:
        """Make the store, or a test store, unless it is there; return whether it was made.

        Raises:
            ConfigurationProblem: the directory cannot be made or belongs to a newer pcacli, or a test store is wanted
                and an ordinary one is there.
            DamagedStore: what is there is damaged; it is left as it is.
        """
        made = False
        try:
            store = sqlite.open_store(self.directory)
        except MissingStore:
            # The key first: a store without one could never open the keys of its CAs.
            files.make_private_directory(self.directory)
            key_encryption.create_key(self._key_file)
            store = sqlite.create(self.directory, settings=store_kind.SETTINGS_OF_TEST_STORE if test else ())
            made = True
        with closing(store):
            if test and not store_kind.is_test_store(store):
                raise ConfigurationProblem(
                    f"The store in {self.directory} is an ordinary one and cannot become a test store."
                )
        return made

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
        try:
            is_test_store = store_kind.is_test_store(store)
        except BaseException:
            store.close()
            raise
        if is_test_store:
            from pcacli.engine import clock

            context = context._replace(now=clock.moved(context.now, store))
        artifacts = ChosenArtifacts(lambda: self._buckets_of(store))
        return Parts(store, SoftwareKeyStore(key_encryption_key), artifacts, context, notify, is_test_store)

    def refuse_s3(self) -> None:
        """Make sure that the buckets of the store are directories.

        Raises:
            ConfigurationProblem: they are in S3.
        """
        try:
            with closing(sqlite.open_store(self.directory)) as store:
                endpoint = _s3_endpoint(store)
        except MissingStore:
            return
        if endpoint is not None:
            raise ConfigurationProblem(
                f"The buckets of the store in {self.directory} are in S3 ({endpoint.url or 'AWS'}); "
                "create and list them there."
            )

    def _buckets_of(self, store: Store) -> "Artifacts":
        """Return the S3 endpoint that the store is set to use, else its directories."""
        endpoint = _s3_endpoint(store)
        if endpoint is None:
            return self.buckets
        from pcacli.engine.artifacts.s3 import S3Artifacts

        return S3Artifacts(endpoint, self._aws_profile)


def _s3_endpoint(store: Store) -> "S3Endpoint | None":
    """Return the S3 endpoint that the store is set to, None if its buckets are directories."""
    from pcacli.engine import s3_setting

    with store.read() as snapshot:
        return s3_setting.read(snapshot)
