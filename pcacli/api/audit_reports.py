"""Audit reports: every certificate that a CA issued or revoked, written to a bucket.

Sources: AWS Private CA API Reference, page "CreateCertificateAuthorityAuditReport"; AWS Private CA User Guide, "Use
audit reports with your private CA".
"""

from pcacli.api.common import ARN, TIMESTAMP
from pcacli.api.shapes import Member, Operation, String, Structure

AUDIT_REPORT_ID = String(
    "AuditReportId", minimum=36, maximum=36, pattern="[a-z0-9]{8}-[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{12}"
)
BUCKET_NAME = String("S3BucketName", minimum=3, maximum=63)
OBJECT_KEY = String("S3Key", minimum=0, maximum=1024)

CREATE_CERTIFICATE_AUTHORITY_AUDIT_REPORT = Operation(
    "CreateCertificateAuthorityAuditReport",
    summary="Write a report of every certificate that a CA issued or revoked to a bucket.",
    returns="The report's id and its key in the bucket; `wait audit-report-created` tells when it is there.",
    example="pcacli create-certificate-authority-audit-report --certificate-authority-arn $CA_ARN "
    "--s3-bucket-name audit-reports --audit-report-response-format JSON",
    input=Structure(
        "CreateCertificateAuthorityAuditReportRequest",
        (
            Member(
                "CertificateAuthorityArn",
                ARN,
                "ARN of the CA; it must be ACTIVE or DISABLED. AWS makes at most one report of a CA in half an hour.",
                required=True,
            ),
            Member(
                "S3BucketName",
                BUCKET_NAME,
                "Bucket for the report, which the service must be allowed to write to.",
                required=True,
            ),
            Member(
                "AuditReportResponseFormat",
                String("AuditReportResponseFormat", choices=("JSON", "CSV")),
                "JSON leaves absent fields out; CSV has a header line and leaves them empty.",
                required=True,
            ),
        ),
    ),
    output=Structure(
        "CreateCertificateAuthorityAuditReportResponse",
        (
            Member("AuditReportId", AUDIT_REPORT_ID, "Id to ask for the report's status with."),
            Member("S3Key", OBJECT_KEY, "Key of the report: audit-report/, the CA's id, then the report's id."),
        ),
    ),
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

DESCRIBE_CERTIFICATE_AUTHORITY_AUDIT_REPORT = Operation(
    "DescribeCertificateAuthorityAuditReport",
    summary="Show whether an audit report is written, and where.",
    returns="The report's status, bucket, key and time.",
    example="pcacli describe-certificate-authority-audit-report --certificate-authority-arn $CA_ARN "
    "--audit-report-id $AUDIT_REPORT_ID",
    input=Structure(
        "DescribeCertificateAuthorityAuditReportRequest",
        (
            Member("CertificateAuthorityArn", ARN, "ARN of the CA that the report is about.", required=True),
            Member(
                "AuditReportId",
                AUDIT_REPORT_ID,
                "Id that create-certificate-authority-audit-report returned.",
                required=True,
            ),
        ),
    ),
    output=Structure(
        "DescribeCertificateAuthorityAuditReportResponse",
        (
            Member(
                "AuditReportStatus",
                String("AuditReportStatus", choices=("CREATING", "SUCCESS", "FAILED")),
                "CREATING, SUCCESS, or FAILED, which mostly means that the bucket could not be written to.",
            ),
            Member("S3BucketName", BUCKET_NAME, "Bucket of the report."),
            Member("S3Key", OBJECT_KEY, "Key of the report in the bucket."),
            Member("CreatedAt", TIMESTAMP, "When the report was asked for."),
        ),
    ),
    errors=(
        "ResourceNotFoundException",
        "InvalidArgsException",
        "InvalidArnException",
    ),
    changes=False,
)
