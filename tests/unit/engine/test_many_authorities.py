"""Copies of a store take few locks, files and connections, however many CAs it has."""

import resource
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from pcacli.api.arns import AuthorityArn
from pcacli.engine.backups import write_backup
from pcacli.engine.call import Parts
from pcacli.engine.context import system_context
from pcacli.engine.database_home import DatabaseHome
from pcacli.engine.home import Home
from pcacli.engine.keys.passphrase import Derivation
from pcacli.engine.publication import nothing_being_published, turn_to_publish
from pcacli.engine.restoring import restore
from pcacli.engine.store.port import Store
from pcacli.engine.store_home import StoreHome
from tests.contract.store_records import ROOT, authority, partition
from tests.support.postgresql import PostgreSQLServer

AUTHORITIES, AUTHORITIES_IN_DATABASE = 1_100, 200
DESCRIPTORS = 128
PASSPHRASE = b"correct horse"


def arn(number: int) -> AuthorityArn:
    return ROOT._replace(authority_id=f"00000000-0000-4000-8000-{number:012x}")


def fill(store: Store, authorities: int) -> None:
    """Make CAs that have a partition each."""
    with store.write() as transaction:
        for number in range(authorities):
            transaction.put_authority(authority(arn(number)))
            transaction.put_crl_partition(
                partition(partition_id=f"partition-{number}")._replace(authority=arn(number), certificates=0)
            )


def opened(home: StoreHome[Any]) -> Parts:
    return home.open(system_context(), lambda _notice: None)


def count(store: Store) -> int:
    with store.read() as snapshot:
        return len(snapshot.authorities())


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "store")
    made.create(test=True)
    with closing(opened(made).store) as store:
        fill(store, AUTHORITIES)
    return made


@pytest.fixture
def _few_descriptors() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("_few_descriptors")
def test_a_store_of_many_cas_is_saved_and_restored_with_few_descriptors(home: Home, tmp_path: Path) -> None:
    parts, other = opened(home), Home(tmp_path / "other")
    with closing(parts.store):
        write_backup(home, parts, tmp_path / "backup", PASSPHRASE, lambda: Derivation(b"salt" * 4, 2, 8, 1))
    for force in (False, True):
        restore(other, tmp_path / "backup", PASSPHRASE, force=force)
        with closing(opened(other).store) as store:
            assert count(store) == AUTHORITIES


@pytest.mark.usefixtures("_few_descriptors")
def test_a_test_store_of_many_cas_is_saved_loaded_and_reset_with_few_descriptors(home: Home) -> None:
    home.snapshots().save("many")
    home.reset()
    with closing(opened(home).store) as store:
        assert count(store) == 0
        home.snapshots().load("many")
        assert count(store) == AUTHORITIES


def test_a_database_of_many_cas_is_reset_with_few_connections(
    postgresql: PostgreSQLServer, database: str, tmp_path: Path
) -> None:
    assert postgresql.execute("SHOW max_connections") == [("100",)]
    home = DatabaseHome(postgresql.url(database), key_file=tmp_path / "key")
    home.create(test=True)
    with closing(opened(home).store) as store:
        fill(store, AUTHORITIES_IN_DATABASE)
        with nothing_being_published(store):
            assert connections(postgresql, database) <= 2
        home.reset()
        assert count(store) == 0


def test_one_publication_takes_one_connection_for_its_locks(
    postgresql: PostgreSQLServer, database: str, tmp_path: Path
) -> None:
    home = DatabaseHome(postgresql.url(database), key_file=tmp_path / "key")
    home.create()
    with closing(opened(home).store) as store, ExitStack() as turns:
        held = [turns.enter_context(turn_to_publish(store, f"crl-{number}")) for number in range(5)]
        assert held == [True] * 5
        assert connections(postgresql, database) == 5


def connections(server: PostgreSQLServer, database: str) -> int:
    ((found,),) = server.execute(f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{database}'")
    return int(found)
