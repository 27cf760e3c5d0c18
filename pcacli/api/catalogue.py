"""Everything that ACM PCA offers, by name: 23 operations, 3 waiters, 3 paginators."""

import re

from pcacli.api import (
    activation,
    audit_reports,
    authorities,
    certificates,
    lifecycle,
    permissions,
    policies,
    revocation,
    tags,
    waiters,
)
from pcacli.api.shapes import Operation, Paginator, Waiter

OPERATIONS: dict[str, Operation] = {
    operation.name: operation
    for operation in (
        authorities.CREATE_CERTIFICATE_AUTHORITY,
        audit_reports.CREATE_CERTIFICATE_AUTHORITY_AUDIT_REPORT,
        permissions.CREATE_PERMISSION,
        lifecycle.DELETE_CERTIFICATE_AUTHORITY,
        permissions.DELETE_PERMISSION,
        policies.DELETE_POLICY,
        authorities.DESCRIBE_CERTIFICATE_AUTHORITY,
        audit_reports.DESCRIBE_CERTIFICATE_AUTHORITY_AUDIT_REPORT,
        certificates.GET_CERTIFICATE,
        activation.GET_CERTIFICATE_AUTHORITY_CERTIFICATE,
        activation.GET_CERTIFICATE_AUTHORITY_CSR,
        policies.GET_POLICY,
        activation.IMPORT_CERTIFICATE_AUTHORITY_CERTIFICATE,
        certificates.ISSUE_CERTIFICATE,
        authorities.LIST_CERTIFICATE_AUTHORITIES,
        permissions.LIST_PERMISSIONS,
        tags.LIST_TAGS,
        policies.PUT_POLICY,
        lifecycle.RESTORE_CERTIFICATE_AUTHORITY,
        revocation.REVOKE_CERTIFICATE,
        tags.TAG_CERTIFICATE_AUTHORITY,
        tags.UNTAG_CERTIFICATE_AUTHORITY,
        lifecycle.UPDATE_CERTIFICATE_AUTHORITY,
    )
}

WAITERS: dict[str, Waiter] = {
    waiter.name: waiter
    for waiter in (
        waiters.AUDIT_REPORT_CREATED,
        waiters.CERTIFICATE_AUTHORITY_CSR_CREATED,
        waiters.CERTIFICATE_ISSUED,
    )
}

PAGINATORS: dict[str, Paginator] = {
    operation: Paginator(operation, "NextToken", "NextToken", "MaxResults", result_key)
    for operation, result_key in (
        ("ListCertificateAuthorities", "CertificateAuthorities"),
        ("ListPermissions", "Permissions"),
        ("ListTags", "Tags"),
    )
}

# A capital starts a word after a small letter or digit, and where a run of capitals ends ("CSRCreated").
_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def command_name(name: str) -> str:
    """Turn an API name into the AWS CLI's spelling: "GetCertificateAuthorityCsr" → "get-certificate-authority-csr"."""
    return _WORD_START.sub("-", name).lower()
