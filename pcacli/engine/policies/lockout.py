"""The refusal of a policy that would shut its author out.

Source: API reference, LockoutPreventedException.
"""

from collections.abc import Mapping
from typing import Any

from pcacli.engine.context import Caller
from pcacli.engine.policies.principals import read_principals
from pcacli.errors import ServiceError
from pcacli.limits.wildcards import matches

_NEEDED = ("acm-pca:PutPolicy", "acm-pca:GetPolicy", "acm-pca:DeletePolicy")


def refuse_lockout(document: Mapping[str, Any], caller: Caller) -> None:
    """Refuse a policy that would deny its author the actions on policies.

    Assumption: AWS looks for this before it refuses statements that deny, of which it takes none at all.

    Raises:
        ServiceError: LockoutPreventedException.
    """
    for statement in document["Statement"]:
        if isinstance(statement, Mapping) and statement.get("Effect") == "Deny" and _concerns(statement, caller):
            raise ServiceError(
                "LockoutPreventedException", f"The policy would lock {caller.arn} out of the policy of this resource."
            )


def _concerns(statement: Mapping[str, Any], caller: Caller) -> bool:
    actions = statement.get("Action")
    patterns = [one for one in (actions if isinstance(actions, list) else [actions]) if isinstance(one, str)]
    denied = any(matches(needed, pattern) for needed in _NEEDED for pattern in patterns)
    return denied and read_principals(statement.get("Principal")).include(caller)
