"""Let many processes use one store at once, of which none is killed: `python -m tests.crash.crowd [OPTIONS]`.

Each does what commands do, one after the other: open the store; issue a certificate, perhaps for an idempotency token
that others use at the same time, or revoke one; close the store. How long each of them waits is measured. After a
minute every promise is looked for and another store is taken: how long a CRL takes that has grown is another matter
(tests/bench/crl.py).
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from random import Random

from pcacli.service.local import LocalService
from tests.bench.concurrency import LONGEST_WAIT, PROCESSES, at_once, issue, percentile_99, revoke, timed
from tests.crash.journal import Journal
from tests.crash.sites import Site, sqlite_site
from tests.crash.verification import verify
from tests.support.hierarchies import Estate

SECONDS_OF_A_STORE = 60
SECONDS_OF_A_TOKEN = 2
TOKENS_AT_A_TIME = 4


class _Client:
    """One process's work."""

    def __init__(self, estate: Estate, journal: Journal, random: Random) -> None:
        self._estate = estate
        self._journal = journal
        self._random = random

    def work_until(self, end: float) -> Iterator[float]:
        """Yield how many milliseconds each command took that worked; the others are complaints."""
        while time.monotonic() < end:
            (command,) = self._random.choices(list(_COMMANDS), list(_COMMANDS.values()))
            try:
                yield timed(self._estate, partial(command, self))
            except Exception as problem:  # noqa: BLE001 - whatever it is, it should not have happened
                self._journal.complain(f"{type(problem).__name__}: {problem}")

    def issue(self, service: LocalService, estate: Estate) -> str:
        """Issue a certificate."""
        certificate = issue(service, estate)
        self._journal.issued(certificate)
        return certificate

    def issue_for_token(self, service: LocalService, estate: Estate) -> None:
        """Issue a certificate for a token with which others ask at the same time."""
        token = f"{int(time.time()) // SECONDS_OF_A_TOKEN}-{self._random.randrange(TOKENS_AT_A_TIME)}"
        self._journal.issued(issue(service, estate, IdempotencyToken=token), token)

    def issue_and_revoke(self, service: LocalService, estate: Estate) -> None:
        """Issue a certificate and revoke it."""
        certificate = self.issue(service, estate)
        revoke(service, estate, certificate)
        self._journal.revoked(certificate)


_COMMANDS: Mapping[Callable[[_Client, LocalService, Estate], object], int] = {
    _Client.issue: 6,
    _Client.issue_for_token: 2,
    _Client.issue_and_revoke: 2,
}
"""What processes do, and how often in comparison."""


def main() -> int:
    """Let processes work for so many minutes; return 1 if a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash.crowd")
    parser.add_argument("--processes", type=int, default=PROCESSES, help="default: %(default)s")
    parser.add_argument("--minutes", type=float, default=1, help="how long they work (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="decides what they do (default: %(default)s)")
    parser.add_argument(
        "--patience", type=float, default=LONGEST_WAIT.limit / 1000, help="longest wait in s (default: %(default)g)"
    )
    asked = parser.parse_args()
    waits: list[float] = []
    errors, losses = [], []
    for number, seconds in enumerate(_portions(asked.minutes * 60)):
        with tempfile.TemporaryDirectory(prefix="pcacli-crowd-") as folder:
            site = sqlite_site(Path(folder), Random(), served=False)
            waits += _crowd(site, asked.processes, seconds, f"{asked.seed}/{number}")
            verified = verify(site.estate, site.journals, site.administration)
        errors += verified.promises.complaints
        losses += [violation for violation in verified.violations if violation not in verified.promises.complaints]
    waits.sort()
    too_long = sum(wait > asked.patience * 1000 for wait in waits)
    print(*errors, *losses, sep="\n", end="\n" if errors or losses else "")
    print(
        f"seed {asked.seed}: {asked.processes} processes, {asked.minutes * 60:.0f} s; commands: {len(waits)}, "
        f"99 % within {percentile_99(waits):.0f} ms, the longest {waits[-1]:.0f} ms; errors: {len(errors)}, "
        f"waits of more than {asked.patience:g} s: {too_long}, losses: {len(losses)}; "
        f"violations: {len(errors) + len(losses) + too_long}"
    )
    return 1 if errors or losses or too_long else 0


def _crowd(site: Site, processes: int, seconds: float, seed: str) -> list[float]:
    """Let processes work at once; return what each of their commands took, in milliseconds."""
    timed(site.estate, issue)  # Forked processes begin with everything imported.
    end = time.monotonic() + seconds

    def work(number: int) -> Iterator[float]:
        client = _Client(site.estate, Journal(site.journals / f"{number:016x}"), Random(f"{seed}/{number}"))
        return client.work_until(end)

    folder = site.journals.parent / "waits"
    folder.mkdir()
    return at_once(processes, work, folder)


def _portions(seconds: float) -> Iterator[float]:
    while seconds > 0:
        yield min(SECONDS_OF_A_STORE, seconds)
        seconds -= SECONDS_OF_A_STORE


if __name__ == "__main__":
    sys.exit(main())
