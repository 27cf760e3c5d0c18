import json
from collections.abc import Iterable

import pytest

from pcacli.engine.artifacts.memory import MemoryArtifacts
from pcacli.engine.artifacts.port import BucketUnavailable
from pcacli.engine.authority import EmbeddedAuthority
from pcacli.errors import ServiceError
from tests.support.crafted import leaf_csr
from tests.support.embedded import ROOT_TEMPLATE, Embedded


def report_of(embedded: Embedded, arn: str, kind: str) -> tuple[dict[str, object], bytes]:
    made = embedded.call(
        "CreateCertificateAuthorityAuditReport",
        CertificateAuthorityArn=arn,
        S3BucketName="reports",
        AuditReportResponseFormat=kind,
    )
    content = embedded.artifacts.get("reports", made["S3Key"])
    assert content is not None
    return made, content


@pytest.mark.fact("6", "place", "contents")
@pytest.mark.fact("5.1", "without-crl")
def test_a_report_lists_every_certificate_with_its_revocation(embedded: Embedded) -> None:
    root = embedded.active_root()
    certificate = embedded.issue(root, leaf_csr())
    embedded.call(
        "RevokeCertificate",
        CertificateAuthorityArn=root,
        CertificateSerial=certificate.rpartition("/")[2],
        RevocationReason="SUPERSEDED",
    )
    made, content = report_of(embedded, root, "JSON")
    authority_id = root.rpartition("/")[2]
    assert made["S3Key"] == f"audit-report/{authority_id}/{made['AuditReportId']}.json"
    records = {record["certificateArn"]: record for record in json.loads(content)}
    assert len(records) == 2
    assert records[certificate]["revocationReason"] == "SUPERSEDED"
    assert records[certificate]["revokedAt"] == "2026-03-01T12:00:00+0000"
    assert records[certificate]["subject"] == "CN=www.example.com"
    (own,) = [record for arn, record in records.items() if arn != certificate]
    assert own["templateArn"] == ROOT_TEMPLATE
    assert "revokedAt" not in own


@pytest.mark.fact("6", "status")
def test_a_report_can_be_asked_about(embedded: Embedded) -> None:
    root = embedded.active_root()
    made, _ = report_of(embedded, root, "CSV")
    described = embedded.call(
        "DescribeCertificateAuthorityAuditReport", CertificateAuthorityArn=root, AuditReportId=made["AuditReportId"]
    )
    assert described == {
        "AuditReportStatus": "SUCCESS",
        "S3BucketName": "reports",
        "S3Key": made["S3Key"],
        "CreatedAt": embedded.now,
    }


@pytest.mark.fact("6", "states")
def test_a_report_of_a_pending_authority_is_refused(embedded: Embedded) -> None:
    with pytest.raises(ServiceError) as refusal:
        report_of(embedded, embedded.create(), "JSON")
    assert refusal.value.code == "InvalidStateException"


class FullBuckets(MemoryArtifacts):
    """Buckets that look well and take nothing."""

    def put(
        self, bucket: str, key: str, content: Iterable[bytes], *, content_type: str, object_acl: str | None = None
    ) -> None:
        del key, content, content_type, object_acl
        raise BucketUnavailable(f"The bucket {bucket} is full.")


@pytest.mark.fact("6", "failed")
def test_a_bucket_that_fails_while_writing_makes_the_report_failed(embedded: Embedded) -> None:
    root = embedded.active_root()
    authority = EmbeddedAuthority(embedded.parts._replace(artifacts=FullBuckets()))
    request = {"CertificateAuthorityArn": root, "S3BucketName": "reports", "AuditReportResponseFormat": "JSON"}
    made = authority.call("CreateCertificateAuthorityAuditReport", request, embedded.owner)
    asked = {"CertificateAuthorityArn": root, "AuditReportId": made["AuditReportId"]}
    described = embedded.call("DescribeCertificateAuthorityAuditReport", **asked)
    assert described["AuditReportStatus"] == "FAILED"
    assert embedded.notices == ["The bucket reports is full."]


def test_an_unknown_report_is_not_found(embedded: Embedded) -> None:
    with pytest.raises(ServiceError) as refusal:
        embedded.call(
            "DescribeCertificateAuthorityAuditReport",
            CertificateAuthorityArn=embedded.active_root(),
            AuditReportId="00000000-0000-0000-0000-000000000000",
        )
    assert refusal.value.code == "ResourceNotFoundException"
