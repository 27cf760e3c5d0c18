"""Damage a store at random and look whether `pcacli local check` finds it: `python -m tests.crash.damage [OPTIONS]`.

One store with everything in it is copied again and again. In each copy one thing is changed: a value, a row, a CRL, the
key file, or who may use a file. Whatever `check` says, it has to be a finding: never a traceback, and never nothing
unless the thing is one that it does not vouch for (unprotected.py).
"""

import argparse
import os
import shutil
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from unittest.mock import patch

from pcacli.cli.main import run
from pcacli.engine import states
from tests.crash.damaged_store import build
from tests.crash.unprotected import DELETED_AUTHORITY, END_OF_TRAIL, UNPROTECTED
from tests.support.hierarchies import Estate

_LATER_ENTRIES = "SELECT * FROM trail WHERE id > ? AND chain = ?"
_CHARACTERS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Damage(NamedTuple):
    """What was changed: a place such as "certificates.serial", and how."""

    place: str
    how: str


class Checked(NamedTuple):
    """What `local check` said."""

    exit_code: int
    out: str
    err: str

    @property
    def has_found(self) -> bool:
        """Tell whether it has told the damage as it should."""
        return self.exit_code == 1 and bool(self.out) and self.is_sane

    @property
    def is_sane(self) -> bool:
        """Tell whether it has worked to its end."""
        return self.exit_code in (0, 1) and "Traceback" not in self.err and "bug in pcacli" not in self.err


class Bench:
    """A store of which each case gets a copy."""

    def __init__(self, folder: Path, random: Random) -> None:
        self._random = random
        self.pristine = Estate(folder / "pristine")
        build(self.pristine)
        self._copy = Estate.copy_of(self.pristine, folder / "copy")

    def damage(self) -> Damage:
        """Take a new copy and damage it."""
        shutil.rmtree(self._copy.store)
        shutil.copytree(self.pristine.store, self._copy.store)
        (way,) = self._random.choices(list(_WAYS), list(_WAYS.values()))
        return way(self._copy.store, self._random)

    def check(self) -> Checked:
        """Check the copy in this process."""
        out, err = StringIO(), StringIO()
        with patch.dict(os.environ, self._copy.environment, clear=True), redirect_stdout(out), redirect_stderr(err):
            exit_code = run(("local", "check"))
        return Checked(exit_code, out.getvalue(), err.getvalue())


def change_value(store: Path, random: Random) -> Damage:
    """Change one bit of a number or of bytes, or one character of a text, in any row of any table."""
    with closing(_database(store)) as database:
        while True:
            table, columns, row = _row(database, random)
            at = random.choice([at for at, value in enumerate(row) if value not in (None, "", b"")])
            changed = _changed(row[at], random)
            where = " AND ".join(f"{column} IS ?" for column in columns)
            try:
                database.execute(f"UPDATE {table} SET {columns[at]} = ? WHERE {where}", (changed, *row))
            except sqlite3.IntegrityError:
                continue  # Two rows cannot have this value.
            return Damage(f"{table}.{columns[at]}", f"{row[at]!r} became {changed!r}")


def delete_row(store: Path, random: Random) -> Damage:
    """Delete any row of any table, with or without what depends on it."""
    with closing(_database(store)) as database:
        cascades = random.choice(["ON", "OFF"])
        database.execute(f"PRAGMA foreign_keys = {cascades}")
        while True:
            table, columns, row = _row(database, random)
            where = " AND ".join(f"{column} IS ?" for column in columns)
            try:
                database.execute(f"DELETE FROM {table} WHERE {where}", row)
            except sqlite3.IntegrityError:
                continue  # Something depends on it for which there is no rule.
            return Damage(_place_of_row(database, table, row), f"deleted {row!r} (foreign keys {cascades})")


def _place_of_row(database: sqlite3.Connection, table: str, row: tuple[Any, ...]) -> str:
    if table == "trail" and not database.execute(_LATER_ENTRIES, row[:2]).fetchall():
        return END_OF_TRAIL
    if table == "authorities" and states.DELETED in row:
        return DELETED_AUTHORITY
    return f"rows of {table}"


def change_crl(store: Path, random: Random) -> Damage:
    """Change one bit of a CRL."""
    return _change_file(random.choice(_crls(store)), "CRLs", random)


