"""Changes of several calls in one commit: all or nothing for each, and one commit for those who wait."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pcacli.engine.call import Call, Change, Response
from pcacli.engine.shared_commit import commit_together
from pcacli.engine.store import sqlite
from pcacli.engine.store.port import Store, Transaction
from pcacli.errors import PcaError, ServiceError
from tests.contract.store_records import ROOT, authority
from tests.support.embedded import Embedded


class Counted:
    """A store that counts its transactions and whose commits can be made to fail."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.written = 0
        self.commit_fails = False
        self.read, self.exclusive, self.close = store.read, store.exclusive, store.close
        self.whole = store.whole

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        self.written += 1
        with self._store.write() as transaction:
            yield transaction
            if self.commit_fails:
                raise PcaError("The disk is full.")


class Ledger:
    """An authority whose store can be given changes that set something, and asked what is set."""

    def __init__(self, directory: Path) -> None:
        self.store = Counted(sqlite.create(directory))
        self.embedded = Embedded(store=self.store)
        with self.store.write() as transaction:
            transaction.put_authority(authority())
        self.store.written = 0

    def change(self, name: str, then: Callable[[], object] = lambda: None) -> Change:
        def write(transaction: Transaction) -> Response:
            transaction.put_setting(name, "set")
            then()
            return {"Name": name}

        request = {"CertificateAuthorityArn": str(ROOT)}
        return Call(self.embedded.parts, "TagCertificateAuthority", request, self.embedded.owner).change(
            write, chain=ROOT
        )

    def is_set(self, name: str) -> bool:
        with self.store.read() as snapshot:
            return snapshot.setting(name) is not None

    def trail_length(self) -> int:
        with self.store.read() as snapshot:
            return len(list(snapshot.trail(str(ROOT))))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = Ledger(tmp_path / "store")
    yield made
    made.store.close()


def refuse() -> None:
    raise ServiceError("LimitExceededException", "no more")


def test_changes_that_wait_together_are_one_transaction(ledger: Ledger) -> None:
    outcomes = commit_together(ledger.store, [ledger.change(name) for name in "abc"])
    assert outcomes == [{"Name": name} for name in "abc"]
    assert ledger.store.written == 1
    assert [ledger.is_set(name) for name in "abc"] == [True] * 3
    assert ledger.trail_length() == 3


@pytest.mark.parametrize("failing", "abc")
def test_a_change_that_cannot_be_made_takes_no_other_with_it(ledger: Ledger, failing: str) -> None:
    changes = [ledger.change(name, refuse if name == failing else lambda: None) for name in "abc"]
    outcomes = dict(zip("abc", commit_together(ledger.store, changes), strict=True))
    assert isinstance(outcomes.pop(failing), ServiceError)
    assert outcomes == {name: {"Name": name} for name in "abc" if name != failing}
    assert {name: ledger.is_set(name) for name in "abc"} == {name: name != failing for name in "abc"}
    assert ledger.trail_length() == 2


def test_a_commit_that_fails_fails_for_all_and_is_not_tried_again(ledger: Ledger) -> None:
    ledger.store.commit_fails = True
    outcomes = commit_together(ledger.store, [ledger.change("a"), ledger.change("b")])
    assert [str(outcome) for outcome in outcomes] == ["The disk is full."] * 2
    assert ledger.store.written == 1
    assert not ledger.is_set("a")
    assert not ledger.is_set("b")
