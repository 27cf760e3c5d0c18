"""The store on a PostgreSQL database, shared by any number of machines.

Reading is a transaction of level REPEATABLE READ. Writing takes an advisory lock first, which one transaction at a
time holds, and is of level READ COMMITTED: each statement behind the lock sees what the writers before have committed,
while a snapshot of the whole transaction would have been taken before the lock. PostgreSQL frees the locks of
a connection when it ends, so those of a process that was killed are free at once.

The database never holds the key-encryption key. It holds buckets, unless they are in S3 (artifacts/postgresql.py).
Sources: PostgreSQL, "Transaction Isolation"; "Explicit Locking", section "Advisory Locks".
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from hashlib import sha256
from typing import NamedTuple

import psycopg

from pcacli.engine.store import postgresql_schema, sql_statements
from pcacli.engine.store.port import MissingStore
from pcacli.engine.store.postgresql_connections import Connections, PostgreSQLConnection
from pcacli.engine.store.postgresql_errors import PostgreSQLProblems, failed_commit
from pcacli.engine.store.postgresql_executor import PostgreSQLExecutor
from pcacli.engine.store.postgresql_schema import MIGRATIONS, Migration
from pcacli.engine.store.sql_snapshot import SQLSnapshot
from pcacli.engine.store.sql_transaction import SQLTransaction
from pcacli.errors import PcaError

Settings = Sequence[tuple[str, str]]
"""Names and values."""


class _Taking(NamedTuple):
    """A lock by its name, and the function that takes it: `lock` or `lock_shared`."""

    name: str
    function: str


def _lock_number(name: str) -> int:
    """Return the number by which PostgreSQL knows a lock of ours."""
    return int.from_bytes(sha256(f"pcacli {name}".encode()).digest()[:8], signed=True)


_BEGIN_READING = f"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {postgresql_schema.VERSION}"
_BEGIN_BESIDE = f"BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; {postgresql_schema.VERSION}"
# A machine that froze in the middle of a write keeps the others waiting for as long as the second line says.
_BEGIN_ALONE = f"""
    BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
    SET LOCAL idle_in_transaction_session_timeout = '30s';
    SELECT pg_advisory_xact_lock({_lock_number("write")})
