"""What becomes due with time, done in the background by one process of all that serve a store."""

import threading

from pcacli.engine import administration
from pcacli.engine.call import Parts
from pcacli.engine.upkeep import INTERVAL_SECONDS, looking_after
from pcacli.errors import PcaError
from pcacli.server import log


class Upkeep:
    """A thread that publishes CRLs that are due and finishes deletions, if no other process does.

    A bucket that fails is left alone for as long as AWS does (publication.py), but for the first time: it may have been
    mended since the failure.
    """

    def __init__(self, parts: Parts, interval_seconds: float = INTERVAL_SECONDS) -> None:
        self._parts = parts
        self._interval_seconds = interval_seconds
        self._retry_at_once = True
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="upkeep", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, timeout_seconds: float) -> None:
        """End, after the work in hand if that does not take longer."""
        self._stopped.set()
        self._thread.join(timeout_seconds)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                with looking_after(self._parts.store) as is_ours:
                    while is_ours and not self._stopped.is_set():
                        self._refresh()
                        self._stopped.wait(self._interval_seconds)
            except PcaError as problem:
                log.notice(problem.message)
            except Exception as error:  # noqa: BLE001 - whatever happens, the next attempt may succeed
                log.failure(error, during="upkeep")
            self._stopped.wait(self._interval_seconds)

    def _refresh(self) -> None:
        done = administration.refresh(self._parts, retry_at_once=self._retry_at_once)
        self._retry_at_once = False
        for arn in done.published:
            log.write(event="published CRL", authority=arn)
        for arn in done.removed:
            log.write(event="removed", authority=arn)
        for arn, why in done.failed.items():
            log.write(event="CRL not published", authority=arn, message=why)
        for arn, why in done.kept.items():
            log.write(event="key not destroyed", authority=arn, message=why)
