"""Thousands of certificates in one process: several at a time, each by itself, and none of them twice."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from pcacli.errors import Interrupted, PcaError
from pcacli.service.port import Service
from pcacli.service.workflows.bulk_rows import Row
from pcacli.service.workflows.certificate_request import ActiveAuthority
from pcacli.service.workflows.leaf_delivery import Leaf, obtain
from pcacli.service.workflows.workflow import Workflow


class Terms(NamedTuple):
    """What holds for every row: who issues, below which folder the files go, and whether others' may be replaced.

    `is_named` says that somebody named the CA.
    """

    authority: ActiveAuthority
    directory: Path
    force: bool
    pkcs12_password: Callable[[], bytes] | None = None
    is_named: bool = False

    def leaf(self, row: Row) -> Leaf:
        """Return what a row wants."""
        return Leaf(
            row.wish,
            self.authority,
            self.directory / row.directory,
            row.digest,
            pkcs12_password=self.pkcs12_password,
            force=self.force,
            is_named=self.is_named,
        )


class Outcome(NamedTuple):
    """What became of a row: the ARN of its certificate, or the problem."""

    row: Row
    certificate_arn: str | None
    problem: PcaError | None = None


class Brake:
    """Stops the threads of this work: once it is pulled, each ends where it would have to wait next."""

    def __init__(self) -> None:
        self._pulled = threading.Event()

    def pull(self) -> None:
        """Wake who sleeps, and let nobody sleep any more."""
        self._pulled.set()

    def is_pulled(self) -> bool:
        """Tell whether nothing new shall be begun."""
        return self._pulled.is_set()

    def sleep(self, seconds: float) -> None:
        """Wait for so many seconds.

        Raises:
            Interrupted: the brake is pulled.
        """
        if seconds > 0 and self._pulled.wait(seconds):
            raise Interrupted("Interrupted.")


class BulkRequest:
    """Requests a certificate for each row, on a backend that threads share.

    `now` is asked for the time that counts there.
    """

    def __init__(self, service: Service, terms: Terms, now: Callable[[], datetime], brake: Brake) -> None:
        self._workflow = Workflow(service, brake.sleep)
        self._terms = terms
        self._now = now
        self._brake = brake

    def run(self, rows: Sequence[Row], *, concurrency: int, report: Callable[[Outcome], object]) -> None:
        """Work on so many rows at a time; `report` is told what became of each, in this thread.

        After Ctrl-C, or when `report` raises, no further row is begun, and those in work are reported before this
        returns.
        """
        with ThreadPoolExecutor(concurrency, thread_name_prefix="request") as pool:
            unreported = {pool.submit(self._outcome, row) for row in rows}
            try:
                for future in as_completed(unreported):
                    unreported.discard(future)
                    self._report(future.result(), report)
            except BaseException:
                self._brake.pull()
                pool.shutdown(cancel_futures=True)
                for future in unreported:
                    if not future.cancelled():
                        self._report(future.result(), report)
                raise

    def _report(self, outcome: Outcome, report: Callable[[Outcome], object]) -> None:
        """Tell what became of a row; only then its folder may forget which certificate that is."""
        report(outcome)
        if outcome.problem is None:
            self._terms.leaf(outcome.row).files.forget_issued()

    def _outcome(self, row: Row) -> Outcome:
        try:
            return Outcome(row, self._certificate(row))
        except PcaError as problem:
            return Outcome(row, None, problem)

    def _certificate(self, row: Row) -> str:
        """Make a row's folder with its files and return the certificate's ARN."""
        if self._brake.is_pulled():
            raise Interrupted("Interrupted.")
        return obtain(self._workflow, self._terms.leaf(row), self._now())
