"""What is PostgreSQL's own about a store on it: versions, rights, lost connections, crashes, several processes."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from pcacli.engine.store import postgresql as store_on
from pcacli.engine.store import sql_statements
from pcacli.engine.store.codec import Value
from pcacli.engine.store.port import MissingStore, Store
from pcacli.engine.store.postgresql_schema import MIGRATIONS
from pcacli.engine.upkeep import is_served, looking_after
from pcacli.errors import ConfigurationProblem, DamagedStore, PcaError
from tests.contract.store_records import ROOT, authority, certificate, partition
from tests.support.postgresql import GUARDED, PASSWORD, PostgreSQLServer

NEWER = (*MIGRATIONS, ("CREATE TABLE novelties (id BIGINT)", "INSERT INTO novelties VALUES (1)"))
REPOSITORY = Path(__file__).parents[4]
HANG_IN_A_WRITE = """
import sys
from pcacli.engine.store import postgresql
from tests.contract.store_records import *
store = postgresql.open_store(sys.argv[1])
with store.exclusive("crl", wait=True), store.write() as transaction:
    transaction.add_certificate(certificate(1))
    print("written", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def url(postgresql: PostgreSQLServer, database: str) -> str:
    """The URL of a database with a store that has one CA."""
    with opened(postgresql.url(database), new=True) as store, store.write() as transaction:
        transaction.put_authority(authority())
    return postgresql.url(database)


@contextmanager
def opened(url: str, *, new: bool = False) -> Iterator[store_on.PostgreSQLStore]:
    store = store_on.PostgreSQLStore(url)
    try:
        if new:
            assert store.set_up(tuple)
        yield store
    finally:
        store.close()


def set_up(url: str, migrations: tuple[tuple[str, ...], ...] = tuple(MIGRATIONS)) -> bool:
    store = store_on.PostgreSQLStore(url, migrations)
    try:
        return store.set_up(tuple)
    finally:
        store.close()


def certificates_in(store: Store) -> int:
    with store.read() as snapshot:
        return snapshot.certificate_count(ROOT)


def drop_connections(server: PostgreSQLServer, database: str) -> None:
    server.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'")


def test_a_database_without_a_store_is_reported_and_left_empty(postgresql: PostgreSQLServer, database: str) -> None:
    with pytest.raises(MissingStore, match=f"no store in the database .*/{database}") as problem:
        store_on.open_store(postgresql.url(database))
    assert problem.value.exit_code == 253
    assert postgresql.execute("SELECT 1 FROM pg_namespace WHERE nspname = 'pcacli'", database) == []


def test_setting_up_again_changes_nothing(url: str) -> None:
    assert not set_up(url)
    with opened(url) as store, store.read() as snapshot:
        assert snapshot.authority(ROOT) == authority()


def test_machines_that_set_up_at_once_agree_on_one_store(postgresql: PostgreSQLServer, database: str) -> None:
    made: list[bool] = []
    machines = [threading.Thread(target=lambda: made.append(set_up(postgresql.url(database)))) for _ in range(4)]
    for machine in machines:
        machine.start()
    for machine in machines:
        machine.join()
    assert sorted(made) == [False, False, False, True]


def test_a_newer_store_is_refused_and_an_older_one_waits_for_local_init(url: str) -> None:
    with opened(url) as old:
        with pytest.raises(ConfigurationProblem, match=r"older pcacli \(schema 1, this one writes 2\).*local init"):
            store_on.open_store(url, NEWER)
        assert not set_up(url, NEWER)
        with pytest.raises(ConfigurationProblem, match=r"newer pcacli \(schema 2, this one knows 1\)"), old.write():
            pass
    with pytest.raises(ConfigurationProblem, match="newer pcacli"):
        set_up(url)
    newer = store_on.open_store(url, NEWER)
    with newer.read() as snapshot:
        assert snapshot.authority(ROOT) == authority()
    newer.close()


def test_a_failed_migration_leaves_the_older_store(url: str) -> None:
    with pytest.raises(DamagedStore, match="missing_table"):
        set_up(url, (*NEWER, ("INSERT INTO missing_table VALUES (1)",)))
    store_on.open_store(url).close()


def test_tables_that_are_not_ours_are_not_taken_over(postgresql: PostgreSQLServer, database: str) -> None:
    postgresql.execute("CREATE SCHEMA pcacli; CREATE TABLE pcacli.certificates (name TEXT)", database)
    with pytest.raises(DamagedStore, match='"certificates" already exists'):
        set_up(postgresql.url(database))
    assert postgresql.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'pcacli'", database) == [(1,)]


def test_a_user_without_rights_is_told_so(
    postgresql: PostgreSQLServer, database: str, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    guarded = postgresql.url(database, user=GUARDED)
    with pytest.raises(ConfigurationProblem, match="permission denied for schema pcacli"):
        store_on.open_store(guarded)
    postgresql.execute(f"GRANT USAGE ON SCHEMA pcacli TO {GUARDED}", database)
    postgresql.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA pcacli TO {GUARDED}", database)
    with opened(guarded) as store:
        assert certificates_in(store) == 0
        with (
            pytest.raises(ConfigurationProblem, match="permission denied for table certificates"),
            store.write() as transaction,
        ):
            transaction.add_certificate(certificate(1))
    with opened(url) as store:
        assert certificates_in(store) == 0


def test_a_schema_that_was_made_for_a_user_with_few_rights_is_used(
    postgresql: PostgreSQLServer, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    guarded = postgresql.url(database, user=GUARDED)
    with pytest.raises(ConfigurationProblem, match="permission denied for database"):
        set_up(guarded)
    postgresql.execute(f"CREATE SCHEMA pcacli AUTHORIZATION {GUARDED}", database)
    assert set_up(guarded)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("DROP TABLE pcacli.certificates CASCADE", 'relation "certificates" does not exist'),
        (
            "ALTER TABLE pcacli.certificates DROP COLUMN number CASCADE",
            'column "number" does not exist',
        ),
    ],
)
def test_tables_that_somebody_changed_are_damage(
    postgresql: PostgreSQLServer, database: str, url: str, change: str, told: str
) -> None:
    postgresql.execute(change, database)
    with opened(url) as store, pytest.raises(DamagedStore, match=told):
        certificates_in(store)


@pytest.mark.parametrize(
    "damage", ["subject = '{'", "tags = '5'", "crl = '{\"unknown\": 1}'", "not_after = 1::bigint << 62"]
)
def test_a_record_that_cannot_be_read_is_damage(
    postgresql: PostgreSQLServer, database: str, url: str, damage: str
) -> None:
    postgresql.execute(f"UPDATE pcacli.authorities SET {damage}", database)
    with (
        opened(url) as store,
        pytest.raises(DamagedStore, match=f"{database} is damaged: a record in it cannot be read"),
        store.read() as snapshot,
    ):
        snapshot.authority(ROOT)


def test_what_was_committed_survives_a_crash_of_the_database_that_nobody_notices_later(
    postgresql: PostgreSQLServer, url: str
) -> None:
    """The server's own setting, synchronous_commit=off, would lose the last commits."""
    with opened(url) as store:
        for serial in range(1, 21):
            with store.write() as transaction:
                transaction.add_certificate(certificate(serial))
        postgresql.crash()
        with pytest.raises(PcaError, match=r"lost|cannot be used"):
            certificates_in(store)
        postgresql.start()
        assert certificates_in(store) == 20


def test_a_stronger_setting_of_the_database_stays(postgresql: PostgreSQLServer, database: str, url: str) -> None:
    def setting() -> str:
        with opened(url) as store, store.beside() as executor:
            row = executor.row("SELECT current_setting('synchronous_commit')")
        assert row is not None
        return str(row[0])

    assert setting() == "on"
    postgresql.execute(f"ALTER DATABASE {database} SET synchronous_commit = remote_apply")
    assert setting() == "remote_apply"


def test_a_connection_that_is_lost_in_a_write_leaves_nothing(
    postgresql: PostgreSQLServer, database: str, url: str
) -> None:
    def interrupted() -> None:
        with store.write() as transaction:
            transaction.add_certificate(certificate(1))
            drop_connections(postgresql, database)
            transaction.add_certificate(certificate(2))

    with opened(url) as store:
        with pytest.raises(PcaError, match=f"{database} stopped its work .*nothing was changed"):
            interrupted()
        with store.write() as transaction:
            transaction.add_certificate(certificate(1))
        assert certificates_in(store) == 1


def test_a_connection_that_is_lost_in_a_commit_leaves_the_question_open(
    postgresql: PostgreSQLServer, database: str, url: str
) -> None:
    def interrupted() -> None:
        with store.write() as transaction:
            transaction.add_certificate(certificate(1))
            drop_connections(postgresql, database)

    with opened(url) as store, pytest.raises(PcaError, match=r"lost during a commit .* has to be looked up"):
        interrupted()


def test_a_write_in_which_a_failure_was_passed_over_is_not_taken_for_committed(url: str) -> None:
    def careless() -> None:
        with store.write() as transaction:
            transaction.add_certificate(certificate(1))
            with suppress(PcaError):
                transaction.put_crl_partition(partition(certificates=2**70))

    with opened(url) as store:
        with pytest.raises(PcaError, match="nothing was changed"):
            careless()
        assert certificates_in(store) == 0


def test_a_lock_goes_with_its_connection(postgresql: PostgreSQLServer, database: str, url: str) -> None:
    with opened(url) as store, store.exclusive("upkeep", wait=False) as mine:
        assert mine
        drop_connections(postgresql, database)
        with store.exclusive("upkeep", wait=False) as again:
            assert again


def test_of_two_machines_one_looks_after_the_store_until_it_is_gone(
    postgresql: PostgreSQLServer, database: str, url: str
) -> None:
    with opened(url) as here, opened(url) as there:
        with looking_after(here) as first, looking_after(there) as second:
            assert (first, second, is_served(there)) == (True, False, True)
            drop_connections(postgresql, database)
            with looking_after(there) as successor:
                assert successor
        assert not is_served(here)


def test_a_killed_writer_was_never_seen_and_frees_its_locks(url: str) -> None:
    words = [sys.executable, "-c", HANG_IN_A_WRITE, url]
    with (
        opened(url) as store,
        subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=REPOSITORY
        ) as writer,
    ):
        assert writer.stdout is not None
        assert writer.stdout.readline() == "written\n"
        assert certificates_in(store) == 0
        with store.exclusive("crl", wait=False) as taken:
            assert not taken
        writer.kill()
        with store.exclusive("crl", wait=True), store.write() as transaction:
            transaction.add_certificate(certificate(1))


