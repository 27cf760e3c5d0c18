"""Whole copies of a SQLite store's database, made and put back while other processes use it.

SQLite's backup interface copies one committed state. Put back, a copy is one transaction of the live database: whoever
reads goes on with the state that they began with, and a crash leaves the old state.
Source: SQLite, "Online Backup API".
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from pcacli.engine.files import make_private_file
from pcacli.engine.store.sqlite_errors import SQLiteProblems


def copy_out(live: sqlite3.Connection, copy: Path) -> None:
    """Copy a live database into a new private file."""
    with SQLiteProblems(copy):
        make_private_file(copy)
        with closing(sqlite3.connect(copy)) as target:
            # A copy that a loss of power spoils is made again.
            target.execute("PRAGMA synchronous = OFF")
            live.backup(target)


def copy_in(copy: Path, live: sqlite3.Connection) -> None:
    """Put a copy in the place of everything that a live database holds. The caller keeps other writers out."""
    # A copy is complete in its one file; "immutable" spares it the log that every database of ours would get.
    with (
        SQLiteProblems(copy),
        closing(sqlite3.connect(f"{copy.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as source,
    ):
        source.backup(live)
