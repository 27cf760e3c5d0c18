"""Numbers for Prometheus, in OpenMetrics text: actions and latencies, and what CloudWatch would show of CRLs.

The processes of one server add up through the files of prometheus-client's multiprocess mode, if the directory for
them was named (`DIRECTORY_VARIABLE`) before this module was imported.
"""

import os

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST, generate_latest

from pcacli.engine import events
from pcacli.engine.records import Event
from pcacli.server.messages import Response

DIRECTORY_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"

_BUCKETS_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The numbers of this process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._actions = Counter(
            "pcacli_actions", "Calls by action and result.", ("action", "result"), registry=self._registry
        )
        self._seconds = Histogram(
            "pcacli_action_seconds",
            "How long calls took.",
            ("action",),
            buckets=_BUCKETS_SECONDS,
            registry=self._registry,
        )
        self._crls = {
            events.CRL_GENERATED: Counter(
                "pcacli_crl_generated", "CloudWatch's CRLGenerated.", ("result",), registry=self._registry
            ),
            events.MISCONFIGURED_CRL_BUCKET: Counter(
                "pcacli_misconfigured_crl_bucket",
                "CloudWatch's MisconfiguredCRLBucket.",
                ("result",),
                registry=self._registry,
            ),
        }

    def count(self, action: str, result: str, seconds: float) -> None:
        """Count one call; `result` is "success" or the name of the exception."""
        self._actions.labels(action, result).inc()
        self._seconds.labels(action).observe(seconds)

    def observe(self, event: Event) -> None:
        """Count one event of a CA."""
        counter = self._crls.get(event.kind)
        if counter is not None:
            counter.labels(event.result).inc()

    def exposition(self) -> Response:
        """Return the numbers of all processes of the server."""
        registry = self._registry
        if DIRECTORY_VARIABLE in os.environ:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call] # prometheus-client's
        text: bytes = generate_latest(registry)  # type: ignore[no-untyped-call] # prometheus-client's
        return Response(200, text, (("Content-Type", CONTENT_TYPE_LATEST),))
