"""How a CA ought to behave, said once more and as simply as possible: what the state machine is held against.

Written from the facts (sections 1.1 to 1.3, 3.1, 4 and 5.1) without a look at the engine. An answer is the name of the
exception, or None where the action works.
"""

from dataclasses import dataclass, field
from datetime import datetime

Answer = str | None

INVALID_STATE = "InvalidStateException"
VALIDATION = "ValidationException"


@dataclass
class Issued:
    """A certificate: when it ends, and what became of it."""

    ends: datetime
    signs_itself: bool = False
    is_revoked: bool = False


@dataclass
class Authority:
    """A CA: the certificate that is installed (`ends`), switches, and what it issued, by ARN."""

    is_root: bool
    ends: datetime | None = None
    is_disabled: bool = False
    restorable_until: datetime | None = None
    issued: dict[str, Issued] = field(default_factory=dict)

    def status(self, now: datetime) -> str:
        if self.restorable_until is not None:
            return "DELETED"
        if self.ends is None:
            return "PENDING_CERTIFICATE"
        if self.ends <= now:
            return "EXPIRED"
        return "DISABLED" if self.is_disabled else "ACTIVE"

    def is_gone(self, now: datetime) -> bool:
        return self.restorable_until is not None and self.restorable_until <= now

    def answer(self, now: datetime, *allowed: str) -> Answer:
        """Answer an action that is allowed in these states."""
        if self.is_gone(now):
            return "ResourceNotFoundException"
        return None if self.status(now) in allowed else INVALID_STATE

    def issue(self, now: datetime, ends: datetime, *, to_an_authority: bool) -> Answer:
        refused = self.answer(now, "ACTIVE")
        if refused or self.ends is None:
            return refused
        if to_an_authority and not self.is_root:  # Subordinates are made with path length 0.
            return VALIDATION
        return VALIDATION if ends > self.ends or (to_an_authority and ends == self.ends) else None

    def install(self, now: datetime, ends: datetime, issuer_ends: datetime) -> Answer:
        refused = self.answer(now, "PENDING_CERTIFICATE", "ACTIVE", "EXPIRED")
        return refused or (VALIDATION if now > min(ends, issuer_ends) else None)

    def revoke(self, now: datetime, certificate: Issued) -> Answer:
        refused = self.answer(now, "ACTIVE", "DISABLED")
        if refused:
            return refused
        if certificate.signs_itself:
            return "InvalidRequestException"
        if certificate.is_revoked:
            return "RequestAlreadyProcessedException"
        return "InvalidRequestException" if certificate.ends <= now else None
