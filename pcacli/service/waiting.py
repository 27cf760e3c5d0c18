"""Wait for something, as the model's waiters say: poll an operation until an acceptor decides.

Source: `botocore/waiter.py`, whose sentences are the AWS CLI's.
"""

from collections.abc import Callable, Mapping
from typing import Any

from pcacli.api.shapes import Acceptor, Waiter
from pcacli.errors import ServiceError, WaiterError
from pcacli.service.port import Service

Answer = Mapping[str, Any] | ServiceError


def wait(
    service: Service,
    waiter: Waiter,
    request: Mapping[str, Any],
    *,
    sleep: Callable[[float], None],
    progress: Callable[[int], None] = lambda _attempt: None,
) -> Answer:
    """Poll until the waiter's success; return the answer that was it.

    `sleep` is called with seconds between two attempts; `progress` with the number of each attempt, from 1, before it
    and before the sleep in front of it.

    Raises:
        WaiterError: a failure state, an error that no acceptor expects, or the last attempt without a decision.
        PcaError: the service cannot be reached, or is not set up.
    """
    accepted: Acceptor | None = None
    for attempt in range(1, waiter.max_attempts + 1):
        progress(attempt)
        if attempt > 1:
            sleep(waiter.delay_seconds)
        answer = _ask(service, waiter.operation, request)
        acceptor = next((one for one in waiter.acceptors if _matches(one, answer)), None)
        if acceptor is None and isinstance(answer, ServiceError):
            raise _failure(waiter, f"An error occurred ({answer.code}): {answer.message}") from answer
        accepted = acceptor or accepted
        if accepted and accepted.state == "success":
            return answer
        if accepted and accepted.state == "failure":
            raise _failure(waiter, f"Waiter encountered a terminal failure state: {_explanation(accepted)}")
    previously = f". Previously accepted state: {_explanation(accepted)}" if accepted else ""
    raise _failure(waiter, f"Max attempts exceeded{previously}")


def _ask(service: Service, operation: str, request: Mapping[str, Any]) -> Answer:
    """Call, and take a refusal for an answer."""
    try:
        return service.call(operation, request)
    except ServiceError as refusal:
        return refusal


def _matches(acceptor: Acceptor, answer: Answer) -> bool:
    if acceptor.matcher == "path":
        # The paths of ACM PCA's waiters are names of members; a test holds this.
        return not isinstance(answer, ServiceError) and answer.get(acceptor.argument or "") == acceptor.expected
    if acceptor.expected is False:
        return not isinstance(answer, ServiceError)
    return isinstance(answer, ServiceError) and answer.code == acceptor.expected


def _explanation(acceptor: Acceptor) -> str:
    if acceptor.matcher == "path":
        return f'For expression "{acceptor.argument}" we matched expected path: "{acceptor.expected}"'
    return f"Matched expected service error code: {acceptor.expected}"


def _failure(waiter: Waiter, reason: str) -> WaiterError:
    return WaiterError(f"Waiter {waiter.name} failed: {reason}")
