from typing import Any

import pytest

from pcacli.api.catalogue import OPERATIONS, WAITERS
from pcacli.errors import PcaError, ServiceError, WaiterError
from pcacli.service.waiting import wait
from tests.unit.service.scripted_service import ScriptedService

ISSUED = WAITERS["CertificateIssued"]
REPORT = WAITERS["AuditReportCreated"]
IN_PROGRESS = ServiceError("RequestInProgressException", "The request is in progress.")
REQUEST = {"CertificateArn": "arn"}


def never(_seconds: float) -> None:
    pytest.fail("slept before the first answer")


def test_success_at_once_neither_sleeps_nor_returns_anything() -> None:
    service = ScriptedService({"Certificate": "..."})
    wait(service, ISSUED, REQUEST, sleep=never)
    assert service.requests == [("GetCertificate", REQUEST)]


def test_polling_goes_on_while_the_request_is_in_progress() -> None:
    naps: list[float] = []
    attempts: list[int] = []
    wait(ScriptedService(IN_PROGRESS, IN_PROGRESS, {}), ISSUED, REQUEST, sleep=naps.append, progress=attempts.append)
    assert (naps, attempts) == ([1, 1], [1, 2, 3])


def test_an_attempt_is_announced_before_the_pause_in_front_of_it() -> None:
    told: list[str] = []
    wait(
        ScriptedService(IN_PROGRESS, {}),
        ISSUED,
        REQUEST,
        sleep=lambda _seconds: told.append("pause"),
        progress=lambda attempt: told.append(f"attempt {attempt}"),
    )
    assert told == ["attempt 1", "attempt 2", "pause"]


def test_a_state_that_no_acceptor_names_is_waited_out() -> None:
    naps: list[float] = []
    wait(
        ScriptedService({"AuditReportStatus": "CREATING"}, {"AuditReportStatus": "SUCCESS"}),
        REPORT,
        {},
        sleep=naps.append,
    )
    assert naps == [3]


@pytest.mark.parametrize(
    ("waiter", "answer", "sentence"),
    [
        (
            ISSUED,
            ServiceError("ResourceNotFoundException", "no such certificate"),
            "Waiter CertificateIssued failed: An error occurred (ResourceNotFoundException): no such certificate",
        ),
        (
            ISSUED,
            ServiceError("AccessDeniedException", "User is not authorized"),
            (
                "Waiter CertificateIssued failed: Waiter encountered a terminal failure state: "
                "Matched expected service error code: AccessDeniedException"
            ),
        ),
        (
            REPORT,
            {"AuditReportStatus": "FAILED"},
            (
                "Waiter AuditReportCreated failed: Waiter encountered a terminal failure state: "
                'For expression "AuditReportStatus" we matched expected path: "FAILED"'
            ),
        ),
        (
            ISSUED,
            IN_PROGRESS,
            (
                "Waiter CertificateIssued failed: Max attempts exceeded. Previously accepted state: "
                "Matched expected service error code: RequestInProgressException"
            ),
        ),
        (REPORT, {"AuditReportStatus": "CREATING"}, "Waiter AuditReportCreated failed: Max attempts exceeded"),
    ],
)
def test_failures_say_what_the_aws_cli_says(waiter: Any, answer: Any, sentence: str) -> None:
    with pytest.raises(WaiterError) as caught:
        wait(ScriptedService(answer), waiter, REQUEST, sleep=lambda _seconds: None)
    assert (caught.value.message, caught.value.exit_code) == (sentence, 255)


def test_attempts_are_those_of_the_model_with_no_sleep_after_the_last() -> None:
    service, naps = ScriptedService(IN_PROGRESS), list[float]()
    with pytest.raises(WaiterError, match="Max attempts exceeded"):
        wait(service, ISSUED, REQUEST, sleep=naps.append)
    assert (len(service.requests), len(naps)) == (60, 59)


def test_a_problem_that_is_no_answer_of_the_service_goes_through() -> None:
    with pytest.raises(PcaError, match=r"^Could not connect$"):
        wait(ScriptedService(PcaError("Could not connect")), ISSUED, REQUEST, sleep=never)


def test_every_path_of_a_waiter_is_the_name_of_a_member() -> None:
    for waiter in WAITERS.values():
        output = OPERATIONS[waiter.operation].output
        for acceptor in waiter.acceptors:
            assert acceptor.matcher in {"path", "error"}
            assert acceptor.matcher == "error" or (output and output.member(acceptor.argument or ""))
