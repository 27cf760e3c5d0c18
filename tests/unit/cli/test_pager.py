"""A pager that a person leaves while output is still coming."""

import os
import sys
from collections.abc import Iterator

import pytest

from pcacli.cli.pager import write_output
from pcacli.errors import PcaError


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    outside, inside = os.openpty()
    with os.fdopen(inside, "w") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        yield
    os.close(outside)


def long_text() -> Iterator[str]:
    """Much more than a pipe takes at once, in pieces that are collected before they are written."""
    yield from (f"{'x' * 1000}\n" for _ in range(3000))


@pytest.mark.parametrize("pager", ["true", "false", "head -c 1", "sh -c 'exec <&-'"])
def test_leaving_it_early_is_no_error(pager: str) -> None:
    write_output(long_text(), pager)


def test_a_failure_of_the_output_itself_stays_one() -> None:
    def failing() -> Iterator[str]:
        yield "x" * 100
        raise PcaError("the service is gone")

    with pytest.raises(PcaError, match="the service is gone"):
        write_output(failing(), "true")
