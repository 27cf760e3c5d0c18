"""Errors and failures that a test store is told to answer with."""

from typing import Any

import pytest

from pcacli.api.catalogue import OPERATIONS
from pcacli.engine.faults import COMMON_ERRORS, FAILURE_REASONS, Fault, add, errors_of, faults
from pcacli.errors import ServiceError
from tests.support.embedded import Embedded

MISSING = "arn:aws:acm-pca:eu-central-1:111122223333:certificate-authority/0a1b2c3d-0000-4000-8000-000000000000"


@pytest.fixture
def embedded() -> Embedded:
    return Embedded(is_test_store=True)


def expect(embedded: Embedded, *wanted: Fault) -> None:
    with embedded.store.write() as transaction:
        for fault in wanted:
            add(transaction, fault)


def refused(embedded: Embedded, operation: str, **request: Any) -> ServiceError:
    with pytest.raises(ServiceError) as refusal:
        embedded.call(operation, **request)
    return refusal.value


def of_creation(reason: str, times: int | None = None) -> Fault:
    return Fault(0, "CreateCertificateAuthority", failure_reason=reason, times_left=times)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_action_answers_with_any_error_that_its_clients_may_meet(embedded: Embedded, operation: str) -> None:
    expected = errors_of(operation)
    assert set(expected) == {*OPERATIONS[operation].errors, *COMMON_ERRORS}
    expect(embedded, *(Fault(0, operation, code, times_left=1) for code in expected))
    answers = [refused(embedded, operation) for _ in expected]
    assert tuple(answer.code for answer in answers) == expected
    assert {answer.operation for answer in answers} == {operation}
    assert all(answer.message and "{" not in answer.message for answer in answers)


def test_a_fault_is_over_after_its_times_and_others_are_not_concerned(embedded: Embedded) -> None:
    expect(embedded, Fault(0, "ListCertificateAuthorities", "ServiceUnavailable", times_left=2))
    embedded.create()
    assert refused(embedded, "ListCertificateAuthorities").code == "ServiceUnavailable"
    assert refused(embedded, "ListCertificateAuthorities").code == "ServiceUnavailable"
    assert len(embedded.call("ListCertificateAuthorities")["CertificateAuthorities"]) == 1
    with embedded.store.read() as snapshot:
        assert faults(snapshot) == []


def test_a_fault_without_action_and_times_hits_everything_for_ever(embedded: Embedded) -> None:
    expect(embedded, Fault(0, None, "InternalFailure", "Out of order: {code}"))
    for operation in (*OPERATIONS, *OPERATIONS):
        answer = refused(embedded, operation)
        assert (answer.code, answer.message) == ("InternalFailure", "Out of order: {code}")


def test_faults_are_tried_in_the_order_in_which_they_were_added(embedded: Embedded) -> None:
    expect(
        embedded,
        Fault(0, "ListTags", "ThrottlingException", times_left=1),
        Fault(0, None, "InternalFailure", times_left=1),
        Fault(0, "ListTags", "ServiceUnavailable", times_left=1),
    )
    codes = [refused(embedded, "ListTags", CertificateAuthorityArn=MISSING).code for _ in range(4)]
    assert codes == ["ThrottlingException", "InternalFailure", "ServiceUnavailable", "ResourceNotFoundException"]


@pytest.mark.fact("1.3")
def test_errors_come_in_the_words_of_aws(embedded: Embedded) -> None:
    certificate = f"{MISSING}/certificate/{'a' * 32}"
    expect(
        embedded,
        Fault(0, "GetCertificate", "RequestInProgressException", times_left=1),
        Fault(0, "GetCertificate", "AccessDeniedException", times_left=1),
        Fault(0, "GetCertificate", "ThrottlingException", times_left=1),
    )
    request = {"CertificateAuthorityArn": MISSING, "CertificateArn": certificate}
    assert [refused(embedded, "GetCertificate", **request).message for _ in range(3)] == [
        f"The request to issue certificate {certificate} is still in progress. Try again later.",
        f"User: {embedded.owner.arn} is not authorized to perform: acm-pca:GetCertificate on resource: {MISSING}",
        "Rate exceeded",
    ]


@pytest.mark.fact("1.4", "failure-reason")
@pytest.mark.fact("1.2", "failure")
@pytest.mark.parametrize("reason", FAILURE_REASONS)
def test_a_creation_ends_failed(embedded: Embedded, reason: str) -> None:
    expect(embedded, of_creation(reason, times=1))
    failed, other = embedded.create(), embedded.create()
    described = embedded.describe(failed)
    assert (described["Status"], described["FailureReason"]) == ("FAILED", reason)
    assert embedded.describe(other)["Status"] == "PENDING_CERTIFICATE"


@pytest.mark.fact("1.1", "failed")
def test_a_failed_ca_can_only_be_looked_at_and_deleted_for_good(embedded: Embedded) -> None:
    expect(embedded, of_creation("OTHER"))
    failed = embedded.create()
    this: dict[str, Any] = {"CertificateAuthorityArn": failed}
    assert refused(embedded, "GetCertificateAuthorityCsr", **this).code == "InvalidStateException"
    update = refused(embedded, "UpdateCertificateAuthority", Status="ACTIVE", **this)
    assert update.code == "InvalidStateException"
    embedded.call("DeleteCertificateAuthority", **this)
    assert refused(embedded, "RestoreCertificateAuthority", **this).code == "ResourceNotFoundException"


def test_what_creates_nothing_uses_up_no_failure(embedded: Embedded) -> None:
    first = embedded.create(IdempotencyToken="once")
    expect(embedded, of_creation("OTHER", times=1))
    assert embedded.create(IdempotencyToken="once") == first
    assert refused(embedded, "CreateCertificateAuthority").code == "ValidationException"
    assert embedded.describe(embedded.create())["Status"] == "FAILED"


def test_an_ordinary_store_has_no_faults_whatever_is_written_in_it() -> None:
    embedded = Embedded()
    expect(embedded, Fault(0, None, "InternalFailure"), of_creation("OTHER"))
    assert embedded.describe(embedded.create())["Status"] == "PENDING_CERTIFICATE"
