"""Runs statements in one transaction of a SQLite store."""

import sqlite3
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from pcacli.engine.store.codec import Value
from pcacli.engine.store.sql_executor import Row
from pcacli.engine.store.sqlite_connection import SQLiteConnection
from pcacli.engine.store.sqlite_errors import SQLiteProblems
from pcacli.errors import DamagedStore


class SQLiteExecutor:
    """A transaction that is open on a connection, until `end`."""

    def __init__(self, connection: SQLiteConnection, path: Path) -> None:
        self._connection: SQLiteConnection | None = connection
        self._path = path
        self._streams: list[sqlite3.Cursor] = []

    def end(self) -> None:
        """Let nothing more be done in the transaction, and every stream that came from it end."""
        self._connection = None
        for cursor in self._streams:
            cursor.close()

    def row(self, statement: str, *parameters: Value) -> Row | None:
        """Return the first row that a query finds, or None."""
        with SQLiteProblems(self._path):
            return self._open().row(statement, parameters)

    def rows(self, statement: str, *parameters: Value) -> list[Row]:
        """Return every row that a query finds."""
        with SQLiteProblems(self._path):
            return self._execute(statement, parameters).fetchall()

    def stream(self, statement: str, *parameters: Value) -> Iterator[Row]:
        """Yield every row that a query finds, in bounded memory."""
        with SQLiteProblems(self._path):
            cursor = self._execute(statement, parameters)
        self._streams.append(cursor)
        return self._fetched(cursor)

    def change(self, statement: str, *parameters: Value) -> int:
        """Run a statement that changes rows and return how many."""
        with SQLiteProblems(self._path):
            return self._open().change(statement, parameters)

    def unreadable(self, error: Exception) -> DamagedStore:
        """Return the error which says that a record cannot be read."""
        return DamagedStore(f"{self._path} is damaged: a record in it cannot be read ({error}).")

    def storage_problems(self) -> Iterator[str]:
        """Yield what SQLite finds wrong with pages, indexes and references (SQLite, "PRAGMA integrity_check")."""
        yield from (text for (text,) in self.stream("PRAGMA integrity_check") if text != "ok")
        for table, row, parent, _ in self.stream("PRAGMA foreign_key_check"):
            yield f"row {row} of {table} belongs to a row of {parent} that is not there"

    def _open(self) -> SQLiteConnection:
        if self._connection is None:
            raise RuntimeError("The transaction has ended.")
        return self._connection

    def _execute(self, statement: str, parameters: tuple[Value, ...]) -> sqlite3.Cursor:
        return self._open().database.execute(statement, parameters)

    def _fetched(self, cursor: sqlite3.Cursor) -> Iterator[Row]:
        with SQLiteProblems(self._path):
            # A chain, because the cursor itself would be closed with this stream, which may end after the database.
            yield from chain(cursor)
