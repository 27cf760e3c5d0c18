"""Which store of the embedded authority the settings mean, and what it takes to open it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pcacli.engine.store_home import StoreHome
from pcacli.service.endpoints import Local, backend_of
from pcacli.service.settings import Settings


class StorePlace(NamedTuple):
    """A database or, without one, a directory.

    `key_file` holds the key-encryption key of a store on a database; in a directory it has its own name.
    `passphrase_file` is what protects the keys of a store that has a passphrase, `aws_profile` where credentials come
    from if the buckets are in S3 or the keys in AWS KMS. `pin_file` holds the PIN of a PKCS #11 token with the keys.
    """

    directory: Path
    database_url: str | None = None
    key_file: Path | None = None
    passphrase_file: Path | None = None
    aws_profile: str | None = None
    pin_file: Path | None = None

    @classmethod
    def from_settings(cls, settings: Settings) -> "StorePlace":
        """Return the store that the endpoint names if it is a `local:` one, else the default store."""
        backend = backend_of(settings.endpoint_url)
        named = backend if isinstance(backend, Local) else Local()
        return cls(
            named.directory or settings.default_directory,
            named.database_url,
            settings.key_file,
            settings.passphrase_file,
            settings.profile,
            settings.pkcs11_pin_file,
        )

    @classmethod
    def from_members(cls, members: Mapping[str, str | None]) -> "StorePlace":
        """Read a place that was written as members."""
        return cls(
            Path(members["directory"] or ""),
            members["database_url"],
            _path(members["key_file"]),
            _path(members["passphrase_file"]),
            members["aws_profile"],
            _path(members["pin_file"]),
        )

    def members(self) -> dict[str, str | None]:
        """Write the place as JSON takes it."""
        return {name: None if value is None else str(value) for name, value in self._asdict().items()}

    def home(self, *, create_buckets: bool = True) -> StoreHome[Any]:
        """Return what is at the place, or will be.

        Raises:
            ConfigurationProblem: a library is missing.
        """
        if self.database_url is not None:
            from pcacli.engine.database_home import DatabaseHome

            return DatabaseHome(
                self.database_url,
                create_buckets=create_buckets,
                aws_profile=self.aws_profile,
                key_file=self.key_file,
                passphrase_file=self.passphrase_file,
                pin_file=self.pin_file,
            )
        from pcacli.engine.home import Home

        return Home(
            self.directory,
            create_buckets=create_buckets,
            aws_profile=self.aws_profile,
            passphrase_file=self.passphrase_file,
            pin_file=self.pin_file,
        )


def _path(text: str | None) -> Path | None:
    return None if text is None else Path(text)
