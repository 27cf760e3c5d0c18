"""One statement of a policy: reading it, and asking it whether it allows something.

What may stand in one is narrow, because AWS wants the structure of its samples. Sources: AWS Private CA User Guide,
"Resource-based policies" (the samples, and the templates for other accounts), "Customer managed permissions in RAM"
(the actions), and the API reference, PutPolicy (a statement that is not allowed is refused).
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from pcacli.api.arns import AuthorityArn
from pcacli.engine.policies import conditions
from pcacli.engine.policies.access import Access
from pcacli.engine.policies.conditions import Condition, read_conditions
from pcacli.engine.policies.principals import Principals, read_principals
from pcacli.engine.policies.refusal import invalid_policy
from pcacli.pki.templates import TEMPLATES

ISSUE = "IssueCertificate"
REVOKE = "RevokeCertificate"
READ = (
    "DescribeCertificateAuthority",
    "GetCertificate",
    "GetCertificateAuthorityCertificate",
    "ListPermissions",
    "ListTags",
)
SHAREABLE_ACTIONS = (ISSUE, REVOKE, *READ)
SHAREABLE_TEMPLATES = (
    "EndEntityCertificate",
    "EndEntityClientAuthCertificate",
    "EndEntityServerAuthCertificate",
    "BlankEndEntityCertificate_APIPassthrough",
    "BlankEndEntityCertificate_APICSRPassthrough",
    "SubordinateCACertificate_PathLen0",
)
ACTION_PREFIX = "acm-pca:"

_ACTIONS = {f"{ACTION_PREFIX}{action}": action for action in SHAREABLE_ACTIONS}
_REQUIRED = frozenset({"Effect", "Principal", "Action", "Resource"})
_OPTIONAL = frozenset({"Sid", "Condition"})
# Any of these names somebody, where the principal is everyone.
_NARROWING = frozenset({conditions.ORGANIZATION_ID, conditions.ORGANIZATION_PATHS, conditions.PRINCIPAL_ACCOUNT})


class Statement(NamedTuple):
    """Who may do what with the CA, on which conditions. Every statement allows; none denies."""

    principals: Principals
    actions: frozenset[str]
    conditions: tuple[Condition, ...]

    def allows(self, access: Access) -> bool:
        """Tell whether this statement allows it."""
        return (
            access.action in self.actions
            and self.principals.include(access.caller)
            and all(condition.holds(access) for condition in self.conditions)
        )


def read_statement(element: Any, authority: AuthorityArn) -> Statement:
    """Read a statement of a CA's policy.

    Raises:
        ServiceError: InvalidPolicyException, it is not one of those that AWS Private CA allows.
    """
    if not isinstance(element, Mapping):
        raise invalid_policy("a statement is not an object")
    missing, unknown = sorted(_REQUIRED - element.keys()), sorted(element.keys() - _REQUIRED - _OPTIONAL)
    if unknown:
        raise invalid_policy(f"{unknown[0]} is not allowed in a statement")
    if missing:
        raise invalid_policy(f"a statement has no {missing[0]}")
    if not isinstance(element.get("Sid", ""), str):
        raise invalid_policy("Sid is not a text")
    if element["Effect"] != "Allow":
        raise invalid_policy("Effect is not Allow")
    _require_resource(element["Resource"], authority)
    statement = Statement(
        read_principals(element["Principal"]),
        _actions(element["Action"]),
        read_conditions(element.get("Condition", {})),
    )
    _require_template(statement, authority.partition)
    _require_somebody(statement)
    return statement


def _require_resource(resource: Any, authority: AuthorityArn) -> None:
    """Refuse what is not this CA.

    Assumption: newer samples of the User Guide name a certificate of the CA; that means the CA, since no action on
    one certificate can be allowed by itself (service authorization reference, "Resource types").
    """
    resources = resource if isinstance(resource, list) else [resource]
    own = str(authority)
    if not resources or not all(
        isinstance(one, str) and (one == own or one.startswith(f"{own}/certificate/")) for one in resources
    ):
        raise invalid_policy(f"Resource is not {own}")


def _actions(element: Any) -> frozenset[str]:
    names = element if isinstance(element, list) else [element]
    if not names or not all(isinstance(name, str) and name in _ACTIONS for name in names):
        raise invalid_policy(f"Action holds something else than {', '.join(_ACTIONS)}")
    return frozenset(_ACTIONS[name] for name in names)


def _require_template(statement: Statement, partition: str) -> None:
    """Refuse issuing without a condition on the template; its key has no value for any other action.

    Assumption: issuing stands in a statement of its own, as in every sample.
    """
    named = [condition for condition in statement.conditions if condition.key == conditions.TEMPLATE_ARN]
    if bool(named) != (ISSUE in statement.actions) or (named and len(statement.actions) > 1):
        raise invalid_policy(f"{ISSUE} goes with a condition on {conditions.TEMPLATE_ARN}, in a statement of its own")
    usable = {TEMPLATES[name].arn(partition) for name in SHAREABLE_TEMPLATES}
    for template in (value for condition in named for value in condition.values):
        if template not in usable:
            raise invalid_policy(f"the template {template} cannot be used by other accounts")


def _require_somebody(statement: Statement) -> None:
    """Refuse what is open to everybody. Assumption: the samples always name an account or an organization."""
    if statement.principals.everyone and not any(map(_names_somebody, statement.conditions)):
        raise invalid_policy(f"the principal is everyone and no condition on {', '.join(sorted(_NARROWING))} says who")


def _names_somebody(condition: Condition) -> bool:
    """Tell whether a condition holds for some accounts or organizations only: no pattern stands for all of them."""
    if condition.key not in _NARROWING or condition.operator == conditions.STRING_NOT_EQUALS:
        return False
    return not any({"*", "?"} & set(value.partition("/")[0]) for value in condition.values)
