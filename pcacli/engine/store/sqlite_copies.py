"""Whole copies of a SQLite store's database, made and put back while other processes use it.

SQLite's backup interface copies one committed state. Put back, a copy is one transaction of the live database: whoever
reads goes on with the state that they began with, and a crash leaves the old state.
Source: SQLite, "Online Backup API".
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from pcacli.engine.files import make_private_file
from pcacli.engine.store.sqlite_errors import SQLiteProblems

Told = Callable[[int, int], object]
"""Is told how many bytes have been copied, and of how many."""

# So much at once that telling costs nothing.
_STEP_PAGES = 1024


def copy_out(live: sqlite3.Connection, copy: Path, told: Told = lambda _done, _total: None) -> None:
    """Copy a live database into a new private file."""
    with SQLiteProblems(copy):
        make_private_file(copy)
        with closing(sqlite3.connect(copy)) as target:
            # A copy that a loss of power spoils is made again.
            target.execute("PRAGMA synchronous = OFF")
            # Reading holds the state: somebody may write between two steps, whereupon SQLite would begin again.
            live.execute("BEGIN")
            live.execute("SELECT 1 FROM sqlite_schema").fetchone()
            _copy(live, target, told)
            live.execute("COMMIT")


def copy_in(copy: Path, live: sqlite3.Connection, told: Told = lambda _done, _total: None) -> None:
    """Put a copy in the place of everything that a live database holds. The caller keeps other writers out."""
    # A copy is complete in its one file; "immutable" spares it the log that every database of ours would get.
    with (
        SQLiteProblems(copy),
        closing(sqlite3.connect(f"{copy.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as source,
    ):
        _copy(source, live, told)


def _copy(source: sqlite3.Connection, target: sqlite3.Connection, told: Told) -> None:
    (page_bytes,) = source.execute("PRAGMA page_size").fetchone()

    def progress(_status: int, remaining_pages: int, total_pages: int) -> None:
        told((total_pages - remaining_pages) * page_bytes, total_pages * page_bytes)

    source.backup(target, pages=_STEP_PAGES, progress=progress)
