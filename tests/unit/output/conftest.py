"""These tests print local times, so they choose the zone."""

import time
from collections.abc import Callable, Iterator

import pytest


@pytest.fixture(autouse=True)
def local_zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Live in UTC, or in the zone that the test asks for."""

    def live_in(zone: str) -> None:
        monkeypatch.setenv("TZ", zone)
        time.tzset()

    live_in("UTC")
    yield live_in
    monkeypatch.undo()
    time.tzset()
