import tracemalloc
from pathlib import Path

import pytest

from pcacli.api.arns import authority_arn
from pcacli.engine.artifacts.directory import DirectoryArtifacts
from pcacli.engine.authority import EmbeddedAuthority
from pcacli.engine.store import sqlite
from tests.support.crafted import leaf_csr
from tests.support.embedded import Embedded

CERTIFICATES = 5_000
PEAK_BYTES = 400_000


@pytest.mark.fact("6", "memory")
def test_a_report_on_many_certificates_needs_bounded_memory(tmp_path: Path) -> None:
    """The report has several times the size that is allowed; so have the certificates that it is about."""
    embedded = Embedded(store=sqlite.create(tmp_path))
    root = embedded.active_root()
    issued = embedded.issue(root, leaf_csr())
    with embedded.store.write() as transaction:
        one = transaction.certificate(authority_arn(root), int(issued.rpartition("/")[2], 16))
        assert one is not None
        for number in range(CERTIFICATES):
            transaction.add_certificate(one._replace(serial=one.serial + 1 + number))
    artifacts = DirectoryArtifacts(tmp_path / "buckets")
    authority = EmbeddedAuthority(embedded.parts._replace(artifacts=artifacts))
    request = {"CertificateAuthorityArn": root, "S3BucketName": "reports", "AuditReportResponseFormat": "CSV"}
    tracemalloc.start()
    try:
        made = authority.call("CreateCertificateAuthorityAuditReport", request, embedded.owner)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    report = artifacts.get("reports", made["S3Key"])
    assert report is not None
    assert report.count(b"\n") >= CERTIFICATES
    assert peak_bytes < PEAK_BYTES < len(report) / 3
