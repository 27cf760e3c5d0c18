"""The store in a directory: one SQLite database, shared by any number of processes on this machine.

The directory is private (mode 0700) and lies on a local file system:

* `authority.db` (0600) in WAL mode with `synchronous=FULL`: what is committed survives a loss of power
  (SQLite, "PRAGMA synchronous").
* `locks/write.lock`, for which writers queue before `BEGIN IMMEDIATE`, because SQLite's own waiting is unfair;
  beside it one file for each `exclusive` lock.

A database gets its name when it is complete. Whatever stands under that name and is not a store is therefore damage,
never something to be filled in. Keys and buckets lie in the same directory but are not this module's concern.
"""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from pcacli.engine.files import make_private_directory, publish_once, temporary_beside
from pcacli.engine.store import locks, sql_statements, sqlite_copies, sqlite_schema
from pcacli.engine.store.port import MissingStore
from pcacli.engine.store.sql_snapshot import SQLSnapshot
from pcacli.engine.store.sql_transaction import SQLTransaction
from pcacli.engine.store.sqlite_connections import SQLiteBlock, SQLiteConnections
from pcacli.engine.store.sqlite_errors import SQLiteProblems
from pcacli.engine.store.sqlite_schema import MIGRATIONS, Migration
from pcacli.errors import DamagedStore

FILE_NAME = "authority.db"

Settings = Sequence[tuple[str, str]]
"""Names and values."""


class SQLiteStore:
    """A store in a directory. A connection is used by one thread at a time.

    A process that forks opens the store afterwards (SQLite, "How To Corrupt An SQLite Database File", section 2.6).
    """

    def __init__(self, directory: Path, migrations: Sequence[Migration] = MIGRATIONS) -> None:
        self._path = directory / FILE_NAME
        self._locks = directory / "locks"
        self._migrations = migrations
        self._connections = SQLiteConnections(self._path, self._version)
        self._writing = threading.local()

    def read(self) -> AbstractContextManager[SQLSnapshot]:
        """Open a snapshot for the length of a block; it waits for nobody."""
        return SQLiteBlock(self._connections, "BEGIN", SQLSnapshot)

    @contextmanager
    def write(self) -> Iterator[SQLTransaction]:
        """Open a transaction for the length of a block, after every writer that asked before."""
        with (
            self._only_write_of_thread(),
            self._turn(),
            SQLiteBlock(self._connections, "BEGIN IMMEDIATE", SQLTransaction) as transaction,
        ):
            yield transaction

    @contextmanager
    def exclusive(self, name: str, *, wait: bool, share_of: str | None = None) -> Iterator[bool]:
        """Hold the lock called `name` across processes; yields False at once if it is taken and `wait` is False."""
        with ExitStack() as stack:
            if share_of is None or stack.enter_context(locks.hold_share(self._shared_lock(share_of), wait=wait)):
                yield stack.enter_context(locks.hold(locks.lock_file(self._locks, f"exclusive-{name}"), wait=wait))
            else:
                yield False

    def whole(self, name: str) -> AbstractContextManager[None]:
        """Hold a lock of which others hold shares: wait until nobody has one, and let nobody get one meanwhile."""
        return locks.hold_whole(self._shared_lock(name))

    @contextmanager
    def alone(self) -> Iterator[sqlite3.Connection]:
        """Keep every writer out for the length of a block, and lend a connection for copies of the database."""
        with self._only_write_of_thread(), self._turn(), self._connections.lent() as connection:
            yield connection

    def copy_to(self, copy: Path, told: sqlite_copies.Told = lambda _done, _total: None) -> None:
        """Copy one committed state into a new private file; nobody waits for that."""
        with self._connections.lent() as connection:
            sqlite_copies.copy_out(connection, copy, told)

    def close(self) -> None:
        """Let go of the database; the store is not used afterwards."""
        self._connections.close()

    def upgrade(self) -> None:
        """Bring an older schema to the newest one.

        Raises:
            ConfigurationProblem: the schema is newer than this program, or the database may not be used.
            DamagedStore: the database is damaged or not ours.
        """
        with self._connections.lent() as connection:
            found = self._version(connection)
        if found == len(self._migrations):
            return
        with self._turn(), self._connections.lent() as connection, SQLiteProblems(self._path):
            connection.execute("BEGIN IMMEDIATE")
            sqlite_schema.migrate(connection, self._version(connection), self._migrations)
            connection.execute("COMMIT")

    def _shared_lock(self, name: str) -> Path:
        return locks.lock_file(self._locks, f"shared-{name}")

    def _turn(self) -> AbstractContextManager[bool]:
        """Wait for this process's turn to write."""
        return locks.hold(locks.lock_file(self._locks, "write"))

    @contextmanager
    def _only_write_of_thread(self) -> Iterator[None]:
        if getattr(self._writing, "now", False):
            raise RuntimeError("This thread is already writing: a write cannot begin inside a write.")
        self._writing.now = True
        try:
            yield
        finally:
            self._writing.now = False

    def _version(self, connection: sqlite3.Connection) -> int:
        """Return the schema's version, which is one that this program knows."""
        with SQLiteProblems(self._path):
            found = sqlite_schema.version(connection, self._path)
        sqlite_schema.refuse_newer(found, len(self._migrations), self._path)
        return found


def open_store(directory: Path, migrations: Sequence[Migration] = MIGRATIONS) -> SQLiteStore:
    """Open the store in a directory; nothing is created.

    Raises:
        MissingStore: there is none.
        ConfigurationProblem: it may not be read, or a newer pcacli wrote it.
        DamagedStore: the database is damaged.
    """
    path = directory / FILE_NAME
    with SQLiteProblems(path):
        try:
            path.stat()
        except FileNotFoundError as error:
            raise MissingStore(f"There is no store in {directory}.", hint="`pcacli local init` makes one.") from error
    store = SQLiteStore(directory, migrations)
    try:
        store.upgrade()
    except BaseException:
        store.close()
        raise
    return store


def create(directory: Path, migrations: Sequence[Migration] = MIGRATIONS, *, settings: Settings = ()) -> SQLiteStore:
    """Open the store in a directory, after making it if there is none; two processes may do so at once.

    `settings` are those of a new store; one that is there keeps its own.

    Raises:
        ConfigurationProblem: the directory cannot be written to, or a newer pcacli wrote the store.
        DamagedStore: the database is damaged, or the log of a database that is gone lies there.
    """
    path = directory / FILE_NAME
    with SQLiteProblems(path):
        make_private_directory(directory)
        if not path.exists():
            _refuse_log_without_database(path)
            with temporary_beside(path) as temporary:
                _build(temporary, migrations, settings)
                publish_once(temporary, path)
    return open_store(directory, migrations)


def _build(path: Path, migrations: Sequence[Migration], settings: Settings) -> None:
    """Fill an empty file with the schema and the settings; the caller syncs it."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(f"PRAGMA application_id = {sqlite_schema.APPLICATION_ID}")
        connection.execute("BEGIN")
        sqlite_schema.migrate(connection, 0, migrations)
        connection.executemany(sql_statements.PUT_SETTING, settings)
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode = WAL")
    finally:
        connection.close()


def _refuse_log_without_database(path: Path) -> None:
    """Refuse to put a new database beside an old log, which SQLite would then copy into it."""
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and not path.exists():
        raise DamagedStore(f"{log} belongs to a database that is gone; put {path.name} back, or move the log away.")
