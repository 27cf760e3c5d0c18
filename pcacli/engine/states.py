"""The states of a CA: what each allows, and the sentence with which the rest is refused.

One row a rule: the states in which it may happen, and the answer in the others. The handlers ask `require`, nobody
compares states elsewhere.

Sources: AWS Private CA User Guide, "Updating a private CA" (table of states) and "Deleting a private CA"; the sentences
are those of real responses (facts, section 1.3) unless the line says otherwise.
"""

from datetime import datetime
from typing import NamedTuple

from pcacli.engine.future import lies_ahead
from pcacli.engine.records import AuditReport, Certificate, CertificateAuthority
from pcacli.errors import ServiceError

CREATING = "CREATING"
PENDING_CERTIFICATE = "PENDING_CERTIFICATE"
ACTIVE = "ACTIVE"
DISABLED = "DISABLED"
EXPIRED = "EXPIRED"
FAILED = "FAILED"
DELETED = "DELETED"


class Rule(NamedTuple):
    """When something may be done to a CA, and the message of the refusal; `{arn}` and `{state}` are filled in."""

    allowed: frozenset[str]
    message: str
    code: str = "InvalidStateException"


_OPERATING = frozenset({ACTIVE, DISABLED})
_CERTIFIED = frozenset({ACTIVE, DISABLED, EXPIRED})
_PRESENT = frozenset({CREATING, PENDING_CERTIFICATE, ACTIVE, DISABLED, EXPIRED, FAILED})
# Assumption: only ListPermissions has been seen to say this; its neighbours are taken to say the same.
_DELETED_MESSAGE = "The certificate authority is in the {state} state."
_NO_CSR_MESSAGE = "The certificate authority {arn} is not in the correct state to have a certificate signing request."

ISSUE = Rule(frozenset({ACTIVE}), "The certificate authority is not in a valid state for issuing certificates")
# A root signs itself before it is active (User Guide, "Installing a CA certificate"), and again to come back from
# expiry. Assumption: the latter is allowed although issuing is otherwise refused in that state.
SELF_SIGN = Rule(frozenset({PENDING_CERTIFICATE, ACTIVE, EXPIRED}), ISSUE.message)
DELETE = Rule(
    frozenset({CREATING, PENDING_CERTIFICATE, DISABLED, EXPIRED, FAILED}),
    "The certificate authority is not in a valid state for deletion.",
)
RESTORE = Rule(frozenset({DELETED}), "The certificate authority is not in a valid state for restoration.")
UPDATE = Rule(_OPERATING, "The certificate authority must be in the ACTIVE or DISABLED state to be updated.")
# Not a slip of ours: AWS's refusal of the certificate speaks of a certificate signing request.
GET_AUTHORITY_CERTIFICATE = Rule(_CERTIFIED, _NO_CSR_MESSAGE)
# Assumption: the CSR call answers in the same words.
GET_AUTHORITY_CSR = Rule(frozenset({PENDING_CERTIFICATE, ACTIVE, DISABLED, EXPIRED}), _NO_CSR_MESSAGE)
GET_CERTIFICATE = Rule(
    frozenset({PENDING_CERTIFICATE, ACTIVE, DISABLED, EXPIRED}),
    "The certificate authority {arn} is not in the correct state to have issued certificates.",
)
# Assumption: the texts of the next three refusals have not been seen.
IMPORT = Rule(
    frozenset({PENDING_CERTIFICATE, ACTIVE, EXPIRED}),
    "The certificate authority {arn} is not in the correct state to import a certificate.",
)
REVOKE = Rule(_OPERATING, "The certificate authority is not in a valid state for revoking certificates.")
AUDIT = Rule(_OPERATING, "The certificate authority is not in a valid state for creating an audit report.")
GRANT = Rule(
    # Permissions can be changed only while the CA is active (User Guide, "Assign permissions").
    frozenset({ACTIVE}),
    "The certificate authority must be in the ACTIVE state to change its permissions.",
)
READ_SETTINGS = Rule(_PRESENT, _DELETED_MESSAGE)
CHANGE_SETTINGS = Rule(_PRESENT, _DELETED_MESSAGE)

CERTIFICATE_NOT_READY = "The request to issue certificate {arn} is still in progress. Try again later."
# Assumption: CSRs and reports answer in the words of certificates.
CSR_NOT_READY = "The request to create certificate authority {arn} is still in progress. Try again later."
REPORT_NOT_READY = "The request to create audit report {report_id} is still in progress. Try again later."
# Assumption: exception and text; LimitExceededException is not modelled for the action.
REPORT_TOO_SOON = "An audit report of certificate authority {arn} can be created every 30 minutes."


def is_ready(record: CertificateAuthority | Certificate | AuditReport, now: datetime) -> bool:
    """Tell whether the service has finished making this, in a test store that keeps AWS's time.

    What was begun in the future is there: nobody waits until a clock is where it once was (future.py).
    """
    if record.ready_at is None or record.ready_at <= now:
        return True
    return lies_ahead(record.issued_at if isinstance(record, Certificate) else record.created_at, now)


def require_issued(certificate: Certificate, now: datetime) -> None:
    """Let the call pass if the certificate is there.

    Raises:
        ServiceError: RequestInProgressException.
    """
    if not is_ready(certificate, now):
        raise ServiceError("RequestInProgressException", CERTIFICATE_NOT_READY.format(arn=certificate.arn))


def reported_state(authority: CertificateAuthority, now: datetime) -> str:
    """Return the state that AWS shows: EXPIRED hides ACTIVE and DISABLED, and DELETED hides EXPIRED."""
    if not is_ready(authority, now):
        return CREATING
    expired = authority.not_after is not None and authority.not_after <= now
    return EXPIRED if expired and authority.state in _OPERATING else authority.state


def gone(authority: CertificateAuthority, now: datetime) -> bool:
    """Tell whether the CA's deletion window is over, so that it answers as if it had never been."""
    return authority.restorable_until is not None and authority.restorable_until <= now


def require(rule: Rule, authority: CertificateAuthority, now: datetime) -> None:
    """Let the call pass if the CA's state allows it.

    Raises:
        ServiceError: InvalidStateException with the rule's message.
    """
    require_state(rule, str(authority.arn), reported_state(authority, now))


def require_state(rule: Rule, arn: str, state: str) -> None:
    """Let a call pass if a rule allows it in the state that a CA reports.

    Raises:
        ServiceError: InvalidStateException with the rule's message.
    """
    if state not in rule.allowed:
        raise ServiceError(rule.code, rule.message.format(arn=arn, state=state))
