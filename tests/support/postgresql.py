"""A PostgreSQL server of the tests' own, made by the distribution's `initdb` and gone afterwards.

It forgets what a loss of power would take, but not what a crash of the server would: nothing here cuts the power.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from tests.support.programs import find_program

OWNER, GUARDED, PASSWORD = "pcacli", "guarded", "throw-away"
"""Who owns every database and needs no password, and a user who needs the password."""

DATABASE = "pki"
"""The database that one test after the other may use."""

# initdb refuses to work for root. The first of these comes with Debian's package.
_ORDINARY_USERS = ("postgres", "nobody")
_WAIT_SECONDS = 60
_WHO_MAY = f"""
host all {GUARDED} 127.0.0.1/32 scram-sha-256
host all all 127.0.0.1/32 trust
"""
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "full_page_writes": "off",
    # The store has to ask for more by itself.
    "synchronous_commit": "off",
    "max_wal_size": "128MB",
    "log_min_messages": "fatal",
}


class PostgreSQLServer:
    """A server in a folder, on a port of the loopback."""

    def __init__(self, folder: Path) -> None:
        self._data = folder / "data"
        self._log = folder / "log"
        self._user = _ordinary_user()
        self._port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        if self._user is not None:
            os.chown(folder, self._user, -1)
        self._run("initdb", "--username", OWNER, "--encoding", "UTF8", "--locale", "C", "--no-sync", "--auth", "trust")
        (self._data / "pg_hba.conf").write_text(_WHO_MAY)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        words = [word for name, value in _SETTINGS.items() for word in ("-c", f"{name}={value}")]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [_program("postgres"), "-D", self._data, "-p", str(self._port), *words], user=self._user, stderr=log
            )
        deadline = time.monotonic() + _WAIT_SECONDS
        while True:
            try:
                self.execute("SELECT 1")
            except psycopg.OperationalError:
                assert self._process.poll() is None, self._log.read_text()
                assert time.monotonic() < deadline, self._log.read_text()
                time.sleep(0.05)
            else:
                return

    def crash(self) -> None:
        """Let the server stop as in a crash: what it had not written is lost, and it repairs itself at its start."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(_WAIT_SECONDS)
            self._process = None

    def url(self, database: str, *, user: str = OWNER) -> str:
        """Return the URL of a database."""
        return f"postgresql://{user}@127.0.0.1:{self._port}/{database}"

    def empty(self, database: str) -> None:
        """Take the store out of a database, and its settings; that is much quicker than another database."""
        self.execute(
            f"""
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = '{database}' AND pid <> pg_backend_pid();
            DROP SCHEMA IF EXISTS pcacli CASCADE;
            ALTER DATABASE {database} RESET ALL
            """,
            database,
        )

    def execute(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run a statement as the owner and return the rows that it finds."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def _run(self, program: str, *words: str) -> None:
        done = subprocess.run(
            [_program(program), "-D", self._data, *words], user=self._user, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr


@contextmanager
def postgresql_server() -> Iterator[PostgreSQLServer]:
    """Run a server for the length of a block."""
    # Not pytest's folder: another user has to reach this one.
    folder = Path(tempfile.mkdtemp(prefix="pcacli-postgresql-"))
    try:
        server = PostgreSQLServer(folder)
        try:
            server.start()
            server.execute(f"CREATE DATABASE {DATABASE}")
            server.execute(f"CREATE ROLE {GUARDED} LOGIN PASSWORD '{PASSWORD}'")
            yield server
        finally:
            # Nobody wants it again, so it need not tidy up.
            server.crash()
    finally:
        shutil.rmtree(folder)


def _program(name: str) -> str:
    found = find_program(name)
    assert found, f"{name} is not installed"
    return found


def _ordinary_user() -> int | None:
    """Return as whom the server runs: as ourselves (None), unless we are root."""
    if os.geteuid() != 0:
        return None
    known = {user.pw_name: user.pw_uid for user in pwd.getpwall()}
    return next(known[name] for name in _ORDINARY_USERS if name in known)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port