def delete_crl(store: Path, random: Random) -> Damage:
    """Delete a CRL."""
    path = random.choice(_crls(store))
    path.unlink()
    return Damage("CRLs", f"deleted {path.name}")


def change_key_file(store: Path, random: Random) -> Damage:
    """Change one bit of the key file."""
    return _change_file(store / "key-encryption.key", "key file", random)


def delete_key_file(store: Path, _random: Random) -> Damage:
    """Delete the key file."""
    (store / "key-encryption.key").unlink()
    return Damage("key file", "deleted")


def open_to_others(store: Path, random: Random) -> Damage:
    """Give others any right to any file or folder of the store."""
    path = random.choice([store, *sorted(store.rglob("*"))])
    mode = path.stat().st_mode | 1 << random.randrange(6)
    path.chmod(mode)
    return Damage("permissions", f"{path.name}: {mode:o}")


_WAYS: dict[Callable[[Path, Random], Damage], int] = {
    change_value: 70,
    delete_row: 15,
    change_crl: 6,
    delete_crl: 2,
    change_key_file: 3,
    delete_key_file: 1,
    open_to_others: 3,
}
"""What can happen to a store, and how often in comparison."""


def _database(store: Path) -> sqlite3.Connection:
    return sqlite3.connect(store / "authority.db", isolation_level=None)


def _row(database: sqlite3.Connection, random: Random) -> tuple[str, Sequence[str], tuple[Any, ...]]:
    """Return a table, its columns, and one of its rows."""
    tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    while True:
        table = random.choice([name for name in tables if not name.startswith("sqlite_")])
        found = database.execute(f"SELECT * FROM {table}")
        rows = found.fetchall()
        if rows:
            return table, [column for column, *_ in found.description], random.choice(rows)


def _changed(value: Any, random: Random) -> Any:
    if isinstance(value, int):
        return value ^ 1 << random.randrange(value.bit_length() or 1)
    if isinstance(value, bytes):
        at = random.randrange(len(value))
        return value[:at] + bytes((value[at] ^ 1 << random.randrange(8),)) + value[at + 1 :]
    # The last character of base64 before its padding has bits that mean nothing (RFC 4648, section 3.5).
    at = random.choice([at for at in range(len(value)) if "=" not in value[at : at + 2]])
    other = random.choice(_CHARACTERS.replace(value[at], ""))
    return value[:at] + other + value[at + 1 :]


def _change_file(path: Path, place: str, random: Random) -> Damage:
    content = path.read_bytes()
    path.write_bytes(_changed(content, random))
    return Damage(place, f"{path.name}: {len(content)} bytes, of which one was changed")


def _crls(store: Path) -> list[Path]:
    return sorted(store.rglob("*.crl"))


def _violations(damage: Damage, checked: Checked) -> Iterator[str]:
    if not checked.is_sane:
        yield f"{damage}: check has failed: {checked}"
    elif not checked.has_found and damage.place not in UNPROTECTED:
        yield f"{damage}: check has not found it"


def main() -> int:
    """Damage copies until it is enough; return 1 if a damage that had to be found was not."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash.damage")
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--cases", type=int, default=500, help="how often to damage (default: %(default)s)")
    length.add_argument("--minutes", type=float, help="go on for so long, however often that is")
    parser.add_argument("--seed", type=int, default=1, help="decides what is damaged (default: %(default)s)")
    asked = parser.parse_args()
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="pcacli-damage-") as folder:
        bench = Bench(Path(folder), Random(asked.seed))
        end = None if asked.minutes is None else time.monotonic() + asked.minutes * 60
        while counts["damages"] < asked.cases if end is None else time.monotonic() < end:
            damage = bench.damage()
            checked = bench.check()
            counts["damages"] += 1
            counts["found"] += checked.has_found
            counts["unprotected"] += not checked.has_found and damage.place in UNPROTECTED
            for violation in _violations(damage, checked):
                counts["violations"] += 1
                print(violation, flush=True)
    print(
        f"seed {asked.seed}: {counts['damages']} damages; found: {counts['found']}, not found where nothing is "
        f"promised: {counts['unprotected']}; violations: {counts['violations']}"
    )
    return 1 if counts["violations"] else 0


if __name__ == "__main__":
    sys.exit(main())
