"""Every store, one after the other."""

from collections.abc import Iterator

import pytest

from pcacli.engine.store.port import (
    Store,
)
from tests.contract.store_kinds import STORES
from tests.contract.store_records import (
    authority,
)


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    opened = STORES[request.param](request)
    yield opened
    opened.close()


@pytest.fixture
def with_root(store: Store) -> Store:
    with store.write() as transaction:
        transaction.put_authority(authority())
    return store
