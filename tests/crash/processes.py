"""Processes that are forked and killed."""

import os
import signal
import subprocess
from contextlib import closing, nullcontext
from pathlib import Path
from random import Random
from typing import NamedTuple

from pcacli.service.backends import open_service
from pcacli.service.settings import read_settings
from tests.crash.client import Client, Connect, Task, become
from tests.crash.journal import Journal


class Caller(NamedTuple):
    """How clients reach a store: their environment, and whether a connection lasts."""

    environment: dict[str, str]
    keeps_connection: bool


class Clients:
    """Clients, each a process of its own, with a journal in `journals`.

    They are forked from this process, which has imported everything: a fork takes a fraction of a start. Nothing of
    ours may be open here meanwhile.
    """

    def __init__(self, callers: list[Caller], journals: Path, work: Path, random: Random) -> None:
        self._callers = callers
        self._journals = journals
        self._work = work
        self._random = random
        self._running: list[int] = []

    def start(self, task: Task) -> None:
        """Start one more client."""
        seed = self._random.getrandbits(64)
        caller = self._random.choice(self._callers)
        journal = Journal(self._journals / f"{seed:016x}")
        child = os.fork()
        if child:
            os.close(journal.descriptor)
            self._running.append(child)
            return
        try:
            become(caller.environment, journal, self._work, may_complain=task.database_crashes)
            Client(task, _connect(caller), journal, Random(seed)).work()
        finally:
            os._exit(1)

    def kill_one(self) -> None:
        """Kill any of them, one of the youngest most often: others live long enough to finish what takes long."""
        count = len(self._running)
        self._kill(self._running.pop(int(self._random.triangular(0, count, count))))

    def kill_all(self) -> None:
        """Kill all of them at once: nobody is left who has the store open."""
        for child in self._running:
            os.kill(child, signal.SIGSTOP)
        while self._running:
            self._kill(self._running.pop())

    def _kill(self, child: int) -> None:
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL, f"a client ended by itself: {status}"


def _connect(caller: Caller) -> Connect:
    """Return what opens a store, as each command does, or what keeps a connection to a server."""

    def notice(text: str) -> None:
        # While a store is in order there is nothing to be said.
        os.write(2, f"{text}\n".encode())

    settings = read_settings({}, caller.environment)
    if not caller.keeps_connection:
        return lambda: closing(open_service(settings, notify=notice))
    service = open_service(settings, notify=notice)
    return lambda: nullcontext(service)


def children_of(process: int) -> list[int]:
    """Return the worker processes of a server."""
    found = subprocess.run(
        ["pgrep", "-P", str(process), "-f", "spawn_main"], capture_output=True, text=True, check=False
    )
    return [int(line) for line in found.stdout.split()]
