"""What AWS Certificate Manager (ACM) may do with a CA of the same account.

Sources: AWS Private CA API Reference, pages "CreatePermission" and "Permission"; AWS Private CA User Guide, "Assign
certificate renewal permissions to ACM".
"""

from pcacli.api.common import ACCOUNT_ID, ARN, NEXT_PAGE, PAGE_SIZE, PAGE_START, POLICY_DOCUMENT, TIMESTAMP
from pcacli.api.shapes import List, Member, Operation, String, Structure

PRINCIPAL = String("Principal", minimum=0, maximum=128, pattern="[^*]+")
GRANTABLE_ACTIONS = ("IssueCertificate", "GetCertificate", "ListPermissions")
ACTION_LIST = List(
    "ActionList",
    String("ActionType", choices=GRANTABLE_ACTIONS),
    minimum=1,
    maximum=3,
)

PERMISSION = Structure(
    "Permission",
    (
        Member("CertificateAuthorityArn", ARN, "ARN of the CA."),
        Member("CreatedAt", TIMESTAMP, "When the permission was granted."),
        Member("Principal", PRINCIPAL, "The service that holds it: acm.amazonaws.com."),
        Member("SourceAccount", ACCOUNT_ID, "The account that it counts for."),
        Member("Actions", ACTION_LIST, "What the service may do."),
        Member("Policy", POLICY_DOCUMENT, "The policy that goes with it, where there is one."),
    ),
)

CREATE_PERMISSION = Operation(
    "CreatePermission",
    summary="Allow ACM to issue and renew certificates from a CA of your account.",
    returns="Nothing.",
    example="pcacli create-permission --certificate-authority-arn $CA_ARN --principal acm.amazonaws.com "
    "--actions IssueCertificate GetCertificate ListPermissions",
    input=Structure(
        "CreatePermissionRequest",
        (
            Member("CertificateAuthorityArn", ARN, "ARN of the CA; it must be ACTIVE.", required=True),
            Member(
                "Principal",
                PRINCIPAL,
                "The service to allow: acm.amazonaws.com and no other. For other accounts, use put-policy.",
                required=True,
            ),
            Member(
                "SourceAccount",
                ACCOUNT_ID,
                "Account whose certificates ACM may serve; yours unless given. "
                "A second permission for the same pair is PermissionAlreadyExistsException.",
            ),
            Member("Actions", ACTION_LIST, "What to allow. Automatic renewal needs all three.", required=True),
        ),
    ),
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

DELETE_PERMISSION = Operation(
    "DeletePermission",
    summary="Take back what ACM was allowed to do with a CA.",
    returns="Nothing; certificates that ACM renewed from this CA are no longer renewed.",
    example="pcacli delete-permission --certificate-authority-arn $CA_ARN --principal acm.amazonaws.com",
    input=Structure(
        "DeletePermissionRequest",
        (
            Member("CertificateAuthorityArn", ARN, "ARN of the CA.", required=True),
            Member("Principal", PRINCIPAL, "The service that loses the permission: acm.amazonaws.com.", required=True),
            Member("SourceAccount", ACCOUNT_ID, "Account that the permission counts for; yours unless given."),
        ),
    ),
    output=None,
    errors=(
        "ResourceNotFoundException",
        "InvalidArnException",
        "InvalidStateException",
        "RequestFailedException",
    ),
    changes=True,
)

LIST_PERMISSIONS = Operation(
    "ListPermissions",
    summary="List what ACM is allowed to do with a CA.",
    returns="One entry for each permission; an empty list if ACM may do nothing.",
    example="pcacli list-permissions --certificate-authority-arn $CA_ARN",
    input=Structure(
        "ListPermissionsRequest",
        (
            PAGE_SIZE,
            PAGE_START,
            Member("CertificateAuthorityArn", ARN, "ARN of the CA; a DELETED one is refused.", required=True),
        ),
    ),
    output=Structure(
        "ListPermissionsResponse",
        (NEXT_PAGE, Member("Permissions", List("PermissionList", PERMISSION, minimum=0), "The permissions.")),
    ),
    errors=(
        "ResourceNotFoundException",
        "InvalidArnException",
        "InvalidStateException",
        "RequestFailedException",
        "InvalidNextTokenException",
    ),
    changes=False,
)
