"""Somebody who follows a page: all its commands, from top to bottom, in one shell, from an empty folder and home.

A block that fails ends the page. Where a ```text block stands directly below the commands, they print that; `...` in
it is for what is different each time.
"""

import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.support.command_line import PROGRAM, TIMEOUT_SECONDS, Pcacli, write_program
from tests.support.documents import Block

_SEPARATOR = "\x1e"
_OPTIONS = ("-eu", "-o", "pipefail")


class Reader(Pcacli):
    """A person with an empty HOME, no settings, and pcacli on the PATH; more programs go into `programs`."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, endpoint={})
        del self.environment["PCACLI_HOME"]
        self.store = self.home / ".local" / "share" / "pcacli"
        self.programs = self.home / "bin"
        write_program(self.programs / "pcacli", f'exec {shlex.join(PROGRAM)} "$@"')
        self.environment["PATH"] = f"{self.programs}{os.pathsep}{self.environment['PATH']}"

    def has_python(self, name: str, *words: str) -> None:
        """Put a program on the PATH that is this Python with some words before the reader's own."""
        write_program(self.programs / name, f'exec {shlex.join((sys.executable, *words))} "$@"')

    def configure(self, *lines: str) -> None:
        """Write ~/.aws/config."""
        configuration = self.home / ".aws" / "config"
        configuration.parent.mkdir()
        configuration.write_text("\n".join((*lines, "")))

    def follow(self, page: Iterable[Block], replaced: Mapping[str, str]) -> None:
        """Run the blocks of a page and compare what they print; `replaced` maps what the page says to what is run."""
        every = list(page)
        commands = [block.text for block in every if block.language == "console"]
        script = f"printf '{_SEPARATOR}'\n".join(commands)
        for theirs, ours in replaced.items():
            assert theirs in script, f"the page does not say {theirs}"
            script = script.replace(theirs, ours)
        exit_code, out, err = self._run(script)
        printed = out.split(_SEPARATOR)
        assert exit_code == 0, f"exit code {exit_code} in\n{commands[len(printed) - 1]}\n{printed[-1]}\n{err}"
        _compare(every, printed)

    def _run(self, script: str) -> tuple[int, str, str]:
        process = subprocess.Popen(
            ["bash", *_OPTIONS, "-c", script],
            cwd=self.work,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            out, err = process.communicate(timeout=TIMEOUT_SECONDS)
        finally:
            _end_group(process.pid)
        return process.returncode, out, err


def _end_group(leader: int) -> None:
    """End what a page that failed left in the background."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return


def _compare(page: Iterable[Block], printed: Iterable[str]) -> None:
    remaining = iter(printed)
    last = ""
    for block in page:
        if block.language == "console":
            last = next(remaining)
        elif block.language == "text":
            assert block.follows == "console", f"below what commands is this?\n{block.text}"
            pattern = re.escape(block.text).replace(re.escape("..."), ".*?")
            assert re.fullmatch(pattern, last, re.DOTALL), f"expected\n{block.text}\nprinted\n{last}"
