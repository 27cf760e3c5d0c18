"""Faults of a test store: the errors that it answers with instead of working, decided at the door.

`meet` is called before anything else is done with an action. Creations that end FAILED are the one fault that lets
the action pass; the handler asks `failure_of_creation` inside its own transaction, so that a refused creation uses
nothing up.
"""

import json
from typing import Any, NamedTuple

from pcacli.api.catalogue import OPERATIONS
from pcacli.engine import states, throttling, timing
from pcacli.engine.call import Parts, Request
from pcacli.engine.context import Caller
from pcacli.engine.store.port import Snapshot, Transaction
from pcacli.errors import ServiceError, UsageProblem
from pcacli.params.durations import format_duration

CREATION = "CreateCertificateAuthority"
# Source: API reference, CertificateAuthority, FailureReason.
FAILURE_REASONS = ("REQUEST_TIMED_OUT", "UNSUPPORTED_ALGORITHM", "OTHER")
# What an action may answer besides the exceptions of its model (API reference, "Common Errors").
COMMON_ERRORS = (
    "AccessDeniedException",
    "InternalFailure",
    "ServiceUnavailable",
    "ThrottlingException",
    "ValidationException",
)

_SETTING = "faults"
# Assumption: these are the usual sentences of AWS's services; those of actions that are in progress are in states.py.
_MESSAGES = {
    "AccessDeniedException": "User: {caller} is not authorized to perform: acm-pca:{operation} on resource: {resource}",
    "InternalFailure": "Internal failure.",
    "ServiceUnavailable": "The service is unavailable. Try again later.",
    "ThrottlingException": throttling.MESSAGE,
}
_IN_PROGRESS_MESSAGES = {
    "GetCertificate": states.CERTIFICATE_NOT_READY,
    "GetCertificateAuthorityCsr": states.CSR_NOT_READY,
}
_OTHER_MESSAGE = "{code} was asked for with: pcacli local faults add"


class Fault(NamedTuple):
    """A fault: an exception that an action (None: any) answers with, or the reason why a creation ends FAILED.

    `number` is its name, `message` None for the sentence that AWS would use, `times_left` None for always.
    """

    number: int
    operation: str | None
    error: str | None = None
    message: str | None = None
    failure_reason: str | None = None
    times_left: int | None = None


def errors_of(operation: str | None) -> tuple[str, ...]:
    """Return the exceptions that an action may be made to answer with; None stands for any action."""
    return COMMON_ERRORS if operation is None else tuple(dict.fromkeys((*OPERATIONS[operation].errors, *COMMON_ERRORS)))


def require_error_of(operation: str | None, error: str) -> None:
    """Make sure that an action may be made to answer with an exception.

    Raises:
        UsageProblem: it never does.
    """
    known = errors_of(operation)
    if error not in known:
        raise UsageProblem(f"{error} is no error of {operation or 'every action'}; there are: {', '.join(known)}.")


def faults(snapshot: Snapshot) -> list[Fault]:
    """Return the faults of a store, in the order in which they are tried."""
    return [Fault(*fields) for fields in json.loads(snapshot.setting(_SETTING) or "[]")]


def put_faults(transaction: Transaction, wanted: list[Fault]) -> None:
    """Set the faults of a store; one without times left goes away."""
    left = [fault for fault in wanted if fault.times_left != 0]
    transaction.put_setting(_SETTING, json.dumps(left) if left else None)


def add(transaction: Transaction, fault: Fault) -> Fault:
    """Add a fault behind the others and return it with its number."""
    known = faults(transaction)
    numbered = fault._replace(number=max((one.number for one in known), default=0) + 1)
    put_faults(transaction, [*known, numbered])
    return numbered


def meet(parts: Parts, operation: str, caller: Caller, request: Request) -> None:
    """Let an action through the door, or refuse it because it comes too often or a fault is waiting for it.

    Raises:
        ServiceError: the exception of the fault, or ThrottlingException.
    """
    with parts.store.read() as snapshot:
        is_throttled = operation in throttling.rates(snapshot)
        if not is_throttled and _error_for(snapshot, operation) is None:
            return
    with parts.store.write() as transaction:
        if is_throttled:
            throttling.take_turn(transaction, operation, caller, parts.context.now())
        fault = _error_for(transaction, operation)
        if fault is not None:
            _use(transaction, fault)
    if fault is not None:
        raise _refusal(fault, operation, caller, request)


def failure_of_creation(transaction: Transaction) -> str | None:
    """Return why the CA that is being made ends FAILED, None if it does not; a fault is used up by that."""
    fault = next((one for one in faults(transaction) if one.failure_reason is not None), None)
    if fault is None:
        return None
    _use(transaction, fault)
    return fault.failure_reason


def described(snapshot: Snapshot) -> dict[str, Any]:
    """Return the faults, the throttled actions and the timing of a store as data to show."""
    durations = timing.timing(snapshot)._asdict()
    return {
        "Faults": [
            {
                "Number": fault.number,
                "Operation": fault.operation,
                "Error": fault.error,
                "Message": fault.message,
                "FailureReason": fault.failure_reason,
                "TimesLeft": fault.times_left,
            }
            for fault in faults(snapshot)
        ],
        "CallsPerSecond": throttling.rates(snapshot),
        "Timing": {
            phase.replace("_", "-"): format_duration(duration) for phase, duration in durations.items() if duration
        },
    }


def _error_for(snapshot: Snapshot, operation: str) -> Fault | None:
    fitting = (fault for fault in faults(snapshot) if fault.operation in (None, operation) and fault.error is not None)
    return next(fitting, None)


def _use(transaction: Transaction, used: Fault) -> None:
    if used.times_left is None:
        return
    less = used._replace(times_left=used.times_left - 1)
    put_faults(transaction, [less if fault.number == used.number else fault for fault in faults(transaction)])


def _refusal(fault: Fault, operation: str, caller: Caller, request: Request) -> ServiceError:
    code = fault.error or ""
    if fault.message is not None:
        return ServiceError(code, fault.message)
    message = _MESSAGES.get(code, _OTHER_MESSAGE)
    if code == "RequestInProgressException":
        message = _IN_PROGRESS_MESSAGES.get(operation, message)
    authority = request.get("CertificateAuthorityArn") or request.get("ResourceArn") or "*"
    names = {
        "code": code,
        "operation": operation,
        "caller": caller.arn,
        "resource": authority,
        "arn": request.get("CertificateArn") or authority,
    }
    return ServiceError(code, message.format(**names))
