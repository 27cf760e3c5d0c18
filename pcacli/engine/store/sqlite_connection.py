"""One connection to the database of a SQLite store, and the rows that it remembers.

What is asked with nearly every request and seldom changes is read once for each state of the database: the CA, its
number, the access key, the settings. `PRAGMA data_version` is asked at the start of every transaction; it is another
one as soon as anybody else, in this process or another, has committed, and then everything is forgotten. So it is when
this connection itself changes more than what is only ever appended.
Source: SQLite, "PRAGMA data_version".
"""

import sqlite3
from pathlib import Path

from pcacli.engine.store import sql_statements as statements
from pcacli.engine.store.codec import Value
from pcacli.engine.store.sql_executor import Row
from pcacli.engine.store.sqlite_errors import SQLiteProblems

_BUSY_TIMEOUT_SECONDS = 10.0
"""How long to wait for a program that locks the database without queueing, such as the sqlite3 shell."""

_REMEMBERED = frozenset(
    {
        statements.ACCESS_KEY,
        statements.AUTHORITY,
        statements.AUTHORITY_ID,
        statements.CHAIN_ID,
        statements.SETTING,
    }
)
_APPENDING = frozenset({statements.ADD_CERTIFICATE, statements.APPEND_TRAIL})
"""What may be changed without forgetting: no remembered row depends on it."""

_MOST_ROWS = 256


class SQLiteConnection:
    """A connection, used by one thread at a time. `database` is what Python's module makes of it."""

    def __init__(self, path: Path) -> None:
        with SQLiteProblems(path):
            self.database = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=rw",  # never creates the file
                uri=True,
                timeout=_BUSY_TIMEOUT_SECONDS,
                isolation_level=None,
                check_same_thread=False,
            )
            try:
                self.database.execute("PRAGMA synchronous = FULL")
                self.database.execute("PRAGMA foreign_keys = ON")
            except BaseException:
                self.database.close()
                raise
        self._rows: dict[tuple[str, tuple[Value, ...]], Row | None] = {}
        self._data_version: int | None = None

    def is_in_new_state(self) -> bool:
        """Tell, at the start of a transaction, whether anybody else has committed; then everything is forgotten.

        The question also fixes what the transaction sees: SQLite takes its snapshot at the first reading.
        """
        (found,) = self.database.execute("PRAGMA data_version").fetchone()
        if found == self._data_version:
            return False
        self._data_version = found
        self.forget()
        return True

    def forget(self) -> None:
        """Remember nothing, because something was changed past `change`."""
        self._rows.clear()

    def row(self, statement: str, parameters: tuple[Value, ...]) -> Row | None:
        """Return the first row that a query finds, or None."""
        if statement not in _REMEMBERED:
            return self._found(statement, parameters)
        key = (statement, parameters)
        if key not in self._rows:
            if len(self._rows) >= _MOST_ROWS:
                self._rows.clear()
            self._rows[key] = self._found(statement, parameters)
        return self._rows[key]

    def change(self, statement: str, parameters: tuple[Value, ...]) -> int:
        """Run a statement that changes rows and return how many."""
        if statement not in _APPENDING:
            self.forget()
        return self.database.execute(statement, parameters).rowcount

    def undo(self) -> None:
        """Undo what was begun and has not been committed."""
        self.forget()
        self.database.rollback()

    def _found(self, statement: str, parameters: tuple[Value, ...]) -> Row | None:
        row: Row | None = self.database.execute(statement, parameters).fetchone()
        return row
