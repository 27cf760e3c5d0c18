"""The conditions of a statement: which keys and operators there are, and whether a condition holds.

A key takes the operators that make sense for it; everything else is refused, because a condition that is not
understood must not be passed over.
Sources: IAM User Guide, "IAM JSON policy elements: Condition operators", "AWS global condition context keys" and
"Multivalued context keys"; AWS Private CA service authorization reference, "Condition keys".
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from pcacli.engine.policies.access import Access, acts_for_account
from pcacli.engine.policies.refusal import invalid_policy
from pcacli.limits.wildcards import matches

TEMPLATE_ARN = "acm-pca:TemplateArn"
ORGANIZATION_ID = "aws:PrincipalOrgID"
ORGANIZATION_PATHS = "aws:PrincipalOrgPaths"
PRINCIPAL_ACCOUNT = "aws:PrincipalAccount"
PRINCIPAL_ARN = "aws:PrincipalArn"
SOURCE_ACCOUNT = "aws:SourceAccount"

STRING_EQUALS = "StringEquals"
STRING_NOT_EQUALS = "StringNotEquals"
ANY_STRING_LIKE = "ForAnyValue:StringLike"

_ANY = "ForAnyValue:"
_ARN_PARTS_BEFORE_RESOURCE = 5


class Key(NamedTuple):
    """A condition key: the operators that it takes, and its value in a call (None: the call has none)."""

    operators: tuple[str, ...]
    value: Callable[[Access], str | None]


class Condition(NamedTuple):
    """One line of a Condition element; `values` are the texts of which one has to match."""

    operator: str
    key: str
    values: tuple[str, ...]

    def holds(self, access: Access) -> bool:
        """Tell whether a call meets the condition. A key without a value meets only the negated operator."""
        value = KEYS[self.key].value(access)
        if self.operator == STRING_NOT_EQUALS:
            return value not in self.values
        agrees = _MATCHES[self.operator.removeprefix(_ANY)]
        return value is not None and any(agrees(value, wanted) for wanted in self.values)


def _of_account(read: Callable[[Access], str | None]) -> Callable[[Access], str | None]:
    """Leave a key that describes an account's principal without a value for services in their own name."""
    return lambda access: read(access) if acts_for_account(access.caller) else None


KEYS: dict[str, Key] = {
    TEMPLATE_ARN: Key((STRING_EQUALS,), lambda access: access.template_arn),
    ORGANIZATION_ID: Key((STRING_EQUALS,), _of_account(lambda access: access.caller.organization_id)),
    # AWS gives this key several values, of which one has to match; an account lies in one path only.
    ORGANIZATION_PATHS: Key(
        (f"{_ANY}{STRING_EQUALS}", ANY_STRING_LIKE), _of_account(lambda access: access.caller.organization_path)
    ),
    PRINCIPAL_ACCOUNT: Key((STRING_EQUALS, STRING_NOT_EQUALS), _of_account(lambda access: access.caller.account)),
    PRINCIPAL_ARN: Key(
        (STRING_EQUALS, "StringLike", "ArnEquals", "ArnLike"), _of_account(lambda access: access.caller.arn)
    ),
    SOURCE_ACCOUNT: Key(
        (STRING_EQUALS,), lambda access: access.caller.account if access.caller.service_principal else None
    ),
}
_SPELLINGS = {key.lower(): key for key in KEYS}


def read_conditions(element: Any) -> tuple[Condition, ...]:
    """Read a Condition element. Names of keys may be written in small or capital letters.

    Raises:
        ServiceError: InvalidPolicyException, there is something that is not understood.
    """
    if not isinstance(element, Mapping):
        raise invalid_policy("Condition is not an object")
    conditions = []
    for operator, lines in element.items():
        if not isinstance(lines, Mapping) or not lines:
            raise invalid_policy(f"Condition {operator} is not an object with condition keys")
        conditions += [_condition(operator, key, value) for key, value in lines.items()]
    return tuple(conditions)


def _condition(operator: str, written_key: str, value: Any) -> Condition:
    key = _SPELLINGS.get(written_key.lower())
    if key is None or operator not in KEYS[key].operators:
        raise invalid_policy(f"the condition {operator} {written_key} is not supported")
    values = tuple(value) if isinstance(value, list) else (value,)
    if not values or not all(isinstance(one, str) and "${" not in one for one in values):
        raise invalid_policy(f"the value of the condition {operator} {written_key} is not a text or a list of texts")
    return Condition(operator, key, values)


def _equal(value: str, wanted: str) -> bool:
    return value == wanted


def _arn_like(value: str, pattern: str) -> bool:
    """Match the parts of an ARN one by one: no wildcard reaches over a colon before the resource."""
    parts = value.split(":", _ARN_PARTS_BEFORE_RESOURCE)
    patterns = pattern.split(":", _ARN_PARTS_BEFORE_RESOURCE)
    return len(parts) == len(patterns) and all(map(matches, parts, patterns))


_MATCHES: dict[str, Callable[[str, str], bool]] = {
    STRING_EQUALS: _equal,
    "StringLike": matches,
    "ArnEquals": _arn_like,
    "ArnLike": _arn_like,
}
