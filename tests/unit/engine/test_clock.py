"""Time in a test store: what depends on it follows, for everybody who uses the store, and never in an ordinary one."""

from datetime import timedelta
from pathlib import Path

import pytest

from pcacli.engine import clock
from pcacli.engine.administration import refresh
from pcacli.engine.call import Parts
from pcacli.engine.context import system_context
from pcacli.engine.home import Home
from pcacli.errors import ConfigurationProblem, ServiceError, UsageProblem
from tests.support.crafted import leaf_csr
from tests.support.embedded import START, Embedded

PUBLISHING = {"CrlConfiguration": {"Enabled": True, "ExpirationInDays": 7, "S3BucketName": "bucket"}}


@pytest.fixture
def embedded() -> Embedded:
    return Embedded(is_test_store=True)


def advance(embedded: Embedded, **time: float) -> None:
    clock.advance(embedded.store, timedelta(**time), embedded.parts.context.now)


def open_home(home: Home) -> Parts:
    return home.open(system_context()._replace(now=lambda: START), lambda _notice: None)


@pytest.mark.fact("1.2")
def test_a_ca_expires_and_is_active_again_when_the_clock_is_put_back(embedded: Embedded) -> None:
    root = embedded.active_root()
    advance(embedded, days=3653)
    assert embedded.describe(root)["Status"] == "EXPIRED"
    clock.reset(embedded.store)
    assert embedded.describe(root)["Status"] == "ACTIVE"


@pytest.mark.fact("1.2", "window")
def test_a_deletion_window_ends(embedded: Embedded) -> None:
    root = embedded.create()
    embedded.call("DeleteCertificateAuthority", CertificateAuthorityArn=root, PermanentDeletionTimeInDays=7)
    advance(embedded, days=7, seconds=-1)
    assert embedded.describe(root)["Status"] == "DELETED"
    advance(embedded, seconds=1)
    with pytest.raises(ServiceError) as refusal:
        embedded.describe(root)
    assert refusal.value.code == "ResourceNotFoundException"


@pytest.mark.fact("5.2")
def test_a_crl_is_due_at_its_midpoint(embedded: Embedded) -> None:
    root = embedded.active_root(RevocationConfiguration=PUBLISHING)
    embedded.issue(root, leaf_csr())
    assert refresh(embedded.parts).published == []
    advance(embedded, days=3.5)
    assert refresh(embedded.parts).published == [root]


@pytest.mark.fact("1.7")
def test_the_window_of_an_idempotency_token_ends(embedded: Embedded) -> None:
    first = embedded.create(IdempotencyToken="once")
    advance(embedded, minutes=5, seconds=-1)
    assert embedded.create(IdempotencyToken="once") == first
    advance(embedded, seconds=1)
    assert embedded.create(IdempotencyToken="once") != first


def test_what_is_made_afterwards_carries_the_new_time(embedded: Embedded) -> None:
    advance(embedded, days=400)
    assert embedded.describe(embedded.create())["CreatedAt"] == START + timedelta(days=400)


def test_whoever_has_the_store_open_sees_the_clock_move(tmp_path: Path) -> None:
    home = Home(tmp_path / "store")
    home.create(test=True)
    mine, others = open_home(home), open_home(home)
    assert others.context.now() == START
    clock.advance(mine.store, timedelta(days=1), mine.context.now)
    clock.advance(mine.store, timedelta(hours=1), mine.context.now)
    assert others.context.now() == mine.context.now() == START + timedelta(days=1, hours=1)
    clock.reset(others.store)
    assert mine.context.now() == START
    for parts in (mine, others):
        parts.store.close()


def test_an_ordinary_store_has_real_time_and_stays_ordinary(tmp_path: Path) -> None:
    home, context = Home(tmp_path / "store"), system_context()
    home.create()
    parts = home.open(context, lambda _notice: None)
    assert parts.context is context
    assert not parts.is_test_store
    parts.store.close()
    with pytest.raises(ConfigurationProblem, match="cannot become a test store"):
        home.create(test=True)


def test_a_test_store_stays_one_when_it_is_made_again(tmp_path: Path) -> None:
    home = Home(tmp_path / "store")
    assert [home.create(test=True), home.create(), home.create(test=True)] == [True, False, False]
    parts = open_home(home)
    assert parts.is_test_store
    parts.store.close()


def test_the_clock_stays_where_certificates_can_still_be_issued(embedded: Embedded) -> None:
    advance(embedded, days=365 * 6900)
    root = embedded.active_root()
    with pytest.raises(UsageProblem, match="year 9000"):
        advance(embedded, days=365 * 100)
    assert embedded.describe(root)["Status"] == "ACTIVE"
