"""Calls in turn, against a clock that only moves when somebody sleeps."""

from typing import Any

import pytest

from pcacli.errors import ServiceError
from pcacli.service.paced import PacedService
from tests.unit.service.scripted_service import ScriptedService

THROTTLED = ServiceError("ThrottlingException", "Rate exceeded")


class Time:
    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


def paced(time: Time, *script: dict[str, Any] | Exception, unlimited: bool = False) -> PacedService:
    return PacedService(ScriptedService(*script), clock=time.now, sleep=time.sleep, unlimited=unlimited)


def test_calls_stay_below_the_quota_of_their_action() -> None:
    time = Time()
    service = paced(time, {})
    for _ in range(101):
        service.call("IssueCertificate", {})
    assert 100 / time.seconds == pytest.approx(20)


def test_the_actions_do_not_wait_for_each_other() -> None:
    time = Time()
    service = paced(time, {})
    service.call("IssueCertificate", {})
    service.call("GetCertificate", {})
    assert time.seconds == 0


def test_without_a_limit_nobody_waits_until_a_call_is_refused() -> None:
    time = Time()
    service = paced(time, *[{}] * 50, THROTTLED, {}, unlimited=True)
    for _ in range(50):
        service.call("IssueCertificate", {})
    assert time.seconds == 0
    assert service.call("IssueCertificate", {}) == {}
    service.call("IssueCertificate", {})
    assert time.seconds > 0


def test_a_refused_call_comes_again_later_and_the_next_ones_slower() -> None:
    time = Time()
    service = paced(time, THROTTLED, {})
    assert service.call("IssueCertificate", {}) == {}
    before = time.seconds
    service.call("IssueCertificate", {})
    assert time.seconds - before > 1 / 20


def test_after_a_while_without_refusals_the_rate_is_as_before() -> None:
    time = Time()
    service = paced(time, THROTTLED, {})
    for _ in range(300):
        service.call("IssueCertificate", {})
    before = time.seconds
    service.call("IssueCertificate", {})
    assert time.seconds - before == pytest.approx(1 / 20)


def test_who_is_refused_for_ever_gives_up() -> None:
    with pytest.raises(ServiceError, match="Rate exceeded"):
        paced(Time(), THROTTLED).call("IssueCertificate", {})


def test_another_refusal_is_not_repeated() -> None:
    script = ScriptedService(ServiceError("InvalidStateException", "no"))
    time = Time()
    service = PacedService(script, clock=time.now, sleep=time.sleep, unlimited=False)
    with pytest.raises(ServiceError, match="no"):
        service.call("IssueCertificate", {})
    assert len(script.requests) == 1
