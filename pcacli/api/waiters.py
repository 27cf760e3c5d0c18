"""The three waiters of the API: delays, attempts and acceptors.

Source: the waiter definitions that the AWS SDKs publish for ACM PCA.
"""

from pcacli.api.shapes import Acceptor, Waiter

_DENIED = Acceptor("error", "AccessDeniedException", "failure")
_DONE = Acceptor("error", expected=False, state="success")
_IN_PROGRESS = Acceptor("error", "RequestInProgressException", "retry")

AUDIT_REPORT_CREATED = Waiter(
    "AuditReportCreated",
    summary="Wait until an audit report is written, and fail if writing it failed.",
    example="pcacli wait audit-report-created --certificate-authority-arn $CA_ARN --audit-report-id $AUDIT_REPORT_ID",
    operation="DescribeCertificateAuthorityAuditReport",
    delay_seconds=3,
    max_attempts=60,
    acceptors=(
        Acceptor("path", "SUCCESS", "success", argument="AuditReportStatus"),
        Acceptor("path", "FAILED", "failure", argument="AuditReportStatus"),
        _DENIED,
    ),
)

CERTIFICATE_AUTHORITY_CSR_CREATED = Waiter(
    "CertificateAuthorityCSRCreated",
    summary="Wait until a new CA has its key and CSR.",
    example="pcacli wait certificate-authority-csr-created --certificate-authority-arn $PENDING_CA_ARN",
    operation="GetCertificateAuthorityCsr",
    delay_seconds=3,
    max_attempts=60,
    acceptors=(_DONE, _IN_PROGRESS, _DENIED),
)

CERTIFICATE_ISSUED = Waiter(
    "CertificateIssued",
    summary="Wait until a certificate is issued and can be fetched.",
    example="pcacli wait certificate-issued --certificate-authority-arn $CA_ARN --certificate-arn $CERTIFICATE_ARN",
    operation="GetCertificate",
    delay_seconds=1,
    max_attempts=60,
    acceptors=(_DONE, _IN_PROGRESS, _DENIED),
)
