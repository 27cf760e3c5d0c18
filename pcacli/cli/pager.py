"""Output through a pager: on a terminal only, and only if the pager is there.

Source: AWS CLI User Guide, "Client-side pager": the settings' pager, and LESS=FRX unless LESS is set.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

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
        # A reader who leaves the pager early has seen enough.
        try:
            if process.stdin is not None:
                process.stdin.write(first)
                process.stdin.writelines(iterator)
                process.stdin.close()
        except BrokenPipeError:
            pass


@contextmanager
def _pager_is_interrupted() -> Iterator[None]:
    """Leave Ctrl-C to the pager for the length of a block; a handler, unlike ignoring it, is not inherited by it."""
    import signal

    before = signal.signal(signal.SIGINT, lambda _number, _frame: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
