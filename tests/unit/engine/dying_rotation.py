"""A rotation of the key-encryption key whose process ends on the way.

    python -m tests.unit.engine.dying_rotation STORE PASSPHRASE_FILE KEY MOMENT

The new key is for a `file` or from the `passphrase` in that file; the process ends `before` or `after` the commit.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from pcacli.engine.key_rotation import rotate
from pcacli.engine.keys import key_encryption
from pcacli.engine.keys.passphrase import Derivation
from pcacli.engine.keys.source import KeySource, NewKey, key_for_file, key_from_passphrase
from pcacli.engine.store import sqlite

DIED = 17
"""The exit code of the process."""

PASSPHRASE = b"correct horse"


def cheap() -> Derivation:
    """Return how a passphrase becomes a key in no time."""
    return Derivation(os.urandom(16), 2, 8, 1)


class DyingStore(sqlite.SQLiteStore):
    """A store whose process ends when it begins to write."""

    def write(self) -> NoReturn:
        os._exit(DIED)


class DyingSource(KeySource):
    """A source of keys whose process ends when it ought to tidy up."""

    def drop_unused(self) -> NoReturn:
        os._exit(DIED)


KEYS: dict[str, Callable[[], NewKey]] = {
    "file": lambda: key_for_file(key_encryption.new_key()),
    "passphrase": lambda: key_from_passphrase(PASSPHRASE, cheap),
}
STORES: dict[str, type[sqlite.SQLiteStore]] = {"before": DyingStore, "after": sqlite.SQLiteStore}


if __name__ == "__main__":
    directory, passphrase_file = map(Path, sys.argv[1:3])
    new_key, opened = KEYS[sys.argv[3]], STORES[sys.argv[4]]
    store = opened(directory)
    rotate(store, DyingSource(store, directory / key_encryption.FILE_NAME, passphrase_file), new_key())
