"""The embedded authority: takes one action, finds its handler, and publishes what became due.

This is all that the service layer sees of the engine, besides `administration.py`.
"""

from pcacli.api.catalogue import OPERATIONS
from pcacli.engine import constraints
from pcacli.engine.call import Call, Parts, Request, Response
from pcacli.engine.context import Caller
from pcacli.engine.handlers.table import handler
from pcacli.engine.response_order import in_model_order
from pcacli.errors import ServiceError


class EmbeddedAuthority:
    """A certificate authority service in this process."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def call(self, operation: str, request: Request, caller: Caller) -> Response:
        """Perform one action of the API and return its response.

        Raises:
            ServiceError: the service refuses, with AWS's exception name; nothing has been changed.
            DamagedStore: a file of the store cannot be read.
        """
        declared = OPERATIONS[operation]
        try:
            if self._parts.is_test_store:
                from pcacli.engine import faults

                faults.meet(self._parts, operation, caller, request)
            constraints.check(declared.input, request)
            response = handler(operation)(Call(self._parts, operation, request, caller))
        except ServiceError as refusal:
            refusal.operation = operation
            raise
        if declared.changes:
            from pcacli.engine import publication

            publication.publish_after(self._parts, operation, request)
        shown: Response = in_model_order(declared.output, response)
        return shown
