"""The kinds of stores. A new one joins by one line in STORES."""

from collections.abc import Callable

import pytest

from pcacli.engine.store import sqlite
from pcacli.engine.store.memory import MemoryStore
from pcacli.engine.store.port import (
    Store,
)


def on_postgresql(request: pytest.FixtureRequest) -> Store:
    from pcacli.engine.store.postgresql import PostgreSQLStore

    server, database = map(request.getfixturevalue, ("postgresql", "database"))
    store = PostgreSQLStore(server.url(database))
    assert store.set_up(tuple)
    return store


STORES: dict[str, Callable[[pytest.FixtureRequest], Store]] = {
    "memory": lambda _: MemoryStore(),
    "sqlite": lambda request: sqlite.create(request.getfixturevalue("tmp_path") / "store"),
    "postgresql": on_postgresql,
}
