"""The resource policy of a CA: put, get, delete. What a policy may be is for `engine/policies/` to say."""

from pcacli.engine import states
from pcacli.engine.call import Call, Change, Response
from pcacli.engine.store.port import Transaction
from pcacli.errors import ServiceError


def put_policy(call: Call) -> Change:
    """Attach a policy to the CA in place of the one before."""
    from pcacli.engine.policies.document import load, read_statements
    from pcacli.engine.policies.lockout import refuse_lockout

    policy = call.request["Policy"]
    with call.store.read() as snapshot:
        arn = call.authority(snapshot, states.CHANGE_SETTINGS).arn
    document = load(policy)
    refuse_lockout(document, call.caller)
    read_statements(document, arn)

    def attach(transaction: Transaction) -> Response:
        authority = call.authority(transaction, states.CHANGE_SETTINGS)
        transaction.put_authority(authority._replace(policy=policy))
        return {}

    return call.change(attach, chain=arn)


def get_policy(call: Call) -> Response:
    """Return the CA's policy as it was put."""
    with call.store.read() as snapshot:
        authority = call.authority(snapshot, states.READ_SETTINGS)
    if authority.policy is None:
        raise ServiceError("ResourceNotFoundException", f"Could not find policy for resource {authority.arn}.")
    return {"Policy": authority.policy}


def delete_policy(call: Call) -> Change:
    """Detach the CA's policy; without one there is nothing to do, and that is no error (API reference)."""

    def detach(transaction: Transaction) -> Response:
        authority = call.authority(transaction, states.CHANGE_SETTINGS)
        transaction.put_authority(authority._replace(policy=None))
        return {}

    return call.change(detach)