def test_a_long_list_is_streamed_from_one_state(url: str) -> None:
    serials = range(1, 2502)
    with opened(url) as store:
        with store.write() as transaction:
            for serial in serials:
                transaction.add_certificate(certificate(serial))
        with store.read() as snapshot:
            first, second = snapshot.certificates(ROOT), snapshot.certificates(ROOT)
            assert [next(first).serial for _ in range(3)] == [1, 2, 3]
            with store.write() as transaction:
                transaction.add_certificate(certificate(9999))
            assert [one.serial for one in second] == list(serials)
            assert [one.serial for one in first] == list(serials)[3:]


@pytest.mark.parametrize(
    ("statement", "parameters"),
    [
        (sql_statements.TRAIL_HEAD, ("chain",)),
        (sql_statements.CERTIFICATE_COUNT, (1,)),
        (sql_statements.CERTIFICATE, (1, b"serial")),
        (sql_statements.LAST_SEQUENCE, (1,)),
    ],
    ids=["trail head", "certificate count", "certificate", "last sequence"],
)
def test_what_every_request_asks_is_found_by_an_index_alone(
    url: str, statement: str, parameters: tuple[Value, ...]
) -> None:
    with opened(url) as store, store.beside() as executor:
        # Tables this small would be read from end to end.
        executor.change("SET LOCAL enable_seqscan = off")
        plan = "\n".join(line for (line,) in executor.rows(f"EXPLAIN {statement}", *parameters))
    assert "Index" in plan
    assert "Seq Scan" not in plan
    assert "Sort" not in plan


