"""Where the crashes happen: a store in a directory or in PostgreSQL, used directly or through servers."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from random import Random

from tests.crash.client import Administration, Task
from tests.crash.processes import Caller, Clients, children_of
from tests.support.command_line import PROGRAM, Pcacli, clean_environment
from tests.support.hierarchies import Estate, openssl_csr
from tests.support.postgresql import DATABASE, PostgreSQLServer

CLIENTS = 6
_REGION = "us-east-1"
"""Where the hierarchy is."""
_START_SECONDS = 60
# A line has some 150 bytes.
_MOST_JOURNAL_BYTES_BETWEEN_STRIKES = 3_000
_LONGEST_PAUSE_SECONDS = 3


class Site:
    """A store and those who use it. `strikes` are what may be killed, and how often in comparison."""

    def __init__(self, estate: Estate, folder: Path, random: Random) -> None:
        self.estate = estate
        self.journals = folder / "journals"
        self.journals.mkdir()
        self.administration = _administration(estate, folder)
        self.nodes: list[Node] = []
        self.callers = [Caller(estate.environment, keeps_connection=False)]
        self.strikes: dict[Callable[[], object], int] = {self._replace_client: 1}
        self.database_crashes = False
        self._random = random
        self._csr = openssl_csr(estate.work, "crash.example.com")

    def start(self, round_number: int) -> None:
        """Let servers and clients begin."""
        cas = (self.estate.root, self.estate.issuing)
        outages = (bool(self.nodes), self.database_crashes)
        self._task = Task(*cas, self._csr, self.administration, round_number, *outages)
        self._clients = Clients(self.callers, self.journals, self.estate.work, self._random)
        for node in self.nodes:
            node.start()
        for _ in range(CLIENTS):
            self._clients.start(self._task)

    def strike(self) -> None:
        """Let clients get some answers, kill something, and put another one in its place."""
        enough = self._journal_bytes() + self._random.randrange(_MOST_JOURNAL_BYTES_BETWEEN_STRIKES)
        deadline = time.monotonic() + _LONGEST_PAUSE_SECONDS
        while self._journal_bytes() < enough and time.monotonic() < deadline:
            time.sleep(self._random.uniform(0, 0.01))
        (strike,) = self._random.choices(list(self.strikes), list(self.strikes.values()))
        strike()

    def stop(self) -> None:
        """Kill everything that runs."""
        self._clients.kill_all()
        for node in self.nodes:
            node.kill()

    def serve(self, *nodes: "Node") -> None:
        """Let clients use these servers and not the store; what is killed are the servers."""
        key = self.estate.json("local", "credentials", "create")
        self.nodes = list(nodes)
        self.callers = [Caller(node.client_environment(key), keeps_connection=True) for node in nodes]
        self.strikes = {strike: weight for node in nodes for strike, weight in node.strikes().items()}

    def _journal_bytes(self) -> int:
        return sum(path.stat().st_size for path in self.journals.iterdir())

    def _replace_client(self) -> None:
        self._clients.kill_one()
        self._clients.start(self._task)


def _administration(estate: Estate, folder: Path) -> Administration:
    passphrase, backups = folder / "passphrase", folder / "backups"
    passphrase.touch(0o600)
    passphrase.write_text("correct horse")
    backups.mkdir()
    return Administration(estate.environment, passphrase, backups)


class Node:
    """A server on a port of its own, which it gets again whenever it is started again."""

    def __init__(self, pcacli: Pcacli, workers: int) -> None:
        self._pcacli = pcacli
        self._workers = workers
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self._port: int = listener.getsockname()[1]
        self._process: subprocess.Popen[str] | None = None

    def strikes(self) -> Mapping[Callable[[], object], int]:
        """Return what may be killed here."""
        return {self._kill_worker: 3, self._restart: 1} if self._workers > 1 else {self._restart: 1}

    def client_environment(self, key: Mapping[str, str]) -> dict[str, str]:
        """Return what clients need to call the server. They try once, and so know what was confirmed."""
        return {
            **clean_environment(self._pcacli.home),
            "AWS_ENDPOINT_URL_ACM_PCA": f"http://127.0.0.1:{self._port}",
            "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
            "AWS_REGION": _REGION,
            "AWS_MAX_ATTEMPTS": "1",
        }

    def start(self) -> None:
        """Start the server; its port may still be held by workers who are just noticing that they are alone."""
        deadline = time.monotonic() + _START_SECONDS
        while not self._started():
            assert time.monotonic() < deadline, f"the server does not start again: {self._log.read_text()}"

    def kill(self) -> None:
        """Kill all processes of the server."""
        if self._process is not None:
            workers = children_of(self._process.pid)
            self._process.kill()
            _kill(workers)
            self._wait()

    @property
    def _log(self) -> Path:
        return self._pcacli.home / "serve.log"

    def _started(self) -> bool:
        options = ("--port", str(self._port), "--workers", str(self._workers))
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                [*PROGRAM, "local", "serve", *options],
                cwd=self._pcacli.work,
                env=self._pcacli.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._process.stdout is not None
        return bool(self._process.stdout.readline())

    def _restart(self) -> None:
        """Kill the first process only; its workers stop by themselves."""
        assert self._process is not None
        self._process.kill()
        self._wait()
        self.start()

    def _kill_worker(self) -> None:
        """Kill the oldest worker, for which the first process starts another."""
        assert self._process is not None
        _kill(children_of(self._process.pid)[:1])

    def _wait(self) -> None:
        """Wait until nobody has the server's standard output open any more."""
        assert self._process is not None
        self._process.communicate(timeout=_START_SECONDS)
        self._process = None


def _kill(processes: list[int]) -> None:
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def sqlite_site(folder: Path, random: Random, *, served: bool) -> Site:
    """Return a store in a directory; it may be served by two processes."""
    estate = Estate(folder / "estate")
    estate.build()
    site = Site(estate, folder, random)
    if served:
        site.serve(Node(estate, workers=2))
    return site


def postgresql_site(folder: Path, random: Random, database: PostgreSQLServer, *, served: bool) -> Site:
    """Return a store in a database that crashes itself now and then; it may be served by two machines."""
    endpoint = {"AWS_ENDPOINT_URL_ACM_PCA": f"local:{database.url(DATABASE)}"}
    estate = Estate(folder / "estate", endpoint=endpoint)
    key_file = folder / "ca.key"
    estate.environment["PCACLI_KEY_FILE"] = str(key_file)
    estate.ok("local", "init")
    estate.build()
    site = Site(estate, folder, random)
    site.administration = site.administration._replace(backups=None, rotates=not served)
    if served:
        second = Pcacli(folder / "second", endpoint=endpoint)
        second.environment["PCACLI_KEY_FILE"] = str(shutil.copy2(key_file, second.home))
        site.serve(Node(estate, workers=1), Node(second, workers=1))

    def crash() -> None:
        database.crash()
        database.start()

    site.strikes = {**{strike: 4 * weight for strike, weight in site.strikes.items()}, crash: 1}
    site.database_crashes = True
    return site
