"""Who may do what: the owner everything, others what the CA's resource policy or its permissions allow.

AWS services call in the name of an account. In the owner's account ACM may do what CreatePermission has granted and
nothing else; there, permissions of other accounts count for nothing (API reference, CreatePermission, "About
Permissions"). Everyone else depends on the resource policy.
The sentences are AWS's: terraform-provider-aws issue 26868 and aws-privateca-issuer issue 211 (resource policy),
eks-hybrid pull request 686 (identity policy). Assumption: services are refused in the same words.
"""

from typing import TYPE_CHECKING

from pcacli.api.arns import AuthorityArn
from pcacli.engine.context import Caller
from pcacli.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pcacli.engine.policies.access import Access
    from pcacli.engine.records import CertificateAuthority, Permission

    Permissions = Callable[[AuthorityArn], list[Permission]]

_OWNER_ONLY = "AWS Private CA lets nobody but the owner of a CA do this; it cannot be shared."


def authorize(access: "Access", authority: "CertificateAuthority | None", permissions: "Permissions") -> None:
    """Let the call pass if the caller may do this; `permissions` finds those of a CA.

    A CA of another account that does not exist (None) is denied rather than not found, as on AWS
    (terraform-provider-aws issue 8159).

    Raises:
        ServiceError: AccessDeniedException in AWS's words.
    """
    if not is_allowed(access, authority, permissions):
        why = f"because no resource-based policy allows the acm-pca:{access.action} action"
        raise _denied(access.caller, access.action, str(access.authority), why, hint=_way_out(access, authority))


def is_allowed(access: "Access", authority: "CertificateAuthority | None", permissions: "Permissions") -> bool:
    """Tell whether the caller may do this to a CA."""
    if is_owner(access.caller, access.authority):
        return True
    if authority is None:
        return False
    if _is_acm_of_owner(access):
        return any(
            access.action in granted.actions
            for granted in permissions(authority.arn)
            if (granted.principal, granted.source_account) == (access.caller.service_principal, access.caller.account)
        )
    return authority.policy is not None and _policy_allows(authority.policy, access)


def is_shared(caller: Caller, authority: "CertificateAuthority", permissions: "Permissions") -> bool:
    """Tell whether somebody else's CA is shared with the caller.

    Assumption: it is, if the caller may describe it.
    """
    from pcacli.engine.policies.access import Access

    if authority.arn.account == caller.account:
        return False
    return is_allowed(Access(caller, "DescribeCertificateAuthority", authority.arn), authority, permissions)


def is_owner(caller: Caller, authority: AuthorityArn) -> bool:
    """Tell whether the caller is the account that owns the CA, and not a service that calls for it."""
    return caller.account == authority.account and caller.service_principal is None


def authorize_account(caller: Caller, action: str) -> None:
    """Let an action on the account as a whole pass: services do not perform them.

    Raises:
        ServiceError: AccessDeniedException.
    """
    if caller.service_principal is not None:
        resource = f"arn:{caller.partition}:acm-pca:{caller.region}:{caller.account}:certificate-authority/*"
        raise _denied(caller, action, resource, f"because no identity-based policy allows the acm-pca:{action} action")


def _is_acm_of_owner(access: "Access") -> bool:
    from pcacli.engine.policies.access import ACM

    return access.caller.service_principal == ACM and access.caller.account == access.authority.account


def _policy_allows(policy: str, access: "Access") -> bool:
    from pcacli.engine.policies.document import allows, load, read_statements

    return allows(read_statements(load(policy), access.authority), access)


def _denied(caller: Caller, action: str, resource: str, why: str, *, hint: str | None = None) -> ServiceError:
    message = f"User: {caller.arn} is not authorized to perform: acm-pca:{action} on resource: {resource} {why}"
    return ServiceError("AccessDeniedException", message, hint=hint)


def _way_out(access: "Access", authority: "CertificateAuthority | None") -> str | None:
    """Say what would help, from what the caller may know."""
    from pcacli.api.permissions import GRANTABLE_ACTIONS
    from pcacli.engine.policies.access import ACM
    from pcacli.engine.policies.statements import SHAREABLE_ACTIONS

    if not _is_acm_of_owner(access):
        return _way_to_share(access, authority) if access.action in SHAREABLE_ACTIONS else _OWNER_ONLY
    if access.action not in GRANTABLE_ACTIONS:
        return f"{ACM} can be granted {', '.join(GRANTABLE_ACTIONS)} and nothing else."
    return (
        f"Grant it with: pcacli create-permission --certificate-authority-arn {access.authority} "
        f"--principal {ACM} --actions {' '.join(GRANTABLE_ACTIONS)}"
    )


def _way_to_share(access: "Access", authority: "CertificateAuthority | None") -> str | None:
    """Name the templates for which the CA is shared, if it is shared for others than the one that was asked for."""
    from pcacli.engine.policies.statements import SHAREABLE_TEMPLATES
    from pcacli.pki.templates import TEMPLATES

    if access.template_arn is None or authority is None or authority.policy is None:
        return None
    usable = [TEMPLATES[name].arn(access.authority.partition) for name in SHAREABLE_TEMPLATES]
    shared = [arn for arn in usable if _policy_allows(authority.policy, access._replace(template_arn=arn))]
    return f"The CA is shared with you for {', '.join(shared)}, not for {access.template_arn}." if shared else None
