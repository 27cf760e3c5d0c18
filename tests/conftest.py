"""Golden files: `--update-golden` rewrites them, and a change there is reviewed like code.

Nothing in the environment of whoever runs the tests decides about them (support/surroundings.py), and neither does the
machine's speed: hypothesis draws the same examples each time and has no deadline.

Tests marked `needs("program")` do without where the program is missing (support/programs.py). Those marked `aws` run
only with `--aws`: they make CAs in the account that the environment names, for money, and delete them.
"""

import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from tests.support import surroundings
from tests.support.facts import OPTION as REQUIRE_FACTS
from tests.support.facts import FactReport, record_marks
from tests.support.programs import do_without, find_program

if TYPE_CHECKING:
    from tests.support.postgresql import PostgreSQLServer
    from tests.support.soft_hsm import SoftHsm

GOLDEN = Path(__file__).parent / "golden"
LONGEST_ID = 100  # characters of a value in a test's name

# Before any test module is imported; `--hypothesis-profile` is heard afterwards.
hypothesis.settings.load_profile("ci")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/golden instead of comparing with it")
    parser.addoption(REQUIRE_FACTS, action="store_true", help="fail if a fact about the service has no test")
    parser.addoption("--aws", action="store_true", help="also run the tests that use a real AWS account")


def pytest_configure(config: pytest.Config) -> None:
    # A shell lets jobs in the background ignore Ctrl-C, and the programs that tests interrupt would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if not hasattr(config, "workerinput"):  # The workers of xdist report to the process that started them.
        config.pluginmanager.register(FactReport(required=config.getoption(REQUIRE_FACTS)))


def pytest_sessionstart(session: pytest.Session) -> None:
    # The process that only starts the workers of xdist leaves them the environment as it was.
    if not session.config.pluginmanager.hasplugin("dsession"):
        surroundings.leave()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--aws"):
        items[:] = [item for item in items if item.get_closest_marker("aws") is None]
    record_marks(items)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name long values by their argument: drawn keys differ in each worker of xdist, which must agree on the names.

    pytest 9 does so by itself from a certain length on; older ones do not.
    """
    return argname if isinstance(val, (bytes, str)) and len(val) > LONGEST_ID else None


def pytest_runtest_setup(item: pytest.Item) -> None:
    programs = [program for mark in item.iter_markers("needs") for program in mark.args]
    missing = ", ".join(program for program in programs if find_program(program) is None)
    if missing:
        do_without(missing)


@pytest.fixture(scope="session")
def s3_url() -> Iterator[str]:
    """The URL of an S3 server that runs as long as the tests."""
    from tests.support.s3_server import s3_server

    with s3_server() as url:
        yield url


@pytest.fixture(scope="session")
def soft_hsm(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[SoftHsm]":
    """PKCS #11 tokens, which this process can use, too."""
    from tests.support.soft_hsm import UTILITY, SoftHsm

    if find_program(UTILITY) is None:
        do_without(UTILITY)
    made = SoftHsm(tmp_path_factory.mktemp("softhsm"))
    # The module reads it once, when the first test of this process uses a token.
    with pytest.MonkeyPatch.context() as patched:
        for name, value in made.environment.items():
            patched.setenv(name, value)
        yield made


@pytest.fixture(scope="session")
def postgresql() -> "Iterator[PostgreSQLServer]":
    """A PostgreSQL server that runs as long as the tests."""
    if find_program("initdb") is None:
        do_without("initdb (PostgreSQL)")
    from tests.support.postgresql import postgresql_server

    with postgresql_server() as server:
        yield server


@pytest.fixture
def database(postgresql: "PostgreSQLServer") -> Iterator[str]:
    """The name of an empty database of that server."""
    from tests.support.postgresql import DATABASE

    yield DATABASE
    postgresql.empty(DATABASE)


@pytest.fixture
def matches_golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with the file of that name under tests/golden."""

    def compare(name: str, text: str) -> None:
        file = GOLDEN / name
        if request.config.getoption("--update-golden"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        assert text == file.read_text(encoding="utf-8")

    return compare
