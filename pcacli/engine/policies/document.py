"""A whole policy document: reading it, and asking it.

Sources: IAM User Guide, "Grammar of the IAM JSON policy language"; API reference, PutPolicy.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pcacli.api.arns import AuthorityArn
from pcacli.engine.policies.access import Access
from pcacli.engine.policies.refusal import invalid_policy
from pcacli.engine.policies.statements import Statement, read_statement
from pcacli.limits.json_documents import load_json
from pcacli.limits.readers import POLICY

VERSION = "2012-10-17"

_VERSIONS = (VERSION, "2008-10-17")
_MEMBERS = frozenset({"Version", "Id", "Statement"})


def load(text: str) -> dict[str, Any]:
    """Parse the text of a policy; `Statement` is always a list afterwards.

    Raises:
        ServiceError: InvalidPolicyException, it is not the JSON of a policy with statements.
    """
    try:
        document = load_json(text, POLICY, object_pairs_hook=_object)
    except ValueError as error:
        raise invalid_policy(f"it cannot be read as JSON ({error})") from error
    if not isinstance(document, dict):
        raise invalid_policy("it is not a JSON object")
    unknown = sorted(document.keys() - _MEMBERS)
    if unknown:
        raise invalid_policy(f"{unknown[0]} is not a member of a policy")
    if document.get("Version", VERSION) not in _VERSIONS:
        raise invalid_policy(f"Version is not {VERSION}")
    statements = document.get("Statement")
    if isinstance(statements, Mapping):
        statements = [statements]
    # Assumption: a required statement is missing if there is none at all. A sample has one for issuing and one for
    # reading, but customer managed permissions of RAM may be any set of the actions.
    if not isinstance(statements, list) or not statements:
        raise invalid_policy("it has no Statement")
    return {**document, "Statement": statements}


def read_statements(document: Mapping[str, Any], authority: AuthorityArn) -> list[Statement]:
    """Read the statements of a CA's policy, as `load` returns it.

    Raises:
        ServiceError: InvalidPolicyException, a statement is not one of those that AWS Private CA allows.
    """
    return [read_statement(element, authority) for element in document["Statement"]]


def allows(statements: Sequence[Statement], access: Access) -> bool:
    """Tell whether some statement allows it; whatever none allows is denied."""
    return any(statement.allows(access) for statement in statements)


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build an object; of two members of one name JSON keeps the last, which may not be what its author meant."""
    found = dict(members)
    if len(found) < len(members):
        raise ValueError("a name stands twice in one object")
    return found
