import os
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from pcacli.engine.store import sqlite
from pcacli.engine.store.port import MissingStore
from pcacli.engine.store.sqlite_schema import MIGRATIONS
from pcacli.errors import ConfigurationProblem, DamagedStore
from tests.contract.store_records import ROOT, authority, certificate
from tests.unit.engine.ordinary_user import ordinary_user

NEWER = (*MIGRATIONS, ("CREATE TABLE novelties (id INTEGER)", "INSERT INTO novelties VALUES (1)"))


def contents(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.rglob("*") if path.is_file()}


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Return the directory of a store with one CA and some pages of certificates."""
    directory = tmp_path / "store"
    store = sqlite.create(directory)
    with store.write() as transaction:
        transaction.put_authority(authority())
        for serial in range(1, 101):
            transaction.add_certificate(certificate(serial))
    store.close()
    return directory


def test_a_store_is_private(tmp_path: Path) -> None:
    previous = os.umask(0)
    try:
        store = sqlite.create(tmp_path / "new" / "store")
        with store.write() as transaction, store.exclusive("crl", wait=True):
            transaction.put_authority(authority())
            modes = {
                str(path.relative_to(tmp_path / "new")): stat.S_IMODE(path.stat().st_mode)
                for path in (tmp_path / "new").rglob("*")
            }
        store.close()
    finally:
        os.umask(previous)
    assert modes == {
        "store": 0o700,
        "store/authority.db": 0o600,
        "store/authority.db-wal": 0o600,
        "store/authority.db-shm": 0o600,
        "store/locks": 0o700,
        "store/locks/write.lock": 0o600,
        "store/locks/exclusive-crl.lock": 0o600,
    }


def test_an_empty_directory_is_closed_to_others_and_a_used_one_keeps_its_mode(tmp_path: Path) -> None:
    empty, used = tmp_path / "empty", tmp_path / "used"
    empty.mkdir(mode=0o755)
    used.mkdir(mode=0o755)
    (used / "letter.txt").touch()
    for directory in (empty, used):
        sqlite.create(directory).close()
    assert [stat.S_IMODE(directory.stat().st_mode) for directory in (empty, used)] == [0o700, 0o755]


def test_commits_are_synced_and_logged_ahead(directory: Path) -> None:
    store = sqlite.open_store(directory)
    with store._connections.lent() as connection:  # noqa: SLF001 - durability has no other sign than these settings
        settings = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
    store.close()
    assert settings == ["wal", 2]


def test_creating_again_opens_what_is_there(directory: Path) -> None:
    store = sqlite.create(directory)
    with store.read() as snapshot:
        assert snapshot.certificate_count(ROOT) == 100
    store.close()


def test_a_missing_store_is_reported_and_not_created(tmp_path: Path) -> None:
    with pytest.raises(MissingStore, match=str(tmp_path / "nowhere")) as problem:
        sqlite.open_store(tmp_path / "nowhere")
    assert problem.value.exit_code == 253
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("opening", [sqlite.open_store, sqlite.create])
def test_a_file_in_place_of_the_directory_is_named(
    tmp_path: Path, opening: Callable[[Path], sqlite.SQLiteStore]
) -> None:
    (tmp_path / "file").write_text("content")
    with pytest.raises(ConfigurationProblem, match=rf"{tmp_path}/file.*: Not a directory"):
        opening(tmp_path / "file")
    assert contents(tmp_path) == {"file": b"content"}


@pytest.mark.parametrize("opening", [sqlite.open_store, sqlite.create])
def test_a_newer_store_is_refused_untouched(tmp_path: Path, opening: Callable[[Path], sqlite.SQLiteStore]) -> None:
    sqlite.create(tmp_path, NEWER).close()
    before = contents(tmp_path)
    with pytest.raises(ConfigurationProblem, match=r"authority\.db was written by a newer pcacli \(schema 2,"):
        opening(tmp_path)
    assert contents(tmp_path) == before


def test_a_store_that_becomes_newer_while_it_is_open_is_refused(directory: Path) -> None:
    old = sqlite.open_store(directory)
    sqlite.open_store(directory, NEWER).close()
    with pytest.raises(ConfigurationProblem, match="newer pcacli"), old.write() as transaction:
        transaction.put_authority(authority())
    old.close()


def test_an_older_store_is_brought_forward_with_its_content(directory: Path) -> None:
    for _ in range(2):
        store = sqlite.open_store(directory, NEWER)
        with store.read() as snapshot:
            assert snapshot.certificate_count(ROOT) == 100
        store.close()
    with closing(sqlite3.connect(directory / "authority.db")) as connection:
        assert connection.execute("SELECT count(*) FROM novelties").fetchone() == (1,)


def test_a_failed_migration_leaves_the_older_store(directory: Path) -> None:
    with pytest.raises(DamagedStore, match="missing_table"):
        sqlite.open_store(directory, (*NEWER, ("INSERT INTO missing_table VALUES (1)",)))
    sqlite.open_store(directory).close()


def foreign_database() -> bytes:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
        return connection.serialize()


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "text": lambda _: b"This was a database. " * 500,
    "short": lambda content: content[:50],
    "half": lambda content: content[: len(content) // 2],
    "header zeroed": lambda content: bytes(100) + content[100:],
    "schema zeroed": lambda content: content[:100] + bytes(3996) + content[4096:],
    "another program's": lambda _: foreign_database(),
}


@pytest.mark.parametrize("opening", [sqlite.open_store, sqlite.create])
@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_database_is_named_and_left_alone(
    directory: Path, damage: Callable[[bytes], bytes], opening: Callable[[Path], sqlite.SQLiteStore]
) -> None:
    database = directory / "authority.db"
    database.write_bytes(damage(database.read_bytes()))
    before = contents(directory)
    with pytest.raises(DamagedStore, match=str(database)):
        opening(directory)
    assert contents(directory) == before


def test_a_damaged_page_is_found_when_it_is_read(directory: Path) -> None:
    database = directory / "authority.db"
    content = database.read_bytes()
    database.write_bytes(content[:-8192] + b"\xff" * 8192)
    store = sqlite.open_store(directory)
    with pytest.raises(DamagedStore, match=str(database)), store.read() as snapshot:
        list(snapshot.certificates(ROOT))
    store.close()


@pytest.mark.parametrize(
    "damage",
    ["subject = '{'", "tags = '5'", "crl = '{\"unknown\": 1}'", "created_at = 'soon'", "not_after = 1 << 62"],
)
def test_a_record_that_cannot_be_read_is_damage(directory: Path, damage: str) -> None:
    database = directory / "authority.db"
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(f"UPDATE authorities SET {damage}")
    store = sqlite.open_store(directory)
    with pytest.raises(DamagedStore, match=str(database)), store.read() as snapshot:
        snapshot.authority(ROOT)
    store.close()


def test_a_log_without_its_database_is_not_taken_over(directory: Path) -> None:
    (directory / "authority.db").rename(directory / "authority.db-wal")
    before = contents(directory)
    with pytest.raises(DamagedStore, match=r"authority\.db-wal belongs to a database that is gone"):
        sqlite.create(directory)
    assert contents(directory) == before


@pytest.mark.parametrize("closed", ["store", "store/authority.db"])
def test_a_store_that_may_not_be_read_is_named(closed: str) -> None:
    with ordinary_user() as home:
        sqlite.create(home / "store").close()
        (home / closed).chmod(0)
        with pytest.raises(ConfigurationProblem, match=str(home / "store/authority.db")):
            sqlite.open_store(home / "store")
        (home / closed).chmod(0o700)


def test_a_store_that_may_not_be_written_is_named() -> None:
    with ordinary_user() as home:
        sqlite.create(home / "store").close()
        (home / "store/authority.db").chmod(0o400)
        store = sqlite.open_store(home / "store")
        with (
            pytest.raises(ConfigurationProblem, match=r"authority\.db cannot be written to"),
            store.write() as transaction,
        ):
            transaction.put_authority(authority())
        store.close()
        home.chmod(0o500)
        with pytest.raises(ConfigurationProblem, match="another cannot be used: Permission denied"):
            sqlite.create(home / "another")


def test_a_long_list_is_streamed(directory: Path) -> None:
    store = sqlite.open_store(directory)
    with store.read() as snapshot:
        certificates = snapshot.certificates(ROOT)
        assert [next(certificates).serial for _ in range(3)] == [1, 2, 3]
        with store.write() as transaction:
            transaction.add_certificate(certificate(500))
        assert [one.serial for one in certificates] == list(range(4, 101))
    store.close()


def test_a_lock_that_cannot_be_taken_is_named(directory: Path) -> None:
    (directory / "locks").rename(directory / "away")
    (directory / "locks").touch()
    store = sqlite.open_store(directory)
    with pytest.raises(ConfigurationProblem, match=r"locks/write\.lock cannot be used"), store.write():
        pass
    store.close()
