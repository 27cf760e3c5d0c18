"""The committer of the server: who waits at the same time shares a commit, and nobody waits for ever."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from pcacli.engine.call import Call, Change, Response
from pcacli.engine.store.memory import MemoryStore
from pcacli.engine.store.memory_transaction import MemoryTransaction
from pcacli.engine.store.port import Transaction
from pcacli.errors import ServiceError
from pcacli.server.committer import MAXIMUM_CHANGES, Committer
from tests.contract.store_records import ROOT, authority
from tests.support.embedded import Embedded
from tests.support.waiting import LONGEST_SECONDS


class SlowStore(MemoryStore):
    """A store that keeps the first writer until it is let go, and counts the changes of each transaction."""

    def __init__(self) -> None:
        super().__init__()
        self.may_write = threading.Event()
        self.may_write.set()
        self.is_writing = threading.Event()
        self.sizes: list[int] = []

    @contextmanager
    def write(self) -> Iterator[MemoryTransaction]:
        self.is_writing.set()
        assert self.may_write.wait(LONGEST_SECONDS)
        with super().write() as transaction:
            self.sizes.append(0)
            yield transaction


class Bank:
    """A committer, and changes that count themselves."""

    def __init__(self) -> None:
        self.store = SlowStore()
        self.embedded = Embedded(store=self.store)
        with self.store.write() as transaction:
            transaction.put_authority(authority())
        self.store.sizes.clear()
        self.store.is_writing.clear()
        self.committer = Committer(self.store)

    def change(self, *, fails: bool = False) -> Change:
        def write(_: Transaction) -> Response:
            if fails:
                raise ServiceError("LimitExceededException", "no more")
            self.store.sizes[-1] += 1
            return {}

        request = {"CertificateAuthorityArn": str(ROOT)}
        call = Call(self.embedded.parts, "TagCertificateAuthority", request, self.embedded.owner)
        return call.change(write, chain=ROOT)

    async def commit_has_begun(self) -> None:
        """Wait until the committer's thread writes."""
        assert await asyncio.to_thread(self.store.is_writing.wait, LONGEST_SECONDS)


@pytest.fixture
def bank() -> Iterator[Bank]:
    made = Bank()
    yield made
    made.committer.close()


def test_requests_of_one_moment_share_a_commit(bank: Bank) -> None:
    async def several() -> None:
        await asyncio.gather(*(bank.committer.commit(bank.change()) for _ in range(5)))

    asyncio.run(several())
    assert bank.store.sizes == [5]


def test_those_who_come_during_a_commit_share_the_next_one(bank: Bank) -> None:
    async def late() -> None:
        bank.store.may_write.clear()
        first = asyncio.create_task(bank.committer.commit(bank.change()))
        await bank.commit_has_begun()
        others = [asyncio.create_task(bank.committer.commit(bank.change())) for _ in range(3)]
        await asyncio.sleep(0)  # They come.
        bank.store.may_write.set()
        await asyncio.gather(first, *others)

    asyncio.run(late())
    assert bank.store.sizes == [1, 3]


def test_a_commit_does_not_grow_without_end(bank: Bank) -> None:
    async def many() -> None:
        await asyncio.gather(*(bank.committer.commit(bank.change()) for _ in range(MAXIMUM_CHANGES + 2)))

    asyncio.run(many())
    assert bank.store.sizes == [MAXIMUM_CHANGES, 2]


def test_each_gets_its_own_refusal(bank: Bank) -> None:
    async def mixed() -> list[Response | BaseException]:
        changes = [bank.change(), bank.change(fails=True), bank.change()]
        return await asyncio.gather(*map(bank.committer.commit, changes), return_exceptions=True)

    first, second, third = asyncio.run(mixed())
    assert (first, third) == ({}, {})
    assert isinstance(second, ServiceError)


def test_a_client_that_has_gone_keeps_nobody_waiting(bank: Bank) -> None:
    async def one_leaves() -> Response:
        bank.store.may_write.clear()
        leaving = asyncio.create_task(bank.committer.commit(bank.change()))
        staying = asyncio.create_task(bank.committer.commit(bank.change()))
        await bank.commit_has_begun()
        leaving.cancel()
        bank.store.may_write.set()
        return await asyncio.wait_for(staying, LONGEST_SECONDS)

    assert asyncio.run(one_leaves()) == {}
    assert bank.store.sizes == [2]
