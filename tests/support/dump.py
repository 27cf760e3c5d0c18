"""What a store holds, as values that can be compared: before and after a command that must change nothing."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from pcacli.engine.records import CertificateAuthority
from pcacli.engine.store.port import Snapshot
from tests.support.embedded import Embedded


class LogicalDump(NamedTuple):
    """Every row of every table, by table, and every other file's mode and bytes, by its place in the store."""

    tables: dict[str, list[tuple[Any, ...]]]
    files: dict[str, tuple[int, bytes]]


def logical_dump(store: Path) -> LogicalDump:
    """Dump a store; a missing one is empty. How SQLite lays rows out in its files does not count."""
    database = store / "authority.db"
    tables = _tables(database) if database.exists() else {}
    own = {f"authority.db{suffix}" for suffix in ("", "-wal", "-shm")}
    return LogicalDump(tables, {name: content for name, content in raw_dump(store).items() if name not in own})


def raw_dump(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Return the mode and the bytes of every file of a folder; a folder counts as a file without bytes."""
    return {
        str(path.relative_to(folder)): (path.stat().st_mode, path.read_bytes() if path.is_file() else b"")
        for path in sorted(folder.rglob("*"))
    }


def _tables(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=rw", uri=True)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        tables = {name: sorted(connection.execute(f'SELECT * FROM "{name}"'), key=repr) for name in sorted(names)}
        headers = [connection.execute(f"PRAGMA {name}").fetchone() for name in ("user_version", "application_id")]
    return {**tables, "headers": headers}


def dump_of_records(embedded: Embedded) -> list[Any]:
    """Return what an authority keeps for its CAs, without what it only echoes, and what it wrote to buckets."""
    with embedded.store.read() as snapshot:
        kept = [_records_of(snapshot, authority) for authority in snapshot.authorities()]
    return [*kept, {(bucket, key): embedded.artifacts.get(bucket, key) for bucket, key, _ in embedded.artifacts.writes}]


def _records_of(snapshot: Snapshot, authority: CertificateAuthority) -> list[Any]:
    return [
        authority._replace(subject={}, csr_extensions=None),
        list(snapshot.certificates(authority.arn)),
        snapshot.permissions(authority.arn),
        snapshot.newest_audit_report(authority.arn),
    ]
