"""Where a store's key-encryption key comes from: the key file, or a passphrase. A setting of the store says which.

The setting also has the key's identifier, so that a wrong passphrase and a strange key file are told from damage, and
so that of the two keys that the file holds while the key is being replaced the one that counts is known.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from pcacli.engine.keys import key_encryption
from pcacli.engine.keys.passphrase import VARIABLE, Derivation, derivation, new_derivation, read_passphrase
from pcacli.engine.store.port import Snapshot, Store
from pcacli.errors import ConfigurationProblem, DamagedStore

SETTING = "key_encryption"
"""The name of the setting."""
KEY_FILE_VARIABLE = "PCACLI_KEY_FILE"
"""The variable of the environment that names the key file of a store on a database."""
LOCK = "key-encryption"
"""The lock under which the key is replaced or copied."""


class Protection(NamedTuple):
    """How a store's secrets are protected: the key's identifier and its derivation, None if it lies in the key file."""

    key_id: str
    derivation: Derivation | None

    @property
    def setting(self) -> tuple[str, str]:
        """The setting, as name and value."""
        members = None if self.derivation is None else self.derivation.members()
        return SETTING, json.dumps({"key_id": self.key_id, "scrypt": members})


class NewKey(NamedTuple):
    """A key-encryption key and the protection to be kept of it."""

    key: bytes
    protection: Protection

    def __repr__(self) -> str:
        """Show which key it is and not the key."""
        return f"NewKey({self.protection.key_id})"


def key_for_file(key: bytes) -> NewKey:
    """Return a key that lies, or is to lie, in the key file."""
    return NewKey(key, Protection(key_encryption.key_id(key), None))


def key_from_passphrase(passphrase: bytes, parameters: Callable[[], Derivation] = new_derivation) -> NewKey:
    """Derive a key; the same passphrase gives another one each time."""
    chosen = parameters()
    key = chosen.key(passphrase)
    return NewKey(key, Protection(key_encryption.key_id(key), chosen))


def protection(snapshot: Snapshot) -> Protection | None:
    """Return how a store's secrets are protected; None means by the first key in the key file.

    Raises:
        DamagedStore: the setting cannot be read.
    """
    value = snapshot.setting(SETTING)
    if value is None:
        return None
    try:
        members = json.loads(value)
        parameters = members["scrypt"]
        return Protection(members["key_id"], None if parameters is None else derivation(parameters))
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedStore("The setting that says how the store's keys are protected is damaged.") from error


def has_passphrase(snapshot: Snapshot) -> bool:
    """Tell whether a passphrase protects a store's secrets, not a key file."""
    found = protection(snapshot)
    return found is not None and found.derivation is not None


def named(key_file: Path | None) -> Path:
    """Return the key file, which nothing but a setting names if the store is on a database.

    Raises:
        ConfigurationProblem: it does not.
    """
    if key_file is None:
        raise ConfigurationProblem(
            "The key-encryption key of a store on a database is kept outside of it: "
            f"{KEY_FILE_VARIABLE} must name the file, which pcacli local init makes with the store."
        )
    return key_file


class KeySource:
    """Finds the key-encryption key of a store whenever it is asked.

    A derived key is kept for as long as the process lives, since deriving it again would take a third of a second.
    """

    def __init__(self, store: Store, key_file: Path | None, passphrase_file: Path | None) -> None:
        self._key_file = key_file
        self._store = store
        self._passphrase_file = passphrase_file
        self._derived: dict[Protection, bytes] = {}

    @property
    def key_file(self) -> Path:
        """The key file.

        Raises:
            ConfigurationProblem: it has no name.
        """
        return named(self._key_file)

    def current(self) -> bytes:
        """Return the key.

        Raises:
            ConfigurationProblem: there is no such key file, or no or the wrong passphrase.
            DamagedStore: the key file is damaged.
        """
        while True:
            wanted = self.protection()
            key = self._find(wanted)
            if key is not None:
                return key
            if self.protection() == wanted:
                raise ConfigurationProblem(f"The key file {self.key_file} holds another key than that of the store.")

    def protection(self) -> Protection | None:
        """Return how the store's secrets are protected at this instant."""
        with self._store.read() as snapshot:
            return protection(snapshot)

    def passphrase(self) -> bytes:
        """Return the passphrase of a store that has one.

        Raises:
            ConfigurationProblem: no file is named, or it has none.
        """
        if self._passphrase_file is None:
            raise ConfigurationProblem(
                f"The keys of this store are protected by a passphrase; {VARIABLE} must name the file that holds it."
            )
        return read_passphrase(self._passphrase_file)

    def keys_in_file(self) -> list[bytes]:
        """Return every key in the key file, none if there is no file.

        Raises:
            ConfigurationProblem: the file cannot be read.
            DamagedStore: it is damaged.
        """
        is_there = self._key_file is not None and self._key_file.exists()
        return key_encryption.read_keys(self.key_file) if is_there else []

    def drop_unused(self) -> None:
        """Leave in the key file no other key than the store's, and no file if that is derived from a passphrase."""
        wanted, found = self.protection(), self.keys_in_file()
        if wanted is None or not found:
            return
        if wanted.derivation is not None:
            self.key_file.unlink()
            return
        kept = [key for key in found if key_encryption.key_id(key) == wanted.key_id]
        if kept and kept != found:
            key_encryption.write_keys(self.key_file, kept)

    def _find(self, wanted: Protection | None) -> bytes | None:
        """Return the key that is wanted, None if the key file does not hold it."""
        if wanted is not None and wanted.derivation is not None:
            return self._derive(wanted, wanted.derivation)
        keys = key_encryption.read_keys(self.key_file)
        if wanted is None:
            return keys[0]
        return next((key for key in keys if key_encryption.key_id(key) == wanted.key_id), None)

    def _derive(self, wanted: Protection, parameters: Derivation) -> bytes:
        key = self._derived.get(wanted)
        if key is None:
            key = parameters.key(self.passphrase())
            if key_encryption.key_id(key) != wanted.key_id:
                raise ConfigurationProblem(f"The passphrase in {self._passphrase_file} is not the one of this store.")
            self._derived = {wanted: key}
        return key
