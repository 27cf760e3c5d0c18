import pytest

from pcacli.api.catalogue import OPERATIONS
from pcacli.engine.handlers.table import MODULES, handler


def test_every_action_has_a_handler() -> None:
    assert set(MODULES) == set(OPERATIONS)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_handler_is_found_by_the_name_of_its_action(operation: str) -> None:
    assert callable(handler(operation))
