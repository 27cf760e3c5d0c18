import json

import pytest

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


def test_a_report_of_a_pending_authority_is_refused(embedded: Embedded) -> None:
    with pytest.raises(ServiceError) as refusal:
        report_of(embedded, embedded.create(), "JSON")
    assert refusal.value.code == "InvalidStateException"


def test_an_unknown_report_is_not_found(embedded: Embedded) -> None:
    with pytest.raises(ServiceError) as refusal:
        embedded.call(
            "DescribeCertificateAuthorityAuditReport",
            CertificateAuthorityArn=embedded.active_root(),
            AuditReportId="00000000-0000-0000-0000-000000000000",
        )
    assert refusal.value.code == "ResourceNotFoundException"
