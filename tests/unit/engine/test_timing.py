"""AWS's own timing in a test store: what is not there yet, and how the waiters of the API get to it."""

import json
from datetime import timedelta
from typing import Any

import pytest

from pcacli.api.catalogue import WAITERS
from pcacli.engine.administration import refresh
from pcacli.engine.faults import Fault, add
from pcacli.engine.timing import AT_ONCE, AWS, Timing, put_timing, timing
from pcacli.errors import ServiceError
from pcacli.service.local import LocalService
from pcacli.service.waiting import wait
from tests.support.crafted import leaf_csr
from tests.support.crls import serial_of, serials_at
from tests.support.embedded import ROOT_TEMPLATE, START, Embedded
from tests.support.hierarchy_plans import made_hierarchy

CREATION, ISSUANCE = AWS.creation, AWS.issuance
IN_PROGRESS, WRONG_STATE = "RequestInProgressException", "InvalidStateException"
SECOND = timedelta(seconds=1)


@pytest.fixture
def embedded() -> Embedded:
    return Embedded(is_test_store=True)


def take_time(embedded: Embedded, wanted: Timing = AWS) -> None:
    with embedded.store.write() as transaction:
        put_timing(transaction, wanted)


def sleep_of(embedded: Embedded, waits: list[float]) -> Any:
    def sleep(seconds: float) -> None:
        waits.append(seconds)
        embedded.advance(seconds=seconds)

    return sleep


def refused(embedded: Embedded, operation: str, **request: Any) -> ServiceError:
    with pytest.raises(ServiceError) as refusal:
        embedded.call(operation, **request)
    return refusal.value


def report(embedded: Embedded, root: str) -> dict[str, Any]:
    return embedded.call(
        "CreateCertificateAuthorityAuditReport",
        CertificateAuthorityArn=root,
        S3BucketName="reports",
        AuditReportResponseFormat="JSON",
    )


def status_of_report(embedded: Embedded, root: str, report_id: str) -> str:
    described = embedded.call(
        "DescribeCertificateAuthorityAuditReport", CertificateAuthorityArn=root, AuditReportId=report_id
    )
    status: str = described["AuditReportStatus"]
    return status


def test_the_timing_of_a_store_comes_back_as_it_was_put(embedded: Embedded) -> None:
    for wanted in (AWS, Timing(crl=timedelta(seconds=90)), AT_ONCE):
        take_time(embedded, wanted)
        with embedded.store.read() as snapshot:
            assert timing(snapshot) == wanted


@pytest.mark.fact("1.2", "creation")
@pytest.mark.fact("1.4")
def test_a_ca_is_being_created_for_a_while(embedded: Embedded) -> None:
    take_time(embedded)
    root = embedded.create()
    described = embedded.describe(root)
    assert (described["Status"], described["LastStateChangeAt"]) == ("CREATING", START)
    embedded.advance(seconds=CREATION / SECOND)
    described = embedded.describe(root)
    assert (described["Status"], described["LastStateChangeAt"]) == ("PENDING_CERTIFICATE", START + CREATION)
    assert described["CreatedAt"] == START


@pytest.mark.fact("1.3", "csr-in-progress")
def test_the_csr_of_a_ca_that_is_being_created_is_in_progress(embedded: Embedded) -> None:
    take_time(embedded)
    this = {"CertificateAuthorityArn": embedded.create()}
    answer = refused(embedded, "GetCertificateAuthorityCsr", **this)
    assert answer.code == IN_PROGRESS
    assert answer.message.endswith("is still in progress. Try again later.")
    waits: list[float] = []
    service = LocalService(embedded.parts, embedded.owner)
    wait(service, WAITERS["CertificateAuthorityCSRCreated"], this, sleep=sleep_of(embedded, waits))
    assert waits == [3]


@pytest.mark.fact("1.1", "creating")
def test_a_ca_that_is_being_created_can_only_be_deleted_for_good(embedded: Embedded) -> None:
    take_time(embedded)
    root = embedded.create()
    this: dict[str, Any] = {"CertificateAuthorityArn": root}
    assert refused(embedded, "UpdateCertificateAuthority", Status="ACTIVE", **this).code == WRONG_STATE
    assert refused(embedded, "GetCertificateAuthorityCertificate", **this).code == WRONG_STATE
    with pytest.raises(ServiceError, match="not in a valid state for issuing"):
        embedded.issue(root, leaf_csr(), TemplateArn=ROOT_TEMPLATE)
    embedded.call("DeleteCertificateAuthority", **this)
    assert refused(embedded, "DescribeCertificateAuthority", **this).code == "ResourceNotFoundException"


