"""The program in a pseudo-terminal: what a person would see, as far as the streams go there."""

import os
import pty
import select
import subprocess
from typing import NamedTuple

from tests.support.command_line import PROGRAM, TIMEOUT_SECONDS, Pcacli


class Seen(NamedTuple):
    """A command that has ended: what stood on the screen, and what went elsewhere."""

    exit_code: int
    screen: str
    out: str
    err: str


class Seat:
    """A command that runs in a terminal; each stream that is not `on_screen` goes into a pipe."""

    def __init__(self, pcacli: Pcacli, *words: str, on_screen: str = "out err", **environment: str) -> None:
        self._terminal, inside = pty.openpty()
        where = {name: inside if name in on_screen.split() else subprocess.PIPE for name in ("out", "err")}
        self.process = subprocess.Popen(
            [*PROGRAM, *words],
            cwd=pcacli.work,
            env={**pcacli.environment, "TERM": "xterm", **environment},
            stdin=inside,
            stdout=where["out"],
            stderr=where["err"],
            text=True,
        )
        os.close(inside)
        self._screen = b""

    def watch_until(self, text: str) -> None:
        """Wait until the text stands on the screen."""
        while text.encode() not in self._screen:
            assert self._watch(), f"{text!r} never came: {self._screen!r}"

    def type(self, text: str) -> None:
        """Type at the keyboard."""
        os.write(self._terminal, text.encode())

    def seen(self) -> Seen:
        """Wait for the end of the command."""
        while self._watch():
            pass
        os.close(self._terminal)
        out, err = self.process.communicate(timeout=TIMEOUT_SECONDS)
        screen = self._screen.decode().replace("\r\n", "\n")
        return Seen(self.process.returncode, screen, out or "", err or "")

    def _watch(self) -> bool:
        """Take in what is on the screen next; tell whether there was anything. Fail when nothing happens any more."""
        readable, _, _ = select.select([self._terminal], [], [], TIMEOUT_SECONDS)
        assert readable, f"it stands still: {self._screen!r}"
        try:
            more = os.read(self._terminal, 65536)
        except OSError:  # Linux's way to say that nobody has the terminal open any more
            return False
        self._screen += more
        return bool(more)


def on_screen(pcacli: Pcacli, *words: str, streams: str = "out err", **environment: str) -> Seen:
    """Run a command to its end in a terminal."""
    return Seat(pcacli, *words, on_screen=streams, **environment).seen()