def unreachable(server: PostgreSQLServer) -> str:
    return server.url("postgres").replace(server.url("postgres").partition("@")[2], "127.0.0.1:1/postgres")


PLACES: dict[str, tuple[Callable[[PostgreSQLServer], str], str]] = {
    "nobody listens": (unreachable, "127.0.0.1:1/postgres cannot be used: Connection refused"),
    "no database": (lambda server: server.url("nothere"), 'database "nothere" does not exist'),
    "no password": (lambda server: server.url("postgres", user=GUARDED), "no password supplied"),
    "no user": (lambda server: server.url("postgres", user="stranger"), 'role "stranger" does not exist'),
    "no such option": (lambda server: server.url("postgres?nonsense=1"), 'invalid URI query parameter: "nonsense"'),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_database_that_cannot_be_used_is_named_with_the_reason(postgresql: PostgreSQLServer, place: str) -> None:
    url_of, told = PLACES[place]
    with pytest.raises(ConfigurationProblem, match=r"^The database postgresql://.* cannot be used: .*\.$") as problem:
        store_on.open_store(url_of(postgresql))
    assert told in problem.value.message


def test_a_wrong_password_is_told(postgresql: PostgreSQLServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", "wrong")
    with pytest.raises(ConfigurationProblem, match="password authentication failed"):
        store_on.open_store(postgresql.url("postgres", user=GUARDED))
