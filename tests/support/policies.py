"""Resource policies as they stand in the User Guide's samples."""

import json
from collections.abc import Mapping
from typing import Any

READ_ACTIONS = [
    "acm-pca:DescribeCertificateAuthority",
    "acm-pca:GetCertificate",
    "acm-pca:GetCertificateAuthorityCertificate",
    "acm-pca:ListPermissions",
    "acm-pca:ListTags",
]
END_ENTITY = "arn:aws:acm-pca:::template/EndEntityCertificate/V1"

Document = dict[str, Any]


def statement(arn: str, principal: Any, actions: Any, **members: Any) -> Document:
    """Return a statement that allows actions."""
    return {"Sid": "1", "Effect": "Allow", "Principal": principal, "Action": actions, "Resource": arn, **members}


def sample(arn: str, principal: Any, *, template: str = END_ENTITY, **conditions: Mapping[str, str]) -> Document:
    """Return the sample of two statements: reading, and issuing from one template; more conditions by operator."""
    issuing = {**conditions, "StringEquals": {"acm-pca:TemplateArn": template, **conditions.get("StringEquals", {})}}
    reading = {"Condition": conditions} if conditions else {}
    return document(
        statement(arn, principal, READ_ACTIONS, **reading),
        statement(arn, principal, ["acm-pca:IssueCertificate"], Condition=issuing),
    )


def for_account(arn: str, account: str) -> str:
    """Return the policy that shares a CA with one account."""
    return json.dumps(sample(arn, {"AWS": account}))


def for_organization(arn: str, organization_id: str) -> str:
    """Return the policy that shares a CA with an organization."""
    return json.dumps(sample(arn, "*", StringEquals={"aws:PrincipalOrgID": organization_id}))


def document(*statements: Any) -> Document:
    """Return a policy of these statements."""
    return {"Version": "2012-10-17", "Statement": list(statements)}
