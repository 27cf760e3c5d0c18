"""Idempotency tokens: a request repeated with its token inside the window gets the first result.

Source: API reference, CreateCertificateAuthority and IssueCertificate: the window is five minutes. What AWS does with
the same token and other parameters is not documented; here the first result comes back (assumption).
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from pcacli.engine.call import Call
from pcacli.engine.future import TOLERANCE, lies_ahead
from pcacli.engine.records import IdempotencyToken
from pcacli.engine.store.port import Snapshot, Transaction

WINDOW = timedelta(minutes=5)


class Token(NamedTuple):
    """The token of one call, or none (`text` is None), and what it belongs to."""

    call: Call
    scope: str
    text: str | None

    @classmethod
    def of(cls, call: Call, *, scope: str) -> "Token":
        """Return the request's token, if it has one."""
        return cls(call, scope, call.request.get("IdempotencyToken"))

    def result(self, snapshot: Snapshot) -> str | None:
        """Return the ARN that an earlier call with this token made, if that was inside the window."""
        if self.text is None:
            return None
        caller = self.call.caller
        found = snapshot.idempotency_token(caller.account, caller.region, self.scope, self.text)
        return found.result_arn if found is not None and _counts(found, self.call.now) else None

    def remember(self, transaction: Transaction, result_arn: str) -> None:
        """Keep the result of this call for the window."""
        if self.text is None:
            return
        caller = self.call.caller
        transaction.put_idempotency_token(
            IdempotencyToken(caller.account, caller.region, self.scope, self.text, result_arn, self.call.now)
        )


def forget_unusable(transaction: Transaction, now: datetime) -> None:
    """Forget every token that does not count: past its window, or used in the future."""
    transaction.remove_idempotency_tokens(used_until=now - WINDOW, used_after=now + TOLERANCE)


def _counts(token: IdempotencyToken, now: datetime) -> bool:
    return now - token.used_at < WINDOW and not lies_ahead(token.used_at, now)
