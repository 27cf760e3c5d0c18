"""Kill processes of a store at random and look for what was promised: `python -m tests.crash [OPTIONS]`.

By default clients are killed that use one store directly, as commands do; with --server it is the processes of
`pcacli local serve`, with --postgresql the store is in a database, which then crashes, too. After some kills
everything is killed at once, every promise is looked for, and the survivors' store is used on. A seed decides what
happens to whom; how far each process had come then is up to the machine.
"""

import argparse
import sys
import tempfile
import time
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from random import Random

import pcacli.cli.main  # noqa: F401 - clients are forked, and so begin with everything imported
from tests.crash.sites import Site, postgresql_site, sqlite_site
from tests.crash.verification import Verified, verify

KILLS_OF_A_ROUND = 20
ROUNDS_OF_A_STORE = 10
"""After so many a new store is used: verifying takes longer with every certificate."""


def main() -> int:
    """Run rounds until enough has been killed; return 1 if a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description="Kill processes and look what is left.")
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--kills", type=int, default=500, help="how often something is killed (default: %(default)s)")
    length.add_argument("--minutes", type=float, help="go on for so long, however often something is killed then")
    parser.add_argument("--seed", type=int, default=1, help="decides what is done and killed (default: %(default)s)")
    parser.add_argument(
        "--server", action="store_true", help="kill servers instead of the processes that use the store"
    )
    parser.add_argument("--postgresql", action="store_true", help="use a database in place of a directory")
    asked = parser.parse_args()
    total = _Total(asked.kills, asked.minutes)
    for number in count():
        if not total.kills_left():
            break
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pcacli-crash-")))
            site = _site(asked, folder, Random(f"{asked.seed}/{number}"), stack)
            _crash(site, total)
    print(f"seed {asked.seed}: {total.summary()}")
    return 1 if total.violations else 0


class _Total:
    """What came of all rounds, of which there are enough after so many kills or, if they are given, minutes."""

    def __init__(self, most_kills: int, minutes: float | None) -> None:
        self._most_kills = most_kills
        self._seconds = None if minutes is None else 60 * minutes
        self._began = time.monotonic()
        self.kills = self.rounds = self.certificates = self.unannounced = self.revocations = self.authorities = 0
        self.rotations = self.backups = self.outages = 0
        self.violations: list[str] = []

    def kills_left(self) -> int:
        """Return how often something is still to be killed in the next round."""
        if self._seconds is not None:
            return KILLS_OF_A_ROUND if self._elapsed_seconds() < self._seconds else 0
        return min(KILLS_OF_A_ROUND, self._most_kills - self.kills)

    def add(self, store: Verified) -> None:
        """Add what a store holds after its last round."""
        promises = store.promises
        self.certificates += len(promises.issued)
        self.unannounced += store.certificates - len(promises.issued)
        self.revocations += len(promises.revoked)
        self.authorities += len(promises.states)
        self.rotations += promises.rotations
        self.backups += len(promises.backups)
        self.outages += promises.outages

    def summary(self) -> str:
        """Say it in one line."""
        return (
            f"{self.kills} kills in {self.rounds} rounds, {self._elapsed_seconds():.0f} s; "
            f"promised and found: {self.certificates} certificates, "
            f"{self.revocations} revocations, {self.authorities} CAs, {self.rotations} rotations of the key, "
            f"{self.backups} backups; committed and not yet told: {self.unannounced} "
            f"certificates; calls without an answer: {self.outages}; violations: {len(self.violations)}"
        )

    def _elapsed_seconds(self) -> float:
        return time.monotonic() - self._began


def _crash(site: Site, total: _Total) -> None:
    """Kill until there is enough, or for this store, and verify after each round."""
    for round_number in range(ROUNDS_OF_A_STORE):
        kills = total.kills_left()
        site.start(round_number)
        try:
            for _ in range(kills):
                site.strike()
        finally:
            site.stop()
        verified = verify(site.estate, site.journals, site.administration)
        total.rounds += 1
        total.kills += kills
        total.violations += verified.violations
        for violation in verified.violations:
            print(violation, flush=True)
        if verified.violations or not total.kills_left():
            break
    total.add(verified)


def _site(asked: argparse.Namespace, folder: Path, random: Random, stack: ExitStack) -> Site:
    if not asked.postgresql:
        return sqlite_site(folder, random, served=asked.server)
    from tests.support.postgresql import postgresql_server

    return postgresql_site(folder, random, stack.enter_context(postgresql_server()), served=asked.server)


if __name__ == "__main__":
    sys.exit(main())
