"""Golden files: `--update-golden` rewrites them, and a change there is reviewed like code.

Tests marked `needs("program")` do without where the program is missing (support/programs.py).
"""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.programs import do_without

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/golden instead of comparing with it")


def pytest_runtest_setup(item: pytest.Item) -> None:
    programs = [program for mark in item.iter_markers("needs") for program in mark.args]
    missing = ", ".join(program for program in programs if shutil.which(program) is None)
    if missing:
        do_without(missing)


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
