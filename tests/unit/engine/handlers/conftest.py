import pytest

from tests.support.embedded import Embedded


@pytest.fixture
def embedded() -> Embedded:
    return Embedded()
