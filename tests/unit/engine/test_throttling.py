"""Throttling in a test store."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcacli.api.catalogue import OPERATIONS
from pcacli.engine.throttling import AWS_RATES_PER_SECOND, Bucket, put_rates, spend
from pcacli.errors import ServiceError
from tests.support.embedded import START, Embedded

pytestmark = pytest.mark.fact("3.6")
THROTTLED = "ThrottlingException"


@pytest.fixture
def embedded() -> Embedded:
    made = Embedded(is_test_store=True)
    with made.store.write() as transaction:
        put_rates(transaction, {"ListCertificateAuthorities": 5.0})
    return made


def code_of_listing(embedded: Embedded, **caller: str) -> str | None:
    try:
        embedded.call("ListCertificateAuthorities", embedded.owner._replace(**caller))
    except ServiceError as refusal:
        return refusal.code
    return None


@pytest.mark.fact("3.6", "rates")
def test_every_action_has_a_rate_of_aws() -> None:
    assert AWS_RATES_PER_SECOND.keys() == OPERATIONS.keys()
    assert (AWS_RATES_PER_SECOND["IssueCertificate"], AWS_RATES_PER_SECOND["GetCertificate"]) == (25, 75)


@pytest.mark.fact("3.6", "rates")
def test_more_calls_than_the_rate_are_refused_until_time_has_passed(embedded: Embedded) -> None:
    assert [code_of_listing(embedded) for _ in range(6)] == [None] * 5 + [THROTTLED]
    embedded.advance(milliseconds=200)
    assert [code_of_listing(embedded) for _ in range(2)] == [None, THROTTLED]
    embedded.advance(hours=1)
    assert [code_of_listing(embedded) for _ in range(6)] == [None] * 5 + [THROTTLED]


def test_each_account_and_region_has_calls_of_its_own(embedded: Embedded) -> None:
    assert [code_of_listing(embedded) for _ in range(6)][-1] == THROTTLED
    assert code_of_listing(embedded, region="us-east-1") is None
    assert code_of_listing(embedded, account="444455556666") is None


def test_actions_that_are_not_throttled_go_on(embedded: Embedded) -> None:
    for _ in range(10):
        embedded.create()


def test_a_rate_below_one_lets_one_call_through_at_first() -> None:
    left = spend(None, 0.5, START)
    with pytest.raises(ServiceError, match="Rate exceeded"):
        spend(left, 0.5, START + timedelta(seconds=1))
    assert spend(left, 0.5, START + timedelta(seconds=2)).calls == 0


def test_a_clock_that_was_put_back_lends_no_calls() -> None:
    assert spend(Bucket(3.0, START), 5.0, START - timedelta(days=1)) == Bucket(2.0, START - timedelta(days=1))


@given(st.integers(1, 100), st.lists(st.integers(0, 2000), max_size=300))
def test_in_no_second_do_more_calls_pass_than_twice_the_rate(rate: int, waits_ms: list[int]) -> None:
    """A full bucket and what flows into it during that second."""
    bucket, now, passed = None, START, []
    for wait in waits_ms:
        now += timedelta(milliseconds=wait)
        try:
            bucket = spend(bucket, rate, now)
        except ServiceError:
            continue
        passed.append(now)
    for start in passed:
        assert sum(start <= one < start + timedelta(seconds=1) for one in passed) <= 2 * rate
