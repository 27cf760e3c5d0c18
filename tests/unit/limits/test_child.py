"""Work that cannot be interrupted is done in a child process, which can."""

import os
import time

import pytest

from pcacli.limits.child import TookTooLong, in_child
from tests.support.waiting import LONGEST_SECONDS


@pytest.mark.parametrize("result", [b"", b"+", b"x" * 1_000_000])
def test_what_the_work_returns_comes_back(result: bytes) -> None:
    assert in_child(lambda: result, LONGEST_SECONDS) == result


@pytest.mark.parametrize("problem", [ValueError, SystemExit, KeyboardInterrupt, RecursionError])
def test_work_that_fails_in_any_way_is_a_value_error(problem: type[BaseException]) -> None:
    def fail() -> bytes:
        raise problem

    with pytest.raises(ValueError, match="has failed"):
        in_child(fail, LONGEST_SECONDS)


def test_a_child_that_dies_has_failed() -> None:
    with pytest.raises(ValueError, match="has failed"):
        in_child(lambda: os._exit(3), LONGEST_SECONDS)


def test_work_without_an_end_is_given_up() -> None:
    def never() -> bytes:
        time.sleep(LONGEST_SECONDS)
        return b""

    with pytest.raises(TookTooLong):
        in_child(never, 0.1)
