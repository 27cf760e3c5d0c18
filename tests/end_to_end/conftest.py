"""A command line in a folder of its own, alone or with a hierarchy that was made once and is copied for each test."""

from pathlib import Path

import pytest

from tests.support.command_line import Pcacli
from tests.support.hierarchies import Estate


@pytest.fixture
def pcacli(tmp_path: Path) -> Pcacli:
    """A command line on a default store that is not there yet."""
    return Pcacli(tmp_path)


@pytest.fixture
def estate(tmp_path: Path, pristine: Estate) -> Estate:
    """A hierarchy of a test's own."""
    return Estate.copy_of(pristine, tmp_path)


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Estate:
    """The hierarchy of which the tests get copies."""
    made = Estate(tmp_path_factory.mktemp("estate"))
    made.build()
    return made
