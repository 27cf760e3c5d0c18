"""Output through a pager: on a terminal only, and only if the pager is there.

Source: AWS CLI User Guide, "Client-side pager": the settings' pager, and LESS=FRX unless LESS is set.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain
from typing import IO

LESS_FLAGS = "FRX"


def write_output(pieces: Iterable[str], pager: str) -> None:
    """Write pieces of text as they come, through the pager (a command line, empty for none) if people are looking."""
    command = _command(pager) if pager and sys.stdout.isatty() else None
    if command is None:
        for piece in pieces:
            sys.stdout.write(piece)
        return
    _page(pieces, command)


def _command(pager: str) -> list[str] | None:
    """Return the pager's words, None if there is no such program: a container without less prints plainly."""
    import shlex
    import shutil

    try:
        words = shlex.split(pager)
    except ValueError:
        return None
    return words if words and shutil.which(words[0]) else None


def _page(pieces: Iterable[str], command: list[str]) -> None:
    import subprocess

    # Most changing actions answer with nothing; no pager is started for that.
    first = next(iterator := filter(None, pieces), None)
    if first is None:
        return
    environment = {"LESS": LESS_FLAGS, **os.environ}
    sys.stdout.flush()
    with (
        _pager_is_interrupted(),
        subprocess.Popen(  # noqa: S603 - the pager is the user's own setting
            command, stdin=subprocess.PIPE, env=environment, text=True, encoding="utf-8"
        ) as process,
    ):
        if process.stdin is not None:
            _feed(process.stdin, chain([first], iterator))


def _feed(stdin: IO[str], pieces: Iterable[str]) -> None:
    """Write pieces to a pager; a reader who leaves it early has seen enough."""
    try:
        with suppress(BrokenPipeError):
            stdin.writelines(pieces)
    finally:
        # What is still in the buffer cannot be written either; a failure of the pieces stays the one that counts.
        with suppress(BrokenPipeError):
            stdin.close()


@contextmanager
def _pager_is_interrupted() -> Iterator[None]:
    """Leave Ctrl-C to the pager for the length of a block; a handler, unlike ignoring it, is not inherited by it."""
    import signal

    before = signal.signal(signal.SIGINT, lambda _number, _frame: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
