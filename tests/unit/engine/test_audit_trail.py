from typing import Any

import pytest

from pcacli.api.catalogue import OPERATIONS
from pcacli.errors import ServiceError
from tests.support.crafted import leaf_csr
from tests.support.embedded import Embedded
from tests.support.policies import for_account

ACM: dict[str, Any] = {"Principal": "acm.amazonaws.com"}


def test_each_successful_change_leaves_one_record_and_nothing_else_does() -> None:
    embedded = Embedded()
    root = embedded.active_root()
    certificate = embedded.issue(root, leaf_csr())
    ca: dict[str, Any] = {"CertificateAuthorityArn": root}
    embedded.call("CreatePermission", **ca, **ACM, Actions=["IssueCertificate"])
    embedded.call("DeletePermission", **ca, **ACM)
    embedded.call("PutPolicy", ResourceArn=root, Policy=for_account(root, "444455556666"))
    embedded.call("DeletePolicy", ResourceArn=root)
    embedded.call("TagCertificateAuthority", **ca, Tags=[{"Key": "k"}])
    embedded.call("UntagCertificateAuthority", **ca, Tags=[{"Key": "k"}])
    embedded.call(
        "CreateCertificateAuthorityAuditReport", **ca, S3BucketName="bucket", AuditReportResponseFormat="JSON"
    )
    embedded.call(
        "RevokeCertificate", **ca, CertificateSerial=certificate.rpartition("/")[2], RevocationReason="UNSPECIFIED"
    )
    embedded.call("UpdateCertificateAuthority", **ca, Status="DISABLED")
    embedded.call("DeleteCertificateAuthority", **ca)
    embedded.call("RestoreCertificateAuthority", **ca)
    with pytest.raises(ServiceError):
        embedded.call("RestoreCertificateAuthority", **ca)
    embedded.call("DescribeCertificateAuthority", **ca)

    with embedded.store.read() as snapshot:
        actions = [entry.action for entry in snapshot.trail(root)]
    changing = {name for name, operation in OPERATIONS.items() if operation.changes}
    assert set(actions) == changing
    # The root's own certificate and the leaf's make two.
    assert sorted(actions) == sorted([*changing, "IssueCertificate"])


def test_an_idempotent_repetition_leaves_no_record() -> None:
    embedded = Embedded()
    arn = embedded.create(IdempotencyToken="t")
    embedded.create(IdempotencyToken="t")
    with embedded.store.read() as snapshot:
        assert [entry.action for entry in snapshot.trail(arn)] == ["CreateCertificateAuthority"]
