"""Certificate authorities: their shape, and the actions of their life."""

from pcacli.api.algorithms import KEY_ALGORITHM, SIGNING_ALGORITHM
from pcacli.api.common import ACCOUNT_ID, ARN, IDEMPOTENCY_TOKEN, MAX_RESULTS, NEXT_TOKEN, STRING, T_STAMP
from pcacli.api.extensions import CSR_EXTENSIONS
from pcacli.api.names import ASN1_SUBJECT
from pcacli.api.revocation import REVOCATION_CONFIGURATION
from pcacli.api.tags import TAG_LIST
from pcacli.api.shapes import Integer, List, Member, Operation, String, Structure

CERTIFICATE_AUTHORITY_TYPE = String(
    "CertificateAuthorityType",
    choices=(
        "ROOT",
        "SUBORDINATE",
    ),
)
CERTIFICATE_AUTHORITY_STATUS = String(
    "CertificateAuthorityStatus",
    choices=(
        "CREATING",
        "PENDING_CERTIFICATE",
        "ACTIVE",
        "DELETED",
        "DISABLED",
        "EXPIRED",
        "FAILED",
    ),
)
CERTIFICATE_AUTHORITY_USAGE_MODE = String(
    "CertificateAuthorityUsageMode",
    choices=(
        "GENERAL_PURPOSE",
        "SHORT_LIVED_CERTIFICATE",
    ),
)
KEY_STORAGE_SECURITY_STANDARD = String(
    "KeyStorageSecurityStandard",
    choices=(
        "FIPS_140_2_LEVEL_2_OR_HIGHER",
        "FIPS_140_2_LEVEL_3_OR_HIGHER",
        "CCPC_LEVEL_1_OR_HIGHER",
    ),
)
FAILURE_REASON = String(
    "FailureReason",
    choices=(
        "REQUEST_TIMED_OUT",
        "UNSUPPORTED_ALGORITHM",
        "OTHER",
    ),
)
RESOURCE_OWNER = String(
    "ResourceOwner",
    choices=(
        "SELF",
        "OTHER_ACCOUNTS",
    ),
)
PERMANENT_DELETION_TIME_IN_DAYS = Integer("PermanentDeletionTimeInDays", minimum=7, maximum=30)
CERTIFICATE_AUTHORITY_CONFIGURATION = Structure(
    "CertificateAuthorityConfiguration",
    (
        Member("KeyAlgorithm", KEY_ALGORITHM, "TODO", required=True),
        Member("SigningAlgorithm", SIGNING_ALGORITHM, "TODO", required=True),
        Member("Subject", ASN1_SUBJECT, "TODO", required=True),
        Member("CsrExtensions", CSR_EXTENSIONS, "TODO"),
    ),
)
CERTIFICATE_AUTHORITY = Structure(
    "CertificateAuthority",
    (
        Member("Arn", ARN, "TODO"),
        Member("OwnerAccount", ACCOUNT_ID, "TODO"),
        Member("CreatedAt", T_STAMP, "TODO"),
        Member("LastStateChangeAt", T_STAMP, "TODO"),
        Member("Type", CERTIFICATE_AUTHORITY_TYPE, "TODO"),
        Member("Serial", STRING, "TODO"),
        Member("Status", CERTIFICATE_AUTHORITY_STATUS, "TODO"),
        Member("NotBefore", T_STAMP, "TODO"),
        Member("NotAfter", T_STAMP, "TODO"),
        Member("FailureReason", FAILURE_REASON, "TODO"),
        Member("CertificateAuthorityConfiguration", CERTIFICATE_AUTHORITY_CONFIGURATION, "TODO"),
        Member("RevocationConfiguration", REVOCATION_CONFIGURATION, "TODO"),
        Member("RestorableUntil", T_STAMP, "TODO"),
        Member("KeyStorageSecurityStandard", KEY_STORAGE_SECURITY_STANDARD, "TODO"),
        Member("UsageMode", CERTIFICATE_AUTHORITY_USAGE_MODE, "TODO"),
    ),
)
CERTIFICATE_AUTHORITIES = List("CertificateAuthorities", CERTIFICATE_AUTHORITY)
CREATE_CERTIFICATE_AUTHORITY_REQUEST = Structure(
    "CreateCertificateAuthorityRequest",
    (
        Member("CertificateAuthorityConfiguration", CERTIFICATE_AUTHORITY_CONFIGURATION, "TODO", required=True),
        Member("RevocationConfiguration", REVOCATION_CONFIGURATION, "TODO"),
        Member("CertificateAuthorityType", CERTIFICATE_AUTHORITY_TYPE, "TODO", required=True),
        Member("IdempotencyToken", IDEMPOTENCY_TOKEN, "TODO"),
        Member("KeyStorageSecurityStandard", KEY_STORAGE_SECURITY_STANDARD, "TODO"),
        Member("Tags", TAG_LIST, "TODO"),
        Member("UsageMode", CERTIFICATE_AUTHORITY_USAGE_MODE, "TODO"),
    ),
)
CREATE_CERTIFICATE_AUTHORITY_RESPONSE = Structure(
    "CreateCertificateAuthorityResponse",
    (Member("CertificateAuthorityArn", ARN, "TODO"),),
)
CREATE_CERTIFICATE_AUTHORITY = Operation(
    "CreateCertificateAuthority",
    summary="TODO",
    returns="TODO",
    example="TODO",
    input=CREATE_CERTIFICATE_AUTHORITY_REQUEST,
    output=CREATE_CERTIFICATE_AUTHORITY_RESPONSE,
    errors=(
        "LimitExceededException",
        "InvalidArgsException",
        "InvalidTagException",
        "InvalidPolicyException",
    ),
    changes=True,
)
DESCRIBE_CERTIFICATE_AUTHORITY_REQUEST = Structure(
    "DescribeCertificateAuthorityRequest",
    (Member("CertificateAuthorityArn", ARN, "TODO", required=True),),
)
DESCRIBE_CERTIFICATE_AUTHORITY_RESPONSE = Structure(
    "DescribeCertificateAuthorityResponse",
    (Member("CertificateAuthority", CERTIFICATE_AUTHORITY, "TODO"),),
)
DESCRIBE_CERTIFICATE_AUTHORITY = Operation(
    "DescribeCertificateAuthority",
    summary="TODO",
    returns="TODO",
    example="TODO",
    input=DESCRIBE_CERTIFICATE_AUTHORITY_REQUEST,
    output=DESCRIBE_CERTIFICATE_AUTHORITY_RESPONSE,
    errors=(
        "ResourceNotFoundException",
        "InvalidArnException",
    ),
    changes=False,
)
LIST_CERTIFICATE_AUTHORITIES_REQUEST = Structure(
    "ListCertificateAuthoritiesRequest",
    (
        Member("MaxResults", MAX_RESULTS, "TODO"),
        Member("NextToken", NEXT_TOKEN, "TODO"),
        Member("ResourceOwner", RESOURCE_OWNER, "TODO"),
    ),
)
LIST_CERTIFICATE_AUTHORITIES_RESPONSE = Structure(
    "ListCertificateAuthoritiesResponse",
    (
        Member("NextToken", NEXT_TOKEN, "TODO"),
        Member("CertificateAuthorities", CERTIFICATE_AUTHORITIES, "TODO"),
    ),
)
LIST_CERTIFICATE_AUTHORITIES = Operation(
    "ListCertificateAuthorities",
    summary="TODO",
    returns="TODO",
    example="TODO",
    input=LIST_CERTIFICATE_AUTHORITIES_REQUEST,
    output=LIST_CERTIFICATE_AUTHORITIES_RESPONSE,
    errors=("InvalidNextTokenException",),
    changes=False,
)
UPDATE_CERTIFICATE_AUTHORITY_REQUEST = Structure(
    "UpdateCertificateAuthorityRequest",
    (
        Member("CertificateAuthorityArn", ARN, "TODO", required=True),
        Member("RevocationConfiguration", REVOCATION_CONFIGURATION, "TODO"),
        Member("Status", CERTIFICATE_AUTHORITY_STATUS, "TODO"),
    ),
)
UPDATE_CERTIFICATE_AUTHORITY = Operation(
    "UpdateCertificateAuthority",
    summary="TODO",
    returns="TODO",
    example="TODO",
    input=UPDATE_CERTIFICATE_AUTHORITY_REQUEST,
    output=None,
    errors=(
        "ResourceNotFoundException",
        "InvalidArgsException",
        "InvalidArnException",
        "InvalidStateException",
        "ConcurrentModificationException",
        "InvalidPolicyException",
    ),
    changes=True,
)
DELETE_CERTIFICATE_AUTHORITY_REQUEST = Structure(
    "DeleteCertificateAuthorityRequest",
    (
        Member("CertificateAuthorityArn", ARN, "TODO", required=True),
        Member("PermanentDeletionTimeInDays", PERMANENT_DELETION_TIME_IN_DAYS, "TODO"),
    ),
)
DELETE_CERTIFICATE_AUTHORITY = Operation(
    "DeleteCertificateAuthority",
    summary="TODO",
    returns="TODO",
    example="TODO",
    input=DELETE_CERTIFICATE_AUTHORITY_REQUEST,
    output=None,
    errors=(
        "ResourceNotFoundException",
        "InvalidArnException",
        "InvalidStateException",
        "ConcurrentModificationException",
    ),
    changes=True,
)
RESTORE_CERTIFICATE_AUTHORITY_REQUEST = Structure(
    "RestoreCertificateAuthorityRequest",
    (Member("CertificateAuthorityArn", ARN, "TODO", required=True),),
)
RESTORE_CERTIFICATE_AUTHORITY = Operation(
    "RestoreCertificateAuthority",
    summary="TODO",
    returns="TODO",
    example="TODO",
    input=RESTORE_CERTIFICATE_AUTHORITY_REQUEST,
    output=None,
    errors=(
        "ResourceNotFoundException",
        "InvalidArnException",
        "InvalidStateException",
    ),
    changes=True,
)
