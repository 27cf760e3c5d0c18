"""A command line in a folder of its own, alone or with a hierarchy that was made once and is copied for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command_line import Pcacli
from tests.support.hierarchies import Estate
from tests.support.serving import serving


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


@pytest.fixture
def operator(tmp_path: Path, estate: Estate) -> Iterator[Pcacli]:
    """A command line of its own for which a server on that hierarchy stands in for AWS."""
    with serving(estate) as server:
        # The hierarchy is in the region of who names none.
        endpoint = {**server.environment, "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1"}
        yield Pcacli(tmp_path / "operator", endpoint=endpoint)


@pytest.fixture(params=["embedded", "served"])
def client(request: pytest.FixtureRequest) -> Pcacli:
    """A command line on a hierarchy, once on the embedded authority and once on a server that stands in for AWS."""
    found: Pcacli = request.getfixturevalue("estate" if request.param == "embedded" else "operator")
    return found
