"""The connections of one process to the database of a SQLite store, and transactions on them."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TypeVar

from pcacli.engine.store.sql_snapshot import SQLSnapshot
from pcacli.engine.store.sqlite_connection import SQLiteConnection
from pcacli.engine.store.sqlite_errors import SQLiteProblems
from pcacli.engine.store.sqlite_executor import SQLiteExecutor


class SQLiteConnections:
    """Connections that are used by one thread at a time and kept for the next one.

    `check` looks at every new state of the database before it is used, and raises if this program may not use it.
    """

    def __init__(self, path: Path, check: Callable[[sqlite3.Connection], object]) -> None:
        self.path = path
        self._check = check
        self._idle: list[SQLiteConnection] = []

    def begin(self, statement: str) -> SQLiteConnection:
        """Begin a transaction on a connection, which `commit` or `undo` takes back."""
        connection = self._taken()
        try:
            with SQLiteProblems(self.path):
                connection.database.execute(statement)
                is_new = connection.is_in_new_state()
            if is_new:
                self._check(connection.database)
        except BaseException:
            self.undo(connection)
            raise
        return connection

    def commit(self, connection: SQLiteConnection) -> None:
        """Commit what was begun; a commit that fails leaves nothing."""
        try:
            with SQLiteProblems(self.path):
                connection.database.execute("COMMIT")
        except BaseException:
            self.undo(connection)
            raise
        self._idle.append(connection)

    def undo(self, connection: SQLiteConnection) -> None:
        """Undo what was begun."""
        try:
            connection.undo()
        except sqlite3.Error:
            connection.database.close()
        else:
            self._idle.append(connection)

    @contextmanager
    def lent(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection for the length of a block; what that begins and does not commit is undone."""
        connection = self._taken()
        try:
            yield connection.database
        finally:
            self.undo(connection)

    def close(self) -> None:
        """Close every connection that is not in use."""
        while self._idle:
            self._idle.pop().database.close()

    def _taken(self) -> SQLiteConnection:
        try:
            return self._idle.pop()
        except IndexError:
            return SQLiteConnection(self.path)


View = TypeVar("View", bound=SQLSnapshot)


class SQLiteBlock(AbstractContextManager[View]):
    """A transaction for the length of a block: committed at its end, undone if it raises.

    It is not made by `contextmanager`, because every request opens some.
    """

    def __init__(self, connections: SQLiteConnections, begin: str, view: Callable[[SQLiteExecutor], View]) -> None:
        self._connections = connections
        self._begin = begin
        self._view = view

    def __enter__(self) -> View:
        """Begin."""
        self._connection = self._connections.begin(self._begin)
        self._executor = SQLiteExecutor(self._connection, self._connections.path)
        return self._view(self._executor)

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        """End."""
        self._executor.end()
        if error is None:
            self._connections.commit(self._connection)
        else:
            self._connections.undo(self._connection)