"""
_BEGIN_WRITING = f"{_BEGIN_ALONE}; {postgresql_schema.VERSION}"


class PostgreSQLStore:
    """A store on a database. Threads may share it."""

    def __init__(self, url: str, migrations: Sequence[Migration] = MIGRATIONS) -> None:
        self._place = url
        self._migrations = migrations
        self._connections = Connections(url)
        self._writing = threading.local()

    @contextmanager
    def read(self) -> Iterator[SQLSnapshot]:
        """Open a snapshot for the length of a block; it waits for nobody."""
        with self._begun(_BEGIN_READING) as connection, self._executing(connection) as executor:
            yield SQLSnapshot(executor)

    @contextmanager
    def write(self) -> Iterator[SQLTransaction]:
        """Open a transaction for the length of a block, after every writer that asked before."""
        if getattr(self._writing, "now", False):
            raise RuntimeError("This thread is already writing: a write cannot begin inside a write.")
        self._writing.now = True
        try:
            with self._changing(_BEGIN_WRITING) as executor:
                yield SQLTransaction(executor)
        finally:
            self._writing.now = False

    def beside(self) -> AbstractContextManager[PostgreSQLExecutor]:
        """Open a transaction for what is no record and needs no turn to write: the objects in buckets."""
        return self._changing(_BEGIN_BESIDE)

    @contextmanager
    def exclusive(self, name: str, *, wait: bool, share_of: str | None = None) -> Iterator[bool]:
        """Hold the lock called `name` across machines; yields False at once if it is taken and `wait` is False.

        It goes away with its connection, when the database is started again for instance, and its holder does not
        notice: for a moment two may do the same work.
        """
        shares = [] if share_of is None else [_Taking(f"shared {share_of}", "lock_shared")]
        with self._holding([*shares, _Taking(f"exclusive {name}", "lock")], wait=wait) as is_held:
            yield is_held

    @contextmanager
    def whole(self, name: str) -> Iterator[None]:
        """Hold a lock of which others hold shares: wait until nobody has one, and let nobody get one meanwhile.

        PostgreSQL gives out no new share while somebody waits for the whole.
        """
        with self._holding([_Taking(f"shared {name}", "lock")], wait=True):
            yield

    def close(self) -> None:
        """Let go of the database; the store is not used afterwards."""
        self._connections.close()

    def set_up(self, new_settings: Callable[[], Settings]) -> bool:
        """Make the tables if they are not there, or bring older ones to the newest form; return whether they are new.

        Two machines may do so at once. `new_settings` is asked for the settings of a new store only.

        Raises:
            ConfigurationProblem: the database cannot be used, or a newer pcacli made its tables.
            DamagedStore: there are tables that are not ours.
        """
        with ExitStack() as stack:
            with PostgreSQLProblems(self._place):
                connection, _ = stack.enter_context(self._connections.lend(_BEGIN_ALONE))
            executor = stack.enter_context(self._executing(connection))
            found = postgresql_schema.version(executor)
            if found is None:
                postgresql_schema.make(executor, self._migrations)
                for setting in new_settings():
                    executor.change(sql_statements.PUT_SETTING, *setting)
            else:
                postgresql_schema.refuse_newer(found, len(self._migrations), self._place)
                postgresql_schema.migrate(executor, found, self._migrations)
            self._commit(connection)
        return found is None

    def clear(self, *, keep: Sequence[str]) -> None:
        """Delete everything but the settings that are named."""
        with self._changing(_BEGIN_WRITING) as executor:
            transaction = SQLTransaction(executor)
            kept = {name: transaction.setting(name) for name in keep}
            postgresql_schema.empty(executor)
            for name, value in kept.items():
                transaction.put_setting(name, value)

    @contextmanager
    def _holding(self, wanted: Sequence[_Taking], *, wait: bool) -> Iterator[bool]:
        """Hold all of these locks on one connection, of which a database has few; yields False if one is taken."""
        prefix = "pg_advisory" if wait else "pg_try_advisory"
        calls = ", ".join(f"{prefix}_{one.function}({_lock_number(one.name)})" for one in wanted)
        with ExitStack() as stack:
            with PostgreSQLProblems(self._place):
                connection, row = stack.enter_context(self._connections.lend(f"SELECT {calls}"))
            stack.callback(_free_all, connection)
            is_held = wait or all(row)
            if not is_held:
                _free_all(connection)  # Of two one may be held.
            yield is_held

    @contextmanager
    def _changing(self, begin: str) -> Iterator[PostgreSQLExecutor]:
        """Begin a transaction and commit it after the block, unless the block raises."""
        with self._begun(begin) as connection, self._executing(connection) as executor:
            yield executor
            self._commit(connection)

    @contextmanager
    def _begun(self, begin: str) -> Iterator[PostgreSQLConnection]:
        """Begin a transaction on tables that fit this program; what is not committed is undone after the block."""
        with ExitStack() as stack:
            with PostgreSQLProblems(self._place):
                try:
                    connection, (found,) = stack.enter_context(self._connections.lend(begin))
                except psycopg.errors.UndefinedTable as error:
                    raise MissingStore(f"There is no store in the database {self._place}.") from error
            postgresql_schema.refuse_other(found, len(self._migrations), self._place)
            yield connection

    def _commit(self, connection: PostgreSQLConnection) -> None:
        try:
            done = connection.execute(b"COMMIT").statusmessage
        except psycopg.Error as error:
            raise failed_commit(error, connection, self._place) from error
        if done != "COMMIT":
            # Somebody went on after a statement had failed; PostgreSQL then undoes everything without complaint.
            raise PcaError(
                f"The database {self._place} undid a change in which something had failed; nothing was changed."
            )

    @contextmanager
    def _executing(self, connection: PostgreSQLConnection) -> Iterator[PostgreSQLExecutor]:
        executor = PostgreSQLExecutor(connection, self._place)
        try:
            yield executor
        finally:
            executor.end()


def open_store(url: str, migrations: Sequence[Migration] = MIGRATIONS) -> PostgreSQLStore:
    """Open the store on a database; nothing is created or brought forward.

    Raises:
        MissingStore: there is none.
        ConfigurationProblem: the database cannot be used, or another version of pcacli wrote the store.
    """
    store = PostgreSQLStore(url, migrations)
    try:
        with store.read():
            return store
    except BaseException:
        store.close()
        raise


def _free_all(connection: PostgreSQLConnection) -> None:
    """Give the locks of a connection back; if it is gone, so are they."""
    with suppress(psycopg.Error):
        connection.execute(b"SELECT pg_advisory_unlock_all()")
