"""The resource policy of a CA: put, get, delete."""

import json

from pcacli.engine import states
from pcacli.engine.call import Call, Response
from pcacli.engine.store.port import Transaction
from pcacli.errors import ServiceError


def put_policy(call: Call) -> Response:
    """Attach a policy to the CA in place of the one before."""
    policy = call.request["Policy"]
    _require_policy_document(policy)

    def attach(transaction: Transaction) -> Response:
        authority = call.authority(transaction, states.CHANGE_SETTINGS)
        transaction.put_authority(authority._replace(policy=policy))
        return {}

    return call.commit(attach)


def get_policy(call: Call) -> Response:
    """Return the CA's policy as it was put."""
    with call.store.read() as snapshot:
        authority = call.authority(snapshot, states.READ_SETTINGS)
    if authority.policy is None:
        raise ServiceError("ResourceNotFoundException", f"Could not find policy for resource {authority.arn}.")
    return {"Policy": authority.policy}


def delete_policy(call: Call) -> Response:
    """Detach the CA's policy; without one there is nothing to do, and that is no error (API reference)."""

    def detach(transaction: Transaction) -> Response:
        authority = call.authority(transaction, states.CHANGE_SETTINGS)
        transaction.put_authority(authority._replace(policy=None))
        return {}

    return call.commit(detach)


def _require_policy_document(policy: str) -> None:
    try:
        document = json.loads(policy)
    except ValueError as error:
        raise ServiceError("InvalidPolicyException", f"The policy is not valid JSON: {error}.") from error
    if not isinstance(document, dict) or not document.get("Statement"):
        raise ServiceError("InvalidPolicyException", "The policy must be a JSON object with a Statement.")
