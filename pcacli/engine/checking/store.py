"""Checking a whole store, one thing after the other, in memory that does not grow with the store."""

import time
from collections.abc import Callable, Iterator
from typing import Any

from pcacli.api.arns import AuthorityArn
from pcacli.engine import trail
from pcacli.engine.call import Parts
from pcacli.engine.checking import authorities, crls, files, issued
from pcacli.engine.checking.findings import Finding, Kind
from pcacli.engine.checking.presence import Presence
from pcacli.engine.home import Home
from pcacli.engine.records import TrailEntry
from pcacli.engine.store.port import Unreadable
from pcacli.engine.store_home import StoreHome
from pcacli.errors import DamagedStore, PcaError

_PAUSE_SECONDS = 0.3


class Counts:
    """How much of each kind was looked at."""

    def __init__(self) -> None:
        self.authorities = self.certificates = self.crls = self.trail_entries = 0


class StoreCheck:
    """One check of a store; `counts` grows while the findings are read.

    `quick` leaves out what stands in the issued certificates, signatures above all. `tick` is told of every record
    that was looked at, of which there are about `size()`.
    """

    def __init__(
        self,
        parts: Parts,
        home: StoreHome[Any],
        *,
        quick: bool = False,
        tick: Callable[[], object] = lambda: None,
        pause: Callable[[], object] = lambda: time.sleep(_PAUSE_SECONDS),
    ) -> None:
        self.counts = Counts()
        self._parts = parts
        self._home = home
        self._look = issued.Thoroughness(quick, tick)
        self._pause = pause

    def size(self) -> int:
        """Return how many records there are to look at, about: the audit trail has one more for each of them."""
        try:
            arns = self._arns()
            with self._parts.store.read() as snapshot:
                return sum(snapshot.certificate_count(arn) + snapshot.revocation_count(arn) for arn in arns) * 2
        except DamagedStore:
            return 0

    def findings(self) -> Iterator[Finding]:
        """Yield everything that is wrong."""
        if isinstance(self._home, Home):
            yield from files.findings(self._home.directory)
        yield from _reading(files.findings_of_key_file(self._home.key_source(self._parts.store)))
        yield from _reading(self._storage())
        yield from _reading(self._trail())
        yield from _reading(self._access_keys())
        yield from _reading(self._authorities())

    def _storage(self) -> Iterator[Finding]:
        with self._parts.store.read() as snapshot:
            for detail in snapshot.storage_problems():
                yield Finding(Kind.STORAGE, "database", detail)

    def _trail(self) -> Iterator[Finding]:
        presence = Presence()
        with self._parts.store.read() as snapshot:
            for broken in trail.breaks(self._counted(snapshot.trail(), presence), {}):
                yield Finding(Kind.TRAIL, broken.entry.chain, broken.message)
            yield from presence.findings(snapshot)

    def _counted(self, entries: Iterator[TrailEntry], presence: Presence) -> Iterator[TrailEntry]:
        for entry in entries:
            self.counts.trail_entries += 1
            self._look.tick()
            presence.read(entry)
            yield entry

    def _access_keys(self) -> Iterator[Finding]:
        from pcacli.engine import credentials

        for access_key in credentials.listed(self._parts):
            try:
                credentials.secret(self._parts, access_key)
            except PcaError as problem:
                yield Finding(Kind.KEY, access_key.access_key_id, f"its secret does not open: {problem.message}")

    def _arns(self, unreadable: Unreadable = lambda _record: None) -> list[AuthorityArn]:
        with self._parts.store.read() as snapshot:
            return [authority.arn for authority in snapshot.authorities(unreadable=unreadable)]

    def _authorities(self) -> Iterator[Finding]:
        damaged: list[str] = []
        arns = self._arns(damaged.append)
        yield from (Finding(Kind.STORAGE, "database", record) for record in damaged)
        for arn in arns:
            yield from _reading(self._authority(arn))
            yield from _reading(crls.findings(self._parts, arn, self._pause))

    def _authority(self, arn: AuthorityArn) -> Iterator[Finding]:
        with self._parts.store.read() as snapshot:
            present = snapshot.authority(arn)
            if present is None:
                return  # It was deleted meanwhile.
            self.counts.authorities += 1
            yield from authorities.findings(present, self._parts.keys)
            if not self._parts.is_test_store:  # There a CA may be a copy of one elsewhere (clones.py).
                yield from _reading(issued.findings_of_creation(snapshot, present))
            for findings in issued.findings(snapshot, present, self._look):
                yield from _reading(findings)
            self.counts.certificates += snapshot.certificate_count(arn)
            self.counts.crls += len(crls.published(snapshot, arn))


def _reading(findings: Iterator[Finding]) -> Iterator[Finding]:
    """Yield findings, and one more in place of those that follow where the database cannot be read on."""
    try:
        yield from findings
    except DamagedStore as problem:
        yield Finding(Kind.STORAGE, "database", problem.message)
