"""Kill processes of a store at random and look for what was promised: `python -m tests.crash [OPTIONS]`.

By default clients are killed that use one store directly, as commands do; with --server it is the processes of
`pcacli local serve`, with --postgresql the store is in a database, which then crashes, too. After some kills
everything is killed at once, every promise is looked for, and the survivors' store is used on. A seed decides what
happens to whom; how far each process had come then is up to the machine.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random

import pcacli.cli.main  # noqa: F401 - clients are forked, and so begin with everything imported
from tests.crash.sites import Site, postgresql_site, sqlite_site
from tests.crash.verification import Verified, verify

KILLS_OF_A_ROUND = 20
KILLS_OF_A_STORE = 200
"""After so many a new store is used: verifying takes longer with every certificate."""


def main() -> int:
    """Run rounds until enough has been killed; return 1 if a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description="Kill processes and look what is left.")
    parser.add_argument("--kills", type=int, default=500, help="how often something is killed (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="decides what is done and killed (default: %(default)s)")
    parser.add_argument(
        "--server", action="store_true", help="kill servers instead of the processes that use the store"
    )
    parser.add_argument("--postgresql", action="store_true", help="use a database in place of a directory")
    asked = parser.parse_args()
    total = _Total()
    for number, kills in enumerate(_portions(asked.kills, KILLS_OF_A_STORE)):
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pcacli-crash-")))
            site = _site(asked, folder, Random(f"{asked.seed}/{number}"), stack)
            _crash(site, kills, total)
    print(f"seed {asked.seed}: {total.summary()}")
    return 1 if total.violations else 0


class _Total:
    """What came of all rounds."""

    def __init__(self) -> None:
        self.kills = self.rounds = self.certificates = self.unannounced = self.revocations = self.authorities = 0
        self.outages = 0
        self.violations: list[str] = []

    def add(self, store: Verified) -> None:
        """Add what a store holds after its last round."""
        promises = store.promises
        self.certificates += len(promises.issued)
        self.unannounced += store.certificates - len(promises.issued)
        self.revocations += len(promises.revoked)
        self.authorities += len(promises.states)
        self.outages += promises.outages

    def summary(self) -> str:
        """Say it in one line."""
        return (
            f"{self.kills} kills in {self.rounds} rounds; promised and found: {self.certificates} certificates, "
            f"{self.revocations} revocations, {self.authorities} CAs; committed and not yet told: {self.unannounced} "
            f"certificates; calls without an answer: {self.outages}; violations: {len(self.violations)}"
        )


def _crash(site: Site, kills: int, total: _Total) -> None:
    """Kill so often, and verify after each round."""
    for round_number, portion in enumerate(_portions(kills, KILLS_OF_A_ROUND)):
        site.start(round_number)
        try:
            for _ in range(portion):
                site.strike()
        finally:
            site.stop()
        verified = verify(site.estate, site.journals)
        total.rounds += 1
        total.kills += portion
        total.violations += verified.violations
        for violation in verified.violations:
            print(violation, flush=True)
        if verified.violations:
            break
    total.add(verified)


def _portions(total: int, most: int) -> Iterator[int]:
    for done in range(0, total, most):
        yield min(most, total - done)


def _site(asked: argparse.Namespace, folder: Path, random: Random, stack: ExitStack) -> Site:
    if not asked.postgresql:
        return sqlite_site(folder, random, served=asked.server)
    from tests.support.postgresql import postgresql_server

    return postgresql_site(folder, random, stack.enter_context(postgresql_server()), served=asked.server)


if __name__ == "__main__":
    sys.exit(main())
