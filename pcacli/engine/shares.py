"""Sharing a CA as AWS RAM does, behind `pcacli local share`.

A share is a set of statements in the CA's policy that carry its identifier: the policy is all that is kept, so that
whoever deletes it takes the CA out of every share (API reference, DeletePolicy), and what RAM shares stands beside
what was put by hand. A change is recorded as PutPolicy, which is what RAM calls (AWS Private CA User Guide, CloudTrail
sample of PutPolicy).
"""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from pcacli.api.arns import AuthorityArn, authority_arn
from pcacli.api.common import POLICY_DOCUMENT
from pcacli.engine import states
from pcacli.engine.call import Call, Parts, Request, Response
from pcacli.engine.context import Caller
from pcacli.engine.policies import document as policies
from pcacli.engine.policies import managed_permissions, share_principals
from pcacli.engine.store.port import Transaction
from pcacli.errors import UsageProblem

Statements = list[dict[str, Any]]

# What RAM writes after a share's identifier (the sample of PutPolicy has it for an account).
_SID_ENDING = "-external-principals"
_SID = re.compile(rf"([0-9a-f-]{{36}}){_SID_ENDING}")


class Share(NamedTuple):
    """One share: its identifier, the CA, with whom, and the managed permission.

    `principal` and `permission` are None where the policy was edited by hand and says it in another way than RAM.
    """

    share_id: str
    authority: AuthorityArn
    principal: str | None
    permission: str | None


def add(parts: Parts, caller: Caller, arn: str, principal: str, permission: str) -> Share:
    """Share a CA of the caller's with somebody.

    Raises:
        ServiceError: the CA is not there, not the caller's, or deleted.
        UsageProblem: nobody is called that, or the CA's policy would become too long.
    """
    authority = authority_arn(arn)
    share = Share(parts.context.new_uuid(), authority, principal, permission)
    added = _statements(share, permission)
    if added is None:
        raise UsageProblem(
            f"{principal} is no principal: give an account of 12 digits, o-…, o-…/ou-…, the ARN of an organization, a "
            "unit, a user or a role, or a service such as pca-connector-ad.amazonaws.com."
        )
    request = {"ResourceArn": arn, "ShareId": share.share_id, "Principal": principal, "Permission": permission}
    call = Call(parts, "PutPolicy", request, caller)

    def attach(transaction: Transaction) -> Response:
        present = call.authority(transaction, states.CHANGE_SETTINGS)
        document = _document(present.policy)
        policy = _written({**document, "Statement": [*document["Statement"], *added]})
        transaction.put_authority(present._replace(policy=policy))
        return {}

    call.change(attach).commit()
    return share


def remove(parts: Parts, caller: Caller, share_id: str) -> Share:
    """End a share; the rest of the CA's policy stays.

    Raises:
        UsageProblem: the caller's account has no such share in this region.
    """
    share = next((share for share in listed(parts, caller) if share.share_id == share_id), None)
    if share is None:
        raise UsageProblem(f"There is no share {share_id}.", hint="See: pcacli local share list")
    request: Request = {"ResourceArn": str(share.authority), "ShareId": share_id}
    call = Call(parts, "PutPolicy", request, caller)

    def detach(transaction: Transaction) -> Response:
        present = call.authority(transaction, states.CHANGE_SETTINGS)
        document = _document(present.policy)
        kept = [statement for statement in document["Statement"] if _share_id(statement) != share_id]
        policy = _written({**document, "Statement": kept}) if kept else None
        transaction.put_authority(present._replace(policy=policy))
        return {}

    call.change(detach).commit()
    return share


def listed(parts: Parts, caller: Caller) -> list[Share]:
    """Return the shares of the caller's CAs in its region, by CA."""
    with parts.store.read() as snapshot:
        authorities = snapshot.authorities(caller.account, caller.region, unreadable=parts.notify_left_out)
    return [
        share
        for authority in authorities
        if authority.policy is not None and not states.gone(authority, parts.context.now())
        for share in _shares(authority.policy, authority.arn)
    ]


def _shares(policy: str, authority: AuthorityArn) -> Iterator[Share]:
    by_share: dict[str, Statements] = {}
    for statement in policies.load(policy)["Statement"]:
        share_id = _share_id(statement)
        if share_id is not None:
            by_share.setdefault(share_id, []).append(statement)
    for share_id, statements in by_share.items():
        yield _recognized(Share(share_id, authority, share_principals.name_in(statements[0]), None), statements)


def _recognized(share: Share, statements: Statements) -> Share:
    """Return the share with the managed permission that its statements are."""
    for permission in managed_permissions.MANAGED_PERMISSIONS:
        if _statements(share, permission) == statements:
            return share._replace(permission=permission)
    return share


def _statements(share: Share, permission: str) -> Statements | None:
    """Write the statements of a share with some permission; None if nobody can be called as its principal is."""
    who = share_principals.clause(share.principal or "", share.authority)
    return who and managed_permissions.statements(
        permission,
        share.authority,
        sid=f"{share.share_id}{_SID_ENDING}",
        principal=who.principal,
        conditions=who.conditions,
    )


def _document(policy: str | None) -> dict[str, Any]:
    return policies.load(policy) if policy else {"Version": policies.VERSION, "Statement": []}


def _share_id(statement: dict[str, Any]) -> str | None:
    match = _SID.fullmatch(statement.get("Sid", ""))
    return match and match[1]


def _written(document: dict[str, Any]) -> str:
    text = json.dumps(document, separators=(",", ":"))
    if len(text) > (POLICY_DOCUMENT.maximum or 0):
        raise UsageProblem(f"The CA's policy would be longer than {POLICY_DOCUMENT.maximum} characters.")
    return text
