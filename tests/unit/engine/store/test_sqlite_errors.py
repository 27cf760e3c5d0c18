import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from pcacli.engine.store.sqlite_errors import SQLiteProblems
from pcacli.errors import DamagedStore, PcaError


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t (content BLOB)")
    return path


def test_a_full_disk_is_said_in_one_sentence(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA max_page_count = 3")
        with (
            pytest.raises(PcaError, match=rf"^The disk that holds {database} is full; nothing was changed\.$") as full,
            SQLiteProblems(database),
        ):
            connection.execute("INSERT INTO t VALUES (zeroblob(100000))")
    assert full.value.exit_code == 255


def test_a_database_locked_by_another_program_is_named(database: Path) -> None:
    with closing(sqlite3.connect(database)) as other, closing(sqlite3.connect(database, timeout=0)) as connection:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(PcaError, match=f"{database} is locked by another program"), SQLiteProblems(database):
            connection.execute("SELECT * FROM t")


def test_an_error_of_the_file_system_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(PcaError, match=f"^{tmp_path}/missing cannot be used: No such file"), SQLiteProblems(tmp_path):
        (tmp_path / "missing").read_bytes()


def test_a_schema_that_is_no_text_is_damage(database: Path) -> None:
    """Python cannot even read what SQLite says of it."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_master SET sql = CAST(x'435245415445de' AS TEXT)")
        connection.commit()
    with (
        closing(sqlite3.connect(database)) as connection,
        pytest.raises(DamagedStore, match=rf"^{database} is damaged \("),
        SQLiteProblems(database),
    ):
        connection.execute("SELECT * FROM t")
