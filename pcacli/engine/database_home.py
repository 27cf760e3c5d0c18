"""A store on a PostgreSQL database: any number of machines use it, and none of them keeps anything of it.

Records and buckets are in the database. The key-encryption key is in a file that each machine has, or derived from
a passphrase that each machine knows; the store holds the identifier of the key, so that a strange one is refused.
"""

from contextlib import closing
from pathlib import Path
from typing import NoReturn

from pcacli.engine import lasting_settings
from pcacli.engine.store_home import StoreHome
from pcacli.errors import ConfigurationProblem

try:
    from pcacli.engine.artifacts.postgresql import PostgreSQLArtifacts
    from pcacli.engine.store import postgresql, postgresql_schema
except ModuleNotFoundError as missing:
    raise ConfigurationProblem(
        "A store on PostgreSQL needs one more library; install it with: pip install 'pcacli[postgres]'"
    ) from missing


class DatabaseHome(StoreHome[postgresql.PostgreSQLStore]):
    """A database, in which a store may not be there yet."""

    schema = len(postgresql_schema.MIGRATIONS)

    def __init__(
        self,
        url: str,
        *,
        create_buckets: bool = True,
        aws_profile: str | None = None,
        key_file: Path | None = None,
        passphrase_file: Path | None = None,
        pin_file: Path | None = None,
    ) -> None:
        super().__init__(
            create_buckets=create_buckets,
            aws_profile=aws_profile,
            key_file=key_file,
            passphrase_file=passphrase_file,
            pin_file=pin_file,
        )
        self._url = url

    @property
    def location(self) -> str:
        """The URL of the database, in which there is no password."""
        return self._url

    def create(self, *, test: bool = False) -> bool:
        """Make the store, or a test store, or bring an older one forward; return whether it was made."""
        with closing(postgresql.PostgreSQLStore(self._url)) as store:
            made = store.set_up(lambda: self._settings_of_new_store(test=test))
            if test:
                self._refuse_ordinary(store)
            # Who sets a machine up learns here and not with the first certificate that it has the wrong key.
            self.key_source(store).current()
        return made

    def create_bucket(self, name: str) -> str:
        """Make a bucket and return its name."""
        with closing(self._present_store()) as store:
            self._refuse_s3(store)
            self._own_buckets(store).create_bucket(name)
        return name

    def bucket_names(self) -> list[str]:
        """Return the names of the buckets that are there, sorted."""
        with closing(self._present_store()) as store:
            self._refuse_s3(store)
            return self._own_buckets(store).bucket_names()

    def snapshots(self) -> NoReturn:
        """Refuse: a snapshot is a copy of a directory.

        Raises:
            ConfigurationProblem: always.
        """
        raise ConfigurationProblem(
            "Snapshots are for test stores in folders; a database has its own tools for that (pg_dump, CREATE DATABASE "
            "… TEMPLATE). Make a test store with: pcacli local init --test --endpoint-url local:/path/of/store"
        )

    def reset(self) -> None:
        """Empty the test store: no CA, no bucket, real time, no faults. Key and what was chosen stay."""
        from pcacli.engine.publication import nothing_being_published

        with closing(self._present_store()) as store, nothing_being_published(store):
            store.clear(keep=lasting_settings.NAMES)

    def _open_store(self) -> postgresql.PostgreSQLStore:
        return postgresql.open_store(self._url)

    def _own_buckets(self, store: postgresql.PostgreSQLStore) -> PostgreSQLArtifacts:
        return PostgreSQLArtifacts(store, create_buckets=self._create_buckets)
