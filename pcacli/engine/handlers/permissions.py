"""What ACM may do with a CA."""

from pcacli.engine import states
from pcacli.engine.call import Call, Change, Response
from pcacli.engine.paging import behind, paged, requested_page
from pcacli.engine.policies.access import ACM
from pcacli.engine.records import Permission
from pcacli.engine.store.port import Transaction
from pcacli.errors import ServiceError


def create_permission(call: Call) -> Change:
    """Let ACM use the CA on behalf of an account."""
    principal = call.request["Principal"]
    # The only service to which the API grants anything (API reference, CreatePermission).
    if principal != ACM:
        # Assumption: InvalidArgsException is not modelled for this action.
        raise ServiceError("ValidationException", f"The principal must be {ACM}.")

    def grant(transaction: Transaction) -> Response:
        authority = call.authority(transaction, states.GRANT)
        permission = Permission(
            authority=authority.arn,
            principal=principal,
            source_account=_source_account(call),
            actions=tuple(dict.fromkeys(call.request["Actions"])),
            created_at=call.now,
        )
        if _find(transaction, permission) is not None:
            raise ServiceError(
                "PermissionAlreadyExistsException",
                f"A permission for {principal} and account {permission.source_account} exists already.",
            )
        transaction.put_permission(permission)
        return {}

    return call.change(grant)


def delete_permission(call: Call) -> Change:
    """Take back what ACM may do on behalf of an account."""
    principal, source_account = call.request["Principal"], _source_account(call)

    def withdraw(transaction: Transaction) -> Response:
        authority = call.authority(transaction, states.GRANT)
        known = [(found.principal, found.source_account) for found in transaction.permissions(authority.arn)]
        if (principal, source_account) not in known:
            raise ServiceError(
                "ResourceNotFoundException",
                f"Could not find a permission for {principal} and account {source_account}.",
            )
        transaction.remove_permission(authority.arn, principal, source_account)
        return {}

    return call.change(withdraw)


def list_permissions(call: Call) -> Response:
    """List the permissions of a CA. `Policy` is absent: what AWS puts there is not known (assumption)."""
    with call.store.read() as snapshot:
        authority = call.authority(snapshot, states.READ_SETTINGS)
        found = snapshot.permissions(authority.arn)
    scope = f"ListPermissions {authority.arn}"
    page = requested_page(call.request, scope)
    shown, more = paged(behind(found, page, name=_name), page, scope, name=_name)
    return {"Permissions": [_described(permission) for permission in shown], **more}


def _name(permission: Permission) -> str:
    return f"{permission.principal} {permission.source_account}"


def _described(permission: Permission) -> Response:
    return {
        "CertificateAuthorityArn": str(permission.authority),
        "CreatedAt": permission.created_at,
        "Principal": permission.principal,
        "SourceAccount": permission.source_account,
        "Actions": list(permission.actions),
    }


def _source_account(call: Call) -> str:
    account: str = call.request.get("SourceAccount") or call.caller.account
    return account


def _find(transaction: Transaction, wanted: Permission) -> Permission | None:
    for permission in transaction.permissions(wanted.authority):
        if (permission.principal, permission.source_account) == (wanted.principal, wanted.source_account):
            return permission
    return None
