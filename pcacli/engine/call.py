"""One call of an action: what a handler is given, and the one way in which it may change the store.

A handler reads in `call.store.read()`, makes keys and signatures outside any transaction, and returns its change. That
is applied by the only writer, which appends the audit trail in the same transaction.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from pcacli.api.arns import AuthorityArn, authority_arn
from pcacli.engine import authorization, states
from pcacli.engine.artifacts.port import Artifacts
from pcacli.engine.context import Caller, Context
from pcacli.engine.keys.port import KeyStore
from pcacli.engine.records import CertificateAuthority, Event
from pcacli.engine.store.port import Snapshot, Store, Transaction
from pcacli.errors import ServiceError

if TYPE_CHECKING:
    from pcacli.engine.policies.access import Access

Request = Mapping[str, Any]
Response = dict[str, Any]


def _ignore(event: Event) -> None:
    """Do nothing about an event: it stands in the store."""


def _nothing() -> None:
    """Do nothing."""


class Parts(NamedTuple):
    """What an embedded authority is made of. `notify` takes one sentence for the person at the terminal.

    `observe` is told each event of a CA after it has been kept.
    `is_test_store` lets faults and AWS's timing act; the context of a test store has the clock that the store keeps.
    """

    store: Store
    keys: KeyStore
    artifacts: Artifacts
    context: Context
    notify: Callable[[str], None]
    is_test_store: bool = False
    observe: Callable[[Event], object] = _ignore

    def notify_left_out(self, record: str) -> None:
        """Tell the person at the terminal that a list goes on without a record that is damaged."""
        self.notify(f"Left out: {record}.")


class Unchanged(NamedTuple):
    """The answer of a change that found nothing to do; it leaves no record in the audit trail."""

    response: Response


Write = Callable[[Transaction], Response | Unchanged]


class Call:
    """One call: the action, the request, who calls and when.

    `now` is one instant for the whole call.
    """

    def __init__(self, parts: Parts, operation: str, request: Request, caller: Caller) -> None:
        self.store = parts.store
        self.keys = parts.keys
        self.artifacts = parts.artifacts
        self.context = parts.context
        self.notify = parts.notify
        self.notify_left_out = parts.notify_left_out
        self.is_test_store = parts.is_test_store
        self.operation = operation
        self.request = request
        self.caller = caller
        self.now = parts.context.now()

    @property
    def authority_arn(self) -> AuthorityArn:
        """The ARN of the CA that the request names.

        Raises:
            ServiceError: InvalidArnException.
        """
        return authority_arn(self.request.get("CertificateAuthorityArn") or self.request["ResourceArn"])

    def authority(self, snapshot: Snapshot, rule: states.Rule | None = None) -> CertificateAuthority:
        """Return the CA that the request names, if the caller may do this to it and its state allows it.

        Raises:
            ServiceError: InvalidArnException, AccessDeniedException, ResourceNotFoundException, InvalidStateException.
        """
        arn = self.authority_arn
        authority = snapshot.authority(arn)
        if authority is not None and states.gone(authority, self.now):
            authority = None
        if not authorization.is_owner(self.caller, arn):
            authorization.authorize(self._access(arn), authority, snapshot.permissions)
        if authority is None:
            raise ServiceError("ResourceNotFoundException", f"Could not find certificate authority {arn}.")
        if rule is not None:
            states.require(rule, authority, self.now)
        return authority

    def _access(self, arn: AuthorityArn) -> "Access":
        """Return what this call wants to do to a CA, for the rules about callers who do not own it."""
        from pcacli.engine.policies.access import Access
        from pcacli.pki.templates import DEFAULT_TEMPLATE

        template_arn = None
        if self.operation == "IssueCertificate":
            template_arn = self.request.get("TemplateArn") or DEFAULT_TEMPLATE.arn(arn.partition)
        return Access(self.caller, self.operation, arn, template_arn)

    def duration(self, phase: str) -> timedelta:
        """Return how long a phase takes (a field of `timing.Timing`): no time at all in an ordinary store."""
        if not self.is_test_store:
            return timedelta(0)
        from pcacli.engine import timing

        with self.store.read() as snapshot:
            duration: timedelta = getattr(timing.timing(snapshot), phase)
        return duration

    def ready_at(self, phase: str) -> datetime | None:
        """Return when something is there whose making begins now; None for at once."""
        duration = self.duration(phase)
        return self.now + duration if duration else None

    def change(
        self, write: Write, *, chain: AuthorityArn | None = None, before: Callable[[], object] = _nothing
    ) -> "Change":
        """Return a change of the store, which `write` makes.

        `before` is done outside of its transaction and may use others; a handler itself waits for no writer.
        `chain` is the CA to whose hash chain its record belongs, which the call is known to be allowed to change
        (default: the CA that the request names, after a look at it).
        """
        if chain is None:
            # Who names no CA of ours neither waits for a turn to write nor makes a store that is not there yet.
            with self.store.read() as snapshot:
                chain = self.authority(snapshot).arn
        return Change(self, write, str(chain), before)


class Change:
    """What a call wants to do to the store, and the record of it for the audit trail.

    Whoever applies it calls `before` first, outside of any transaction; once more does no harm.
    """

    def __init__(self, call: Call, write: Write, chain: str, before: Callable[[], object]) -> None:
        from pcacli.engine import trail

        self.call = call
        self._write = write
        self._chain = chain
        self.before = before
        self._request_sha256 = trail.digest(call.request)

    def apply(self, transaction: Transaction) -> Response:
        """Make the change and append to the audit trail; return what is answered after the commit."""
        from pcacli.engine import trail

        result = self._write(transaction)
        if isinstance(result, Unchanged):
            return result.response
        event = trail.Event(
            chain=self._chain,
            at=self.call.now,
            account=self.call.caller.account,
            caller=self.call.caller.arn,
            action=self.call.operation,
            resource=self._chain,
            request_sha256=self._request_sha256,
            result_sha256=trail.digest(result),
        )
        transaction.append_trail(trail.next_entry(transaction.trail_head(self._chain), event))
        return result

    def commit(self) -> Response:
        """Make the change in a transaction of its own."""
        self.before()
        with self.call.store.write() as transaction:
            return self.apply(transaction)
