"""Where a store of the embedded authority lives, with its keys and buckets: what a directory and a database share."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from pcacli.engine import store_kind
from pcacli.engine.artifacts.chosen import ChosenArtifacts
from pcacli.engine.call import Parts
from pcacli.engine.context import Context
from pcacli.engine.keys import key_encryption
from pcacli.engine.keys.chosen import ChosenKeys
from pcacli.engine.keys.software import SoftwareKeyStore
from pcacli.engine.store.port import MissingStore, Store
from pcacli.errors import ConfigurationProblem

if TYPE_CHECKING:
    from pcacli.engine.artifacts.port import Artifacts
    from pcacli.engine.endpoint_setting import Endpoint
    from pcacli.engine.keys.source import KeySource
    from pcacli.engine.snapshots import Snapshots

Notify = Callable[[str], None]
OwnStore = TypeVar("OwnStore", bound=Store)


class StoreHome(ABC, Generic[OwnStore]):
    """A place for one store, which may not be there yet.

    `create_buckets` says whether writing to a bucket makes it. The profile is where credentials for S3 and AWS KMS come
    from. `key_file` holds the key-encryption key, `passphrase_file` the passphrase of a store that has one instead; a
    new store has one if that file is given. `pin_file` holds the PIN of the PKCS #11 token in which keys are.
    """

    def __init__(
        self,
        *,
        create_buckets: bool,
        aws_profile: str | None,
        key_file: Path | None,
        passphrase_file: Path | None,
        pin_file: Path | None,
    ) -> None:
        self._create_buckets = create_buckets
        self._key_file = key_file
        self._aws_profile = aws_profile
        self._passphrase_file = passphrase_file
        self._pin_file = pin_file

    @property
    @abstractmethod
    def location(self) -> str:
        """What stands behind `local:` in the endpoint that names this place."""

    @property
    @abstractmethod
    def schema(self) -> int:
        """The version of the schema that this program writes here."""

    @abstractmethod
    def create(self, *, test: bool = False) -> bool:
        """Make the store, or a test store, unless it is there; return whether it was made.

        Raises:
            ConfigurationProblem: it cannot be made or belongs to a newer pcacli, or a test store is wanted and an
                ordinary one is there.
            DamagedStore: what is there is damaged; it is left as it is.
        """

    @abstractmethod
    def create_bucket(self, name: str) -> str:
        """Make a bucket and return where it is; in a directory the store is made, too, if it is not there.

        Raises:
            BucketProblem: the name is not one, or the bucket cannot be made.
            ConfigurationProblem: the buckets of the store are in S3.
        """

    @abstractmethod
    def bucket_names(self) -> list[str]:
        """Return the names of the buckets that are there, sorted.

        Raises:
            ConfigurationProblem: the buckets of the store are in S3.
        """

    @abstractmethod
    def snapshots(self) -> "Snapshots":
        """Return the snapshots of the test store.

        Raises:
            ConfigurationProblem: none can be made here.
        """

    @abstractmethod
    def reset(self) -> None:
        """Empty the test store: no CA, no bucket, real time, no faults. Key, snapshots and what was chosen stay."""

    @abstractmethod
    def _open_store(self) -> OwnStore:
        """Open the store.

        Raises:
            MissingStore: there is none.
        """

    @abstractmethod
    def _own_buckets(self, store: OwnStore) -> "Artifacts":
        """Return the buckets that are here, used unless the store is set to use S3."""

    def open(self, context: Context, notify: Notify) -> Parts:
        """Open a store that was made by `local init`.

        Raises:
            ConfigurationProblem: there is no store here.
        """
        store = self._present_store()
        return self._parts(store, self._key_finder(store), lambda: self._own_buckets(store), context, notify)

    def open_or_await_first_use(self, context: Context, notify: Notify) -> Parts:
        """Open the store; where one may be made in passing, it reads as empty and is made by the first change.

        Raises:
            ConfigurationProblem: there is no store here, and only `local init` makes one.
        """
        return self.open(context, notify)

    def key_source(self, store: Store) -> "KeySource":
        """Return where the key-encryption key of the store comes from."""
        from pcacli.engine.keys.source import KeySource

        return KeySource(store, self._key_file, self._passphrase_file)

    def _present_store(self) -> OwnStore:
        """Open the store.

        Raises:
            ConfigurationProblem: there is none.
        """
        try:
            return self._open_store()
        except MissingStore as missing:
            raise ConfigurationProblem(
                f"There is no store in {self.location}. "
                f"Create one with: pcacli local init --endpoint-url local:{self.location}"
            ) from missing

    def _key_finder(self, store: Store) -> Callable[[], bytes]:
        """Return what finds the key-encryption key; most commands never ask, and then nothing is imported for it."""
        source = cache(lambda: self.key_source(store))
        return lambda: source().current()

    def _settings_of_new_store(self, *, test: bool) -> tuple[tuple[str, str], ...]:
        """Make a key-encryption key, or derive one, and return the settings of a store that uses it."""
        from pcacli.engine.keys.source import key_for_file, key_from_passphrase, named

        if self._passphrase_file is None:
            new_key = key_for_file(key_encryption.create_key(named(self._key_file)))
        else:
            from pcacli.engine.keys.passphrase import read_passphrase

            new_key = key_from_passphrase(read_passphrase(self._passphrase_file))
        return (new_key.protection.setting, *(store_kind.SETTINGS_OF_TEST_STORE if test else ()))

    def _refuse_ordinary(self, store: Store) -> None:
        """Make sure that a store that is there and ought to be a test store is one.

        Raises:
            ConfigurationProblem: it is an ordinary one.
        """
        if not store_kind.is_test_store(store):
            raise ConfigurationProblem(
                f"The store in {self.location} is an ordinary one and cannot become a test store."
            )

    def _refuse_s3(self, store: Store) -> None:
        """Make sure that the buckets of the store are here.

        Raises:
            ConfigurationProblem: they are in S3.
        """
        endpoint = _s3_endpoint(store)
        if endpoint is not None:
            raise ConfigurationProblem(
                f"The buckets of the store in {self.location} are in S3 ({endpoint.url or 'AWS'}); "
                "create and list them there."
            )

    def _parts(
        self,
        store: Store,
        key_encryption_key: Callable[[], bytes],
        own_buckets: "Callable[[], Artifacts]",
        context: Context,
        notify: Notify,
    ) -> Parts:
        try:
            is_test_store = store_kind.is_test_store(store)
        except BaseException:
            store.close()
            raise
        if is_test_store:
            from pcacli.engine import clock

            context = context._replace(now=clock.moved(context.now, store))
        artifacts = ChosenArtifacts(lambda: self._s3_buckets(store) or own_buckets())
        keys = ChosenKeys(store, SoftwareKeyStore(key_encryption_key), self._pin_file, self._aws_profile)
        return Parts(store, keys, artifacts, context, notify, is_test_store)

    def _s3_buckets(self, store: Store) -> "Artifacts | None":
        """Return the buckets of the S3 endpoint that the store is set to use, None if it uses its own."""
        endpoint = _s3_endpoint(store)
        if endpoint is None:
            return None
        from pcacli.engine.artifacts.s3 import S3Artifacts

        return S3Artifacts(endpoint, self._aws_profile)


def _s3_endpoint(store: Store) -> "Endpoint | None":
    """Return the S3 endpoint that the store is set to, None if its buckets are at home."""
    from pcacli.engine.endpoint_setting import S3

    with store.read() as snapshot:
        return S3.read(snapshot)
