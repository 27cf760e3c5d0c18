"""Real shells in a pseudo-terminal: type a line, press Tab, and see what stands on the line then."""

import os
import pty
import select
import shlex
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

TIMEOUT_SECONDS = 60
_POLL_SECONDS = 0.005
_START_OF_LINE = "\x01"


class InteractiveShell:
    """A shell that runs in a folder, where Tab completes what `setup` has it complete.

    `command` starts the shell so that it reads no start-up files and edits lines as Emacs does.
    """

    def __init__(self, command: list[str], setup: str, folder: Path) -> None:
        self._shown = folder.parent / "shown"
        self._terminal, inside = pty.openpty()
        self._process = subprocess.Popen(
            command,
            cwd=folder,
            env={"PATH": os.environ["PATH"], "HOME": str(folder.parent), "TERM": "dumb", "LC_ALL": "C.UTF-8"},
            stdin=inside,
            stdout=inside,
            stderr=inside,
            start_new_session=True,
        )
        os.close(inside)
        # Written beside and renamed, so that the file is there only when it is whole.
        target = shlex.quote(str(self._shown))
        show = f'show() {{ printf "%s\\n" "$@" > {target}.new && mv {target}.new {target}; }}'
        self._type(f"{setup}\n{show}\nshow ready\n")
        assert self._words_shown() == ["ready"]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._terminal)

    def complete(self, line: str) -> list[str]:
        """Type the line and Tab; return the words that the line then has."""
        self._type(f"{line}\t{_START_OF_LINE}show \n")
        return self._words_shown()

    def _type(self, text: str) -> None:
        os.write(self._terminal, text.encode())

    def _words_shown(self) -> list[str]:
        """Wait for what `show` wrote, and keep the terminal from filling up meanwhile."""
        screen = b""
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while not self._shown.exists():
            assert time.monotonic() < deadline, screen.decode(errors="replace")
            if select.select([self._terminal], [], [], _POLL_SECONDS)[0]:
                screen += os.read(self._terminal, 65536)
        words = self._shown.read_text(encoding="utf-8").splitlines()
        self._shown.unlink()
        return words
