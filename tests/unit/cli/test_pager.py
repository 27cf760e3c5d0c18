"""A pager that a person leaves while output is still coming."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from pcacli.cli.pager import write_output
from pcacli.errors import PcaError


@contextmanager
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let standard output be a terminal, for which alone there is a pager."""
    outside, inside = os.openpty()
    with os.fdopen(inside, "w") as stream, monkeypatch.context() as patching:
        patching.setattr(sys, "stdout", stream)
        yield
    os.close(outside)


def long_text() -> Iterator[str]:
    """Much more than a pipe takes at once, in pieces that are collected before they are written."""
    yield from (f"{'x' * 1000}\n" for _ in range(3000))


@pytest.mark.parametrize("pager", ["true", "false", "head -c 1", "sh -c 'exec <&-'"])
def test_leaving_it_early_is_no_error(monkeypatch: pytest.MonkeyPatch, pager: str) -> None:
    pieces = long_text()
    with terminal(monkeypatch):
        write_output(pieces, pager)
    assert next(pieces, None) is not None, "what nobody wants to see is not fetched"


def test_a_failure_of_the_output_itself_stays_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing() -> Iterator[str]:
        yield from long_text()
        raise PcaError("the service is gone")

    with terminal(monkeypatch), pytest.raises(PcaError, match="the service is gone"):
        write_output(failing(), "sh -c 'cat >/dev/null'")
