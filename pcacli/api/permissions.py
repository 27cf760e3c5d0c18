"""What ACM may do with a CA."""

from pcacli.api.common import ACCOUNT_ID, ARN, AWS_POLICY, MAX_RESULTS, NEXT_TOKEN, PRINCIPAL, T_STAMP
from pcacli.api.shapes import List, Member, Operation, String, Structure

ACTION_TYPE = String(
    "ActionType",
    choices=(
        "IssueCertificate",
        "GetCertificate",
        "ListPermissions",
    ),
)
ACTION_LIST = List("ActionList", ACTION_TYPE, minimum=1, maximum=3)
PERMISSION = Structure(
    "Permission",
    (
        Member("CertificateAuthorityArn", ARN, "TODO"),
        Member("CreatedAt", T_STAMP, "TODO"),
        Member("Principal", PRINCIPAL, "TODO"),
        Member("SourceAccount", ACCOUNT_ID, "TODO"),
        Member("Actions", ACTION_LIST, "TODO"),
        Member("Policy", AWS_POLICY, "TODO"),
    ),
)
PERMISSION_LIST = List("PermissionList", PERMISSION, minimum=0)
CREATE_PERMISSION_REQUEST = Structure(
    "CreatePermissionRequest",
    (
        Member("CertificateAuthorityArn", ARN, "TODO", required=True),
        Member("Principal", PRINCIPAL, "TODO", required=True),
        Member("SourceAccount", ACCOUNT_ID, "TODO"),
        Member("Actions", ACTION_LIST, "TODO", required=True),
    ),
)
CREATE_PERMISSION = Operation(
    "CreatePermission",
    summary="TODO",
    returns="TODO",
    example="TODO",
    input=CREATE_PERMISSION_REQUEST,
    output=None,
    errors=(
        "LimitExceededException",
        "PermissionAlreadyExistsException",
        "ResourceNotFoundException",
        "InvalidArnException",
        "InvalidStateException",
        "RequestFailedException",
    ),
    changes=True,
)
DELETE_PERMISSION_REQUEST = Structure(
    "DeletePermissionRequest",
    (
        Member("CertificateAuthorityArn", ARN, "TODO", required=True),
        Member("Principal", PRINCIPAL, "TODO", required=True),
        Member("SourceAccount", ACCOUNT_ID, "TODO"),
    ),
)
DELETE_PERMISSION = Operation(
    "DeletePermission",
    summary="TODO",
    returns="TODO",
    example="TODO",
    input=DELETE_PERMISSION_REQUEST,
    output=None,
    errors=(
        "ResourceNotFoundException",
        "InvalidArnException",
        "InvalidStateException",
        "RequestFailedException",
    ),
    changes=True,
)
LIST_PERMISSIONS_REQUEST = Structure(
    "ListPermissionsRequest",
    (
        Member("MaxResults", MAX_RESULTS, "TODO"),
        Member("NextToken", NEXT_TOKEN, "TODO"),
        Member("CertificateAuthorityArn", ARN, "TODO", required=True),
    ),
)
LIST_PERMISSIONS_RESPONSE = Structure(
    "ListPermissionsResponse",
    (
        Member("NextToken", NEXT_TOKEN, "TODO"),
        Member("Permissions", PERMISSION_LIST, "TODO"),
    ),
)
LIST_PERMISSIONS = Operation(
    "ListPermissions",
    summary="TODO",
    returns="TODO",
    example="TODO",
    input=LIST_PERMISSIONS_REQUEST,
    output=LIST_PERMISSIONS_RESPONSE,
    errors=(
        "ResourceNotFoundException",
        "InvalidArnException",
        "InvalidStateException",
        "RequestFailedException",
        "InvalidNextTokenException",
    ),
    changes=False,
)
