"""How a CA publishes revocations, and the action that revokes."""

from pcacli.api.common import ARN, BOOLEAN, STRING128
from pcacli.api.shapes import Integer, Member, Operation, String, Structure

CNAME_STRING = String("CnameString", minimum=0, maximum=253, pattern="[-a-zA-Z0-9;/?:@&=+$,%_.!~*()']*")
CRL_PATH_STRING = String(
    "CrlPathString",
    minimum=0,
    maximum=253,
    pattern="(/|[-a-zA-Z0-9;?:@&=+$,%_.!~*()']+(/[-a-zA-Z0-9;?:@&=+$,%_.!~*()']+)*)",
)
INTEGER1_TO5000 = Integer("Integer1To5000", minimum=1, maximum=5000)
S3_BUCKET_NAME3_TO255 = String("S3BucketName3To255", minimum=3, maximum=255, pattern="[-a-zA-Z0-9._/]+")
S3_OBJECT_ACL = String(
    "S3ObjectAcl",
    choices=(
        "PUBLIC_READ",
        "BUCKET_OWNER_FULL_CONTROL",
    ),
)
CRL_TYPE = String(
    "CrlType",
    choices=(
        "COMPLETE",
        "PARTITIONED",
    ),
)
CRL_DISTRIBUTION_POINT_EXTENSION_CONFIGURATION = Structure(
    "CrlDistributionPointExtensionConfiguration",
    (Member("OmitExtension", BOOLEAN, "TODO", required=True),),
)
CRL_CONFIGURATION = Structure(
    "CrlConfiguration",
    (
        Member("Enabled", BOOLEAN, "TODO", required=True),
        Member("ExpirationInDays", INTEGER1_TO5000, "TODO"),
        Member("CustomCname", CNAME_STRING, "TODO"),
        Member("S3BucketName", S3_BUCKET_NAME3_TO255, "TODO"),
        Member("S3ObjectAcl", S3_OBJECT_ACL, "TODO"),
        Member("CrlDistributionPointExtensionConfiguration", CRL_DISTRIBUTION_POINT_EXTENSION_CONFIGURATION, "TODO"),
        Member("CrlType", CRL_TYPE, "TODO"),
        Member("CustomPath", CRL_PATH_STRING, "TODO"),
    ),
)
OCSP_CONFIGURATION = Structure(
    "OcspConfiguration",
    (
        Member("Enabled", BOOLEAN, "TODO", required=True),
        Member("OcspCustomCname", CNAME_STRING, "TODO"),
    ),
)
REVOCATION_CONFIGURATION = Structure(
    "RevocationConfiguration",
    (
        Member("CrlConfiguration", CRL_CONFIGURATION, "TODO"),
        Member("OcspConfiguration", OCSP_CONFIGURATION, "TODO"),
    ),
)
REVOCATION_REASON = String(
    "RevocationReason",
    choices=(
        "UNSPECIFIED",
        "KEY_COMPROMISE",
        "CERTIFICATE_AUTHORITY_COMPROMISE",
        "AFFILIATION_CHANGED",
        "SUPERSEDED",
        "CESSATION_OF_OPERATION",
        "PRIVILEGE_WITHDRAWN",
        "A_A_COMPROMISE",
    ),
)
REVOKE_CERTIFICATE_REQUEST = Structure(
    "RevokeCertificateRequest",
    (
        Member("CertificateAuthorityArn", ARN, "TODO", required=True),
        Member("CertificateSerial", STRING128, "TODO", required=True),
        Member("RevocationReason", REVOCATION_REASON, "TODO", required=True),
    ),
)
REVOKE_CERTIFICATE = Operation(
    "RevokeCertificate",
    summary="TODO",
    returns="TODO",
    example="TODO",
    input=REVOKE_CERTIFICATE_REQUEST,
    output=None,
    errors=(
        "RequestAlreadyProcessedException",
        "LimitExceededException",
        "ResourceNotFoundException",
        "InvalidArnException",
        "InvalidRequestException",
        "InvalidStateException",
        "RequestFailedException",
        "ConcurrentModificationException",
        "RequestInProgressException",
    ),
    changes=True,
)
