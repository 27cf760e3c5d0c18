"""The three waiters of the API: delays, attempts and acceptors.

Source: the waiter definitions that the AWS SDKs publish for ACM PCA.
"""

from pcacli.api.shapes import Acceptor, Waiter

_DENIED = Acceptor("error", "AccessDeniedException", "failure")
_DONE = Acceptor("error", expected=False, state="success")
_IN_PROGRESS = Acceptor("error", "RequestInProgressException", "retry")

AUDIT_REPORT_CREATED = Waiter(
    "AuditReportCreated",
    summary="TODO",
    example="TODO",
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
    summary="TODO",
    example="TODO",
    operation="GetCertificateAuthorityCsr",
    delay_seconds=3,
    max_attempts=60,
    acceptors=(_DONE, _IN_PROGRESS, _DENIED),
)
CERTIFICATE_ISSUED = Waiter(
    "CertificateIssued",
    summary="TODO",
    example="TODO",
    operation="GetCertificate",
    delay_seconds=1,
    max_attempts=60,
    acceptors=(_DONE, _IN_PROGRESS, _DENIED),
)
