"""The embedded authority: takes one action, finds its handler, and publishes what became due.

This is all that the service layer sees of the engine, besides `administration.py`.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from pcacli.api.catalogue import OPERATIONS
from pcacli.engine import constraints
from pcacli.engine.call import Call, Change, Parts, Request, Response
from pcacli.engine.context import Caller
from pcacli.engine.handlers.table import handler
from pcacli.engine.response_order import in_model_order
from pcacli.errors import ServiceError


class EmbeddedAuthority:
    """A certificate authority service in this process."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._held: dict[str | None, Change] | None = None

    @contextmanager
    def publishing_once(self) -> Iterator[None]:
        """Put off for the length of a block what calls make due, and do it once for each CA at its end.

        A thousand revocations then make one CRL and not a thousand.
        """
        held: dict[str | None, Change] = {}
        self._held = held
        try:
            yield
        finally:
            self._held = None
            for committed in held.values():
                self.publish_after(committed)

    def call(self, operation: str, request: Request, caller: Caller) -> Response:
        """Perform one action of the API and return its response.

        Raises:
            ServiceError: the service refuses, with AWS's exception name; nothing has been changed.
            DamagedStore: a file of the store cannot be read.
        """
        prepared = self.prepare(operation, request, caller)
        if not isinstance(prepared, Change):
            return prepared
        with _named(operation):
            response = prepared.commit()
        self.publish_after(prepared)
        return shown(operation, response)

    def prepare(self, operation: str, request: Request, caller: Caller) -> Response | Change:
        """Return the response of an action, or the change on whose commit its response depends.

        Whoever commits a change calls `publish_after` with it and shows what came of it.

        Raises:
            ServiceError: the service refuses.
            DamagedStore: a file of the store cannot be read.
        """
        with _named(operation):
            if self._parts.is_test_store:
                from pcacli.engine import faults

                faults.meet(self._parts, operation, caller, request)
            constraints.check(OPERATIONS[operation].input, request)
            prepared = handler(operation)(Call(self._parts, operation, request, caller))
        return prepared if isinstance(prepared, Change) else shown(operation, prepared)

    def publish_after(self, committed: Change) -> None:
        """Publish the CRLs of the CA that a change has touched, as far as they are due."""
        from pcacli.engine import publication

        if self._held is not None:
            self._held[committed.call.request.get("CertificateAuthorityArn")] = committed
            return
        publication.publish_after(self._parts, committed.call.operation, committed.call.request)

    def has_to_publish(self, committed: Change) -> bool:
        """Tell whether `publish_after` has something to do, without waiting for anybody."""
        from pcacli.engine import publication

        return publication.has_to_publish(self._parts, committed.call.operation, committed.call.request)


def shown(operation: str, response: Response) -> Response:
    """Return a response as clients get it."""
    ordered: Response = in_model_order(OPERATIONS[operation].output, response)
    return ordered


@contextmanager
def _named(operation: str) -> Iterator[None]:
    """Put the name of the action into a refusal."""
    try:
        yield
    except ServiceError as refusal:
        refusal.operation = operation
        raise
