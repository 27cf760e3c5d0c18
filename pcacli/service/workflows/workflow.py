"""What every workflow works with, and the small things that several of them say to the API."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from pcacli.api.catalogue import WAITERS
from pcacli.errors import ServiceError
from pcacli.service.port import Service
from pcacli.service.waiting import wait

# Source: API reference, IssueCertificate and CreateCertificateAuthority, IdempotencyToken: at most 36 characters.
_TOKEN_CHARACTERS = 36


def _ignore(attempt: int) -> None:
    """Show nothing while something is waited for."""


class Workflow(NamedTuple):
    """What a workflow works with: the backend, a way to sleep (seconds), and who is told of each attempt of a wait."""

    service: Service
    sleep: Callable[[float], None]
    progress: Callable[[int], None] = _ignore

    def wait(self, waiter: str, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Wait as the model's waiter of that name says; return the response that showed it.

        Raises:
            WaiterError: what is waited for failed or took too long.
        """
        answer = wait(self.service, WAITERS[waiter], request, sleep=self.sleep, progress=self.progress)
        return {} if isinstance(answer, ServiceError) else answer


def time_of(service: Service) -> datetime:
    """Return the time that counts at a backend: that of a test store may have been moved, AWS's is ours."""
    clock: Callable[[], datetime] = getattr(service, "now", lambda: datetime.now(UTC))
    return clock()


def template_arn(authority_arn: str, template: str) -> str:
    """Return the ARN of a template in the partition of a CA."""
    partition = authority_arn.split(":")[1]
    return f"arn:{partition}:acm-pca:::template/{template}"


def fixed_token(*facts: object) -> str:
    """Return the idempotency token of a request that is the same whenever these facts are, bytes and JSON values."""
    text = json.dumps(facts, sort_keys=True, default=lambda blob: hashlib.sha256(blob).hexdigest())
    return hashlib.sha256(text.encode()).hexdigest()[:_TOKEN_CHARACTERS]
