"""Which function handles which action. Modules are loaded when their action is called."""

from collections.abc import Callable
from functools import cache
from importlib import import_module

from pcacli.engine.call import Call, Change, Response

Handler = Callable[[Call], Response | Change]

MODULES = {
    "CreateCertificateAuthority": "authorities",
    "DescribeCertificateAuthority": "authorities",
    "ListCertificateAuthorities": "authorities",
    "UpdateCertificateAuthority": "authorities",
    "DeleteCertificateAuthority": "authorities",
    "RestoreCertificateAuthority": "authorities",
    "GetCertificateAuthorityCsr": "activation",
    "ImportCertificateAuthorityCertificate": "activation",
    "GetCertificateAuthorityCertificate": "activation",
    "IssueCertificate": "certificates",
    "GetCertificate": "certificates",
    "RevokeCertificate": "revocation",
    "CreateCertificateAuthorityAuditReport": "audit_reports",
    "DescribeCertificateAuthorityAuditReport": "audit_reports",
    "CreatePermission": "permissions",
    "DeletePermission": "permissions",
    "ListPermissions": "permissions",
    "PutPolicy": "policies",
    "GetPolicy": "policies",
    "DeletePolicy": "policies",
    "TagCertificateAuthority": "tags",
    "UntagCertificateAuthority": "tags",
    "ListTags": "tags",
}


@cache
def handler(operation: str) -> Handler:
    """Return the function that handles an action: its API name in snake case, in the module of its resource."""
    from pcacli.api.catalogue import command_name

    module = import_module(f"pcacli.engine.handlers.{MODULES[operation]}")
    function: Handler = getattr(module, command_name(operation).replace("-", "_"))
    return function
