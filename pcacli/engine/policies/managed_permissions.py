"""The managed permissions with which AWS RAM shares a CA, and the statements that they become.

Sources: AWS Private CA User Guide, "Customer managed permissions in RAM", "Revoking a private certificate" (which two
permissions revoking takes) and the CloudTrail sample of PutPolicy (statements as RAM writes them).
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from pcacli.api.arns import AuthorityArn
from pcacli.engine.policies.conditions import STRING_EQUALS, TEMPLATE_ARN
from pcacli.engine.policies.statements import ACTION_PREFIX, ISSUE, READ, REVOKE
from pcacli.pki.templates import TEMPLATES

Statement = dict[str, Any]
Conditions = Mapping[str, Mapping[str, str]]


class Grant(NamedTuple):
    """Actions that one statement allows, and the template to which issuing is held."""

    actions: tuple[str, ...]
    template: str | None = None


def _issuing(template: str) -> tuple[Grant, ...]:
    """Grant issuing and reading. Assumption: the permissions beside the default one allow reading as well."""
    return (Grant((ISSUE,), template), Grant(READ))


DEFAULT_PERMISSION = "AWSRAMDefaultPermissionCertificateAuthority"
MANAGED_PERMISSIONS: dict[str, tuple[Grant, ...]] = {
    DEFAULT_PERMISSION: _issuing("EndEntityCertificate"),
    "AWSRAMBlankEndEntityCertificateAPIPassthroughIssuanceCertificateAuthority": _issuing(
        "BlankEndEntityCertificate_APIPassthrough"
    ),
    "AWSRAMBlankEndEntityCertificateAPICSRPassthroughIssuanceCertificateAuthority": _issuing(
        "BlankEndEntityCertificate_APICSRPassthrough"
    ),
    "AWSRAMSubordinateCACertificatePathLen0IssuanceCertificateAuthority": _issuing("SubordinateCACertificate_PathLen0"),
    "AWSRAMRevokeCertificateCertificateAuthority": (Grant((REVOKE,)),),
}


def statements(
    permission: str, authority: AuthorityArn, *, sid: str, principal: Any, conditions: Conditions
) -> list[Statement]:
    """Write the statements of a permission for one principal; `conditions` are those that say who it is."""
    return [
        _statement(grant, authority, {"Sid": sid, "Effect": "Allow", "Principal": principal}, conditions)
        for grant in MANAGED_PERMISSIONS[permission]
    ]


def _statement(grant: Grant, authority: AuthorityArn, head: Statement, conditions: Conditions) -> Statement:
    actions = [f"{ACTION_PREFIX}{action}" for action in grant.actions]
    written = {**head, "Action": actions if len(actions) > 1 else actions[0], "Resource": str(authority)}
    merged = {operator: dict(lines) for operator, lines in conditions.items()}
    if grant.template is not None:
        template_arn = TEMPLATES[grant.template].arn(authority.partition)
        merged[STRING_EQUALS] = {TEMPLATE_ARN: template_arn, **merged.get(STRING_EQUALS, {})}
    return {**written, "Condition": merged} if merged else written
