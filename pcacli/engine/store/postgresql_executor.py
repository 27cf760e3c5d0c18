"""Runs statements in one transaction of a PostgreSQL store."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import count

from pcacli.engine.store.codec import Value
from pcacli.engine.store.postgresql_connections import PostgreSQLConnection
from pcacli.engine.store.postgresql_errors import PostgreSQLProblems
from pcacli.engine.store.sql_executor import Row
from pcacli.errors import DamagedStore

_ROWS_AT_ONCE = 1000


class PostgreSQLExecutor:
    """A transaction that is open on a connection, until `end`."""

    def __init__(self, connection: PostgreSQLConnection, place: str) -> None:
        self._connection: PostgreSQLConnection | None = connection
        self._place = place
        self._stream_numbers = count(1)

    def end(self) -> None:
        """Let nothing more be done in the transaction; every stream that came from it ends with it."""
        self._connection = None

    def row(self, statement: str, *parameters: Value) -> Row | None:
        """Return the first row that a query finds, or None."""
        with PostgreSQLProblems(self._place):
            row: Row | None = self._open().execute(_numbered(statement), parameters, binary=True).fetchone()
        return row

    def rows(self, statement: str, *parameters: Value) -> list[Row]:
        """Return every row that a query finds."""
        with PostgreSQLProblems(self._place):
            return self._open().execute(_numbered(statement), parameters, binary=True).fetchall()

    def stream(self, statement: str, *parameters: Value) -> Iterator[Row]:
        """Yield every row that a query finds, in bounded memory."""
        name = f"stream_{next(self._stream_numbers)}"
        self.change(f"DECLARE {name} NO SCROLL CURSOR FOR {statement}", *parameters)
        return self._fetched(f"FETCH {_ROWS_AT_ONCE} FROM {name}")

    def change(self, statement: str, *parameters: Value) -> int:
        """Run a statement that changes rows and return how many."""
        with PostgreSQLProblems(self._place):
            return self._open().execute(_numbered(statement), parameters).rowcount

    def unreadable(self, error: Exception) -> DamagedStore:
        """Return the error which says that a record cannot be read."""
        return DamagedStore(f"The database {self._place} is damaged: a record in it cannot be read ({error}).")

    def storage_problems(self) -> Iterator[str]:
        """Yield nothing: PostgreSQL verifies its pages as it reads them and never lets a reference dangle."""
        yield from ()

    def _open(self) -> PostgreSQLConnection:
        if self._connection is None:
            raise RuntimeError("The transaction has ended.")
        return self._connection

    def _fetched(self, fetch: str) -> Iterator[Row]:
        while rows := self.rows(fetch):
            for row in rows:
                self._open()
                yield row


@lru_cache(maxsize=256)
def _numbered(statement: str) -> bytes:
    """Write parameters as PostgreSQL does: `$1` in place of the first `?`, or of `?1`. No text of ours has a `?`."""
    numbers = count(1)
    return re.sub(r"\?(\d*)", lambda mark: f"${mark[1] or next(numbers)}", statement).encode()
