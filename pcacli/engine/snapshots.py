"""Snapshots of a test store: its database, key and buckets, saved under a name and put back as they were.

```
snapshots/<name>/authority.db, key-encryption.key, buckets/
```

Saving and loading keep writers out, and loading waits for CRLs that are being published. What reads meanwhile sees
either state, never a mixture. Files are copied and not linked, because tests like to spoil files where they lie.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from pcacli.engine import lasting_settings, live_replacement
from pcacli.engine.files import UNFINISHED, file_problem, make_private_directory
from pcacli.engine.home import BUCKETS, Home
from pcacli.engine.live_replacement import Replacement, copy_key
from pcacli.engine.store import sqlite, sqlite_copies
from pcacli.errors import ConfigurationProblem, UsageProblem

_FOLDER = "snapshots"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_UNFINISHED = shutil.ignore_patterns(UNFINISHED)


class Saved(NamedTuple):
    """A snapshot and when it was saved, in real time."""

    name: str
    saved_at: datetime


class Snapshots:
    """The snapshots of one test store."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._directory = home.directory
        self._folder = home.directory / _FOLDER

    def saved(self) -> list[Saved]:
        """Return all snapshots, the oldest first."""
        if not self._folder.exists():
            return []
        found = [
            Saved(entry.name, datetime.fromtimestamp(entry.stat().st_mtime, UTC))
            for entry in self._folder.iterdir()
            if not entry.name.startswith(".")
        ]
        return sorted(found, key=lambda one: (one.saved_at, one.name))

    def save(self, name: str) -> None:
        """Save the store under a name, in place of an older snapshot of that name.

        Raises:
            UsageProblem: the name cannot be that of a snapshot.
            PcaError: the store cannot be read, or the copy cannot be written.
        """
        place = self._place(name)
        with self._scratch() as scratch, closing(sqlite.open_store(self._directory)) as store:
            copy, old = scratch / "copy", scratch / "old"
            make_private_directory(copy)
            with store.alone() as connection:
                sqlite_copies.copy_out(connection, copy / sqlite.FILE_NAME)
                copy_key(self._directory, copy)
                _copy_folder(self._directory / BUCKETS, copy / BUCKETS)
            if place.exists():
                place.rename(old)
            copy.rename(place)

    def load(self, name: str) -> None:
        """Put the store back into the state of a snapshot: records, key, buckets, clock and faults.

        Raises:
            ConfigurationProblem: there is no such snapshot.
        """
        place = self._existing(name)
        with self._scratch() as scratch:
            parts, aside = scratch / "parts", scratch / "aside"
            make_private_directory(parts)
            make_private_directory(aside)
            shutil.copy2(place / sqlite.FILE_NAME, parts)
            _copy_folder(place / BUCKETS, parts / BUCKETS)
            copy_key(place, parts)
            live_replacement.replace(self._home, Replacement(parts / sqlite.FILE_NAME, parts, aside))

    def delete(self, name: str) -> None:
        """Delete a snapshot.

        Raises:
            ConfigurationProblem: there is no such snapshot.
        """
        place = self._existing(name)
        with self._scratch() as scratch:
            place.rename(scratch / "old")

    def reset(self) -> None:
        """Empty the store: no CA, no bucket, real time, no faults. Key, snapshots and what was chosen stay."""
        with self._scratch() as scratch:
            empty = scratch / "empty"
            with (
                closing(sqlite.open_store(self._directory)) as store,
                closing(sqlite.create(empty)) as new,
                store.read() as snapshot,
                new.write() as transaction,
            ):
                for name in lasting_settings.NAMES:
                    transaction.put_setting(name, snapshot.setting(name))
            live_replacement.replace(self._home, Replacement(empty / sqlite.FILE_NAME, empty, scratch))

    def _place(self, name: str) -> Path:
        if _NAME.fullmatch(name) is None:
            raise UsageProblem(f"{name!r} cannot be the name of a snapshot: letters, digits, dots, - and _ can.")
        return self._folder / name

    def _existing(self, name: str) -> Path:
        place = self._place(name)
        if not place.exists():
            names = ", ".join(one.name for one in self.saved()) or "none"
            raise ConfigurationProblem(f"There is no snapshot {name}; there are: {names}.")
        return place

    @contextmanager
    def _scratch(self) -> Iterator[Path]:
        """Yield a folder beside the snapshots that is gone after the block, with what was put into it."""
        scratch = self._folder / f".{os.urandom(8).hex()}.new"
        try:
            make_private_directory(self._folder)
            scratch.mkdir(mode=0o700)
            yield scratch
        except OSError as error:
            raise file_problem(error.filename or self._folder, "used", error) from error
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


def _copy_folder(source: Path, target: Path) -> None:
    if source.exists():
        shutil.copytree(source, target, symlinks=True, ignore=_UNFINISHED)