@pytest.mark.fact("1.2")
def test_a_creation_that_fails_takes_its_time_too(embedded: Embedded) -> None:
    take_time(embedded)
    with embedded.store.write() as transaction:
        add(transaction, Fault(0, None, failure_reason="REQUEST_TIMED_OUT"))
    root = embedded.create()
    described = embedded.describe(root)
    assert (described["Status"], "FailureReason" in described) == ("CREATING", False)
    embedded.advance(seconds=CREATION / SECOND)
    described = embedded.describe(root)
    assert (described["Status"], described["FailureReason"]) == ("FAILED", "REQUEST_TIMED_OUT")


@pytest.mark.fact("3")
@pytest.mark.fact("1.3", "certificate-in-progress")
def test_a_certificate_that_is_being_issued_is_in_progress(embedded: Embedded) -> None:
    root = embedded.active_root()
    take_time(embedded)
    certificate = embedded.issue(root, leaf_csr())
    request = {"CertificateAuthorityArn": root, "CertificateArn": certificate}
    answer = refused(embedded, "GetCertificate", **request)
    expected = f"The request to issue certificate {certificate} is still in progress. Try again later."
    assert (answer.code, answer.message) == (IN_PROGRESS, expected)
    waits: list[float] = []
    service = LocalService(embedded.parts, embedded.owner)
    wait(service, WAITERS["CertificateIssued"], request, sleep=sleep_of(embedded, waits))
    assert waits == [1]


@pytest.mark.fact("5.1", "in-progress")
def test_a_certificate_that_is_being_issued_is_neither_revoked_nor_reported(embedded: Embedded) -> None:
    root = embedded.active_root()
    take_time(embedded, Timing(issuance=SECOND))
    certificate = embedded.issue(root, leaf_csr())
    with pytest.raises(ServiceError) as refusal:
        embedded.revoke(root, certificate)
    assert refusal.value.code == IN_PROGRESS
    records = json.loads(embedded.artifacts.get("reports", report(embedded, root)["S3Key"]) or b"")
    assert certificate not in {record["certificateArn"] for record in records}
    embedded.advance(seconds=1)
    embedded.revoke(root, certificate)


@pytest.mark.fact("6")
def test_a_report_is_being_written_for_a_while(embedded: Embedded) -> None:
    root = embedded.active_root()
    take_time(embedded)
    made = report(embedded, root)
    assert status_of_report(embedded, root, made["AuditReportId"]) == "CREATING"
    waits: list[float] = []
    request = {"CertificateAuthorityArn": root, "AuditReportId": made["AuditReportId"]}
    service = LocalService(embedded.parts, embedded.owner)
    wait(service, WAITERS["AuditReportCreated"], request, sleep=sleep_of(embedded, waits))
    assert waits == [3]


@pytest.mark.fact("6", "interval")
def test_a_second_report_has_to_wait_for_half_an_hour(embedded: Embedded) -> None:
    root = embedded.active_root()
    take_time(embedded)
    report(embedded, root)
    request = {
        "CertificateAuthorityArn": root,
        "S3BucketName": "reports",
        "AuditReportResponseFormat": "CSV",
    }
    assert refused(embedded, "CreateCertificateAuthorityAuditReport", **request).code == IN_PROGRESS
    embedded.advance(minutes=30, milliseconds=-1)
    refusal = refused(embedded, "CreateCertificateAuthorityAuditReport", **request)
    assert (refusal.code, "every 30 minutes" in refusal.message) == ("RequestFailedException", True)
    embedded.advance(milliseconds=1)
    report(embedded, root)


def test_reports_follow_one_another_at_once_without_that_timing(embedded: Embedded) -> None:
    root = embedded.active_root()
    assert report(embedded, root)["AuditReportId"] != report(embedded, root)["AuditReportId"]


@pytest.mark.fact("5.2", "delay")
def test_a_revocation_waits_for_its_crl(embedded: Embedded) -> None:
    root = embedded.active_root()
    embedded.publish_crls(root)
    first, second = embedded.issue(root, leaf_csr()), embedded.issue(root, leaf_csr())
    take_time(embedded, Timing(crl=AWS.crl))
    embedded.revoke(root, first)
    embedded.advance(minutes=29)
    embedded.revoke(root, second)
    assert refresh(embedded.parts).published == []
    embedded.advance(minutes=1)
    assert refresh(embedded.parts).published == [root]
    assert serials_at(embedded, f"crl/{root.rpartition('/')[2]}.crl") == {serial_of(first), serial_of(second)}


def test_workflows_wait_for_what_takes_time(embedded: Embedded) -> None:
    take_time(embedded)
    waits: list[float] = []
    made = made_hierarchy(LocalService(embedded.parts, embedded.owner), sleep_of(embedded, waits))
    assert embedded.describe(made.issuing)["Status"] == "ACTIVE"
    assert waits == [3, 1, 3, 1]


def test_an_ordinary_store_is_done_at_once_whatever_is_written_in_it() -> None:
    embedded = Embedded()
    take_time(embedded)
    root = embedded.active_root()
    assert embedded.describe(root)["Status"] == "ACTIVE"
