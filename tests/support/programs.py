"""What a test does without a program that it needs: it is skipped by name, except where everything must run."""

import os

import pytest

REQUIRE_PROGRAMS = "PCACLI_REQUIRE_PROGRAMS"


def do_without(what: str) -> None:
    """Skip the test, or let it fail if PCACLI_REQUIRE_PROGRAMS=1 (as in `.ci/run`)."""
    if os.environ.get(REQUIRE_PROGRAMS) == "1":
        pytest.fail(f"{what} is not installed, but {REQUIRE_PROGRAMS}=1", pytrace=False)
    pytest.skip(f"{what} is not installed")
