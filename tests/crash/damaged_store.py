"""A small store with something in every table, and with both kinds of CRLs.

The CA that is deleted has none: whatever becomes of such a CRL is nobody's concern any more.
"""

from contextlib import closing
from typing import Any

from pcacli.engine.context import root_of_account
from pcacli.service.local import DEFAULT_ACCOUNT, DEFAULT_REGION, LocalService, open_parts
from pcacli.service.store_place import StorePlace
from tests.support.hierarchies import BUCKET, P256, PUBLISHING, Estate, activate, create, serial_of

CERTIFICATES, REVOCATIONS = 6, 3
"""How many each issuing CA has, in addition to those that others need."""
_ACM_ACTIONS = ["IssueCertificate", "GetCertificate", "ListPermissions"]


def build(estate: Estate) -> None:
    """Make it."""
    estate.build()
    publishing = PUBLISHING.replace("}", ",CrlType=PARTITIONED}")
    partitioned = create(estate, "SUBORDINATE", "Partitioned", P256, "--revocation-configuration", publishing)
    activate(estate, partitioned, estate.root)
    deleted = create(estate, "SUBORDINATE", "Deleted")
    activate(estate, deleted, estate.root)
    create(estate, "SUBORDINATE", "Pending")
    estate.ok("local", "credentials", "create")
    parts = open_parts(StorePlace(estate.store), lambda _: None)
    with closing(LocalService(parts, root_of_account(DEFAULT_ACCOUNT, DEFAULT_REGION))) as service:
        csr = (estate.work / "www.example.com.csr").read_bytes()
        for authority in (estate.issuing, partitioned, deleted):
            _use(service, authority, csr)
        service.call("UpdateCertificateAuthority", {"CertificateAuthorityArn": deleted, "Status": "DISABLED"})
        service.call("DeleteCertificateAuthority", {"CertificateAuthorityArn": deleted})


def _use(service: LocalService, arn: str, csr: bytes) -> None:
    """Issue, revoke, and do with a CA whatever else leaves a trace."""

    def call(operation: str, **members: Any) -> Any:
        return service.call(operation, {"CertificateAuthorityArn": arn, **members})

    asked = {"Csr": csr, "SigningAlgorithm": P256.signing, "Validity": {"Type": "DAYS", "Value": 30}}
    tokens = [f"token-{number}" for number in range(CERTIFICATES)]
    issued = [call("IssueCertificate", **asked, IdempotencyToken=token)["CertificateArn"] for token in tokens]
    for certificate in issued[:REVOCATIONS]:
        call("RevokeCertificate", CertificateSerial=serial_of(certificate), RevocationReason="SUPERSEDED")
    call("TagCertificateAuthority", Tags=[{"Key": "stage", "Value": "test"}])
    call("CreatePermission", Principal="acm.amazonaws.com", Actions=_ACM_ACTIONS)
    call("CreateCertificateAuthorityAuditReport", S3BucketName=BUCKET, AuditReportResponseFormat="JSON")
