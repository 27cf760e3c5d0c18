"""Audit reports: every certificate that a CA issued, written to a bucket."""

from pcacli.api.common import ARN, S3_BUCKET_NAME, S3_KEY, T_STAMP
from pcacli.api.shapes import Member, Operation, String, Structure

AUDIT_REPORT_ID = String(
    "AuditReportId", minimum=36, maximum=36, pattern="[a-z0-9]{8}-[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{12}"
)
AUDIT_REPORT_RESPONSE_FORMAT = String(
    "AuditReportResponseFormat",
    choices=(
        "JSON",
        "CSV",
    ),
)
AUDIT_REPORT_STATUS = String(
    "AuditReportStatus",
    choices=(
        "CREATING",
        "SUCCESS",
        "FAILED",
    ),
)
CREATE_CERTIFICATE_AUTHORITY_AUDIT_REPORT_REQUEST = Structure(
    "CreateCertificateAuthorityAuditReportRequest",
    (
        Member("CertificateAuthorityArn", ARN, "TODO", required=True),
        Member("S3BucketName", S3_BUCKET_NAME, "TODO", required=True),
        Member("AuditReportResponseFormat", AUDIT_REPORT_RESPONSE_FORMAT, "TODO", required=True),
    ),
)
CREATE_CERTIFICATE_AUTHORITY_AUDIT_REPORT_RESPONSE = Structure(
    "CreateCertificateAuthorityAuditReportResponse",
    (
        Member("AuditReportId", AUDIT_REPORT_ID, "TODO"),
        Member("S3Key", S3_KEY, "TODO"),
    ),
)
CREATE_CERTIFICATE_AUTHORITY_AUDIT_REPORT = Operation(
    "CreateCertificateAuthorityAuditReport",
    summary="TODO",
    returns="TODO",
    example="TODO",
    input=CREATE_CERTIFICATE_AUTHORITY_AUDIT_REPORT_REQUEST,
    output=CREATE_CERTIFICATE_AUTHORITY_AUDIT_REPORT_RESPONSE,
    errors=(
        "ResourceNotFoundException",
        "InvalidArgsException",
        "InvalidArnException",
        "InvalidStateException",
        "RequestFailedException",
        "RequestInProgressException",
    ),
    changes=True,
)
DESCRIBE_CERTIFICATE_AUTHORITY_AUDIT_REPORT_REQUEST = Structure(
    "DescribeCertificateAuthorityAuditReportRequest",
    (
        Member("CertificateAuthorityArn", ARN, "TODO", required=True),
        Member("AuditReportId", AUDIT_REPORT_ID, "TODO", required=True),
    ),
)
DESCRIBE_CERTIFICATE_AUTHORITY_AUDIT_REPORT_RESPONSE = Structure(
    "DescribeCertificateAuthorityAuditReportResponse",
    (
        Member("AuditReportStatus", AUDIT_REPORT_STATUS, "TODO"),
        Member("S3BucketName", S3_BUCKET_NAME, "TODO"),
        Member("S3Key", S3_KEY, "TODO"),
        Member("CreatedAt", T_STAMP, "TODO"),
    ),
)
DESCRIBE_CERTIFICATE_AUTHORITY_AUDIT_REPORT = Operation(
    "DescribeCertificateAuthorityAuditReport",
    summary="TODO",
    returns="TODO",
    example="TODO",
    input=DESCRIBE_CERTIFICATE_AUTHORITY_AUDIT_REPORT_REQUEST,
    output=DESCRIBE_CERTIFICATE_AUTHORITY_AUDIT_REPORT_RESPONSE,
    errors=(
        "ResourceNotFoundException",
        "InvalidArgsException",
        "InvalidArnException",
    ),
    changes=False,
)
