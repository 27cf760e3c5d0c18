"""Connections to a PostgreSQL database, kept for whoever needs one next.

libpq reads the URL, its own variables (PGPASSWORD, PGSSLMODE, …), its password file and its service file. What matters
to us and is not said there is set here.
Source: PostgreSQL, "Parameter Key Words" and "Environment Variables" of libpq.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from psycopg import Connection, RawCursor
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import TransactionStatus
from psycopg.types.numeric import Int8Dumper

from pcacli.engine.store.postgresql_errors import unreachable
from pcacli.engine.store.postgresql_schema import SCHEMA
from pcacli.engine.store.sql_executor import Row

PostgreSQLConnection = Connection[Any]

_DEFAULTS: Mapping[str, tuple[str, str]] = {
    "connect_timeout": ("PGCONNECT_TIMEOUT", "10"),
    # Of several hosts the one that takes writes; a replica would answer with the past.
    "target_session_attrs": ("PGTARGETSESSIONATTRS", "read-write"),
    "application_name": ("PGAPPNAME", "pcacli"),
    # Whether a database that fell silent is still there; the system's default is two hours.
    "keepalives_idle": ("", "30"),
    "keepalives_interval": ("", "10"),
    "keepalives_count": ("", "3"),
}
"""What a connection is made with where neither the URL nor the variable of the environment says anything."""

# A committed certificate must survive, whatever the default of the database is. What is stronger than "on" stays.
_SETTINGS = f"""
    SET search_path = {SCHEMA}, pg_temp;
    SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') IN ('off', 'local')
"""


class Connections:
    """Connections to one database, each of which one thread uses at a time."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._idle: list[PostgreSQLConnection] = []

    @contextmanager
    def lend(self, first: str) -> Iterator[tuple[PostgreSQLConnection, Row]]:
        """Lend a connection that has just answered `first`, with its last row; what is not committed is undone.

        A connection that was lost while nobody used it is replaced, so nobody notices that the database was away.

        Raises:
            ConfigurationProblem: no connection can be made.
            psycopg.Error: the database refuses `first`.
        """
        connection, row = self._answering(first)
        try:
            yield connection, row
        finally:
            self._take_back(connection)

    def close(self) -> None:
        """Close the connections that nobody uses."""
        while self._idle:
            self._idle.pop().close()

    def _answering(self, first: str) -> tuple[PostgreSQLConnection, Row]:
        while True:
            connection, is_new = self._next()
            try:
                return connection, _last_row(connection, first)
            except psycopg.Error:
                is_stale = connection.closed and not is_new
                self._take_back(connection)
                if not is_stale:
                    raise
            except BaseException:
                connection.close()
                raise

    def _next(self) -> tuple[PostgreSQLConnection, bool]:
        """Return a connection and whether it is a new one."""
        try:
            return self._idle.pop(), False
        except IndexError:
            return self._connect(), True

    def _connect(self) -> PostgreSQLConnection:
        try:
            given = conninfo_to_dict(self._url)
            missing = {
                name: value
                for name, (variable, value) in _DEFAULTS.items()
                if name not in given and variable not in os.environ
            }
            connection = Connection.connect(
                make_conninfo(self._url, client_encoding="utf8", **missing), autocommit=True, cursor_factory=RawCursor
            )
            try:
                # One type for all numbers: one prepared statement, and no guess by the size of the first number.
                connection.adapters.register_dumper(int, Int8Dumper)
                connection.execute(_SETTINGS.encode(), prepare=False)
            except BaseException:
                connection.close()
                raise
        except psycopg.Error as error:
            raise unreachable(error, self._url) from error
        return connection

    def _take_back(self, connection: PostgreSQLConnection) -> None:
        """Keep a connection for the next user, after undoing what it has begun; close it if that fails."""
        with suppress(psycopg.Error):
            if connection.info.transaction_status is not TransactionStatus.IDLE:
                connection.rollback()
            if connection.info.transaction_status is TransactionStatus.IDLE:
                self._idle.append(connection)
                return
        connection.close()


def _last_row(connection: PostgreSQLConnection, statements: str) -> Row:
    """Run statements in one go and return the last row of the last of them."""
    cursor = connection.execute(statements.encode(), prepare=False)
    while cursor.nextset():
        pass
    row: Row = cursor.fetchone() or ()
    return row
