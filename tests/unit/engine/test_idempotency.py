"""Tokens that make a retry safe: five minutes for both actions that take one."""

from collections.abc import Callable
from typing import Any

import pytest

from pcacli.engine.administration import refresh
from pcacli.errors import ServiceError
from tests.support.crafted import leaf_csr
from tests.support.embedded import Embedded

Repeatable = Callable[..., str]
LONGEST = "\t\x20~\xa0\xff" + "x" * 31


@pytest.fixture(params=["CreateCertificateAuthority", "IssueCertificate"])
def repeat(request: pytest.FixtureRequest, embedded: Embedded) -> Repeatable:
    """Return the action: it takes members and returns the ARN of what it made."""
    if request.param == "CreateCertificateAuthority":
        return embedded.create
    root = embedded.active_root()
    return lambda **members: embedded.issue(root, leaf_csr(), **members)


@pytest.fixture
def embedded() -> Embedded:
    return Embedded()


@pytest.mark.fact("1.7", "window")
def test_a_token_gives_the_first_result_for_five_minutes(embedded: Embedded, repeat: Repeatable) -> None:
    first = repeat(IdempotencyToken="token")
    embedded.advance(minutes=4, seconds=59)
    assert repeat(IdempotencyToken="token") == first
    embedded.advance(seconds=1)
    assert repeat(IdempotencyToken="token") != first


@pytest.mark.fact("1.7", "no-token")
def test_without_a_token_each_request_counts(repeat: Repeatable) -> None:
    assert repeat() != repeat()
    assert repeat(IdempotencyToken="one") != repeat(IdempotencyToken="other")


@pytest.mark.fact("1.7", "other-parameters")
def test_other_parameters_with_the_same_token_give_the_first_result(embedded: Embedded) -> None:
    root = embedded.active_root()
    first = embedded.issue(root, leaf_csr(), IdempotencyToken="token")
    others: dict[str, Any] = {"Validity": {"Type": "DAYS", "Value": 7}}
    assert embedded.issue(root, leaf_csr("other.example.com"), IdempotencyToken="token", **others) == first


@pytest.mark.fact("1.7", "scope")
def test_a_token_counts_for_one_action_ca_and_region(embedded: Embedded) -> None:
    root = embedded.create(IdempotencyToken="token")
    others = [embedded.active_root() for _ in range(2)]
    issued = {embedded.issue(arn, leaf_csr(), IdempotencyToken="token") for arn in others}
    assert len(issued) == 2
    elsewhere = embedded.owner._replace(region="us-east-1")
    assert embedded.create(IdempotencyToken="token", caller=elsewhere) != root


@pytest.mark.fact("1.7", "token-form")
def test_a_token_has_1_to_36_characters_of_latin_1(repeat: Repeatable) -> None:
    assert len(LONGEST) == 36
    assert repeat(IdempotencyToken=LONGEST) == repeat(IdempotencyToken=LONGEST)
    for token in ("", LONGEST + "x", "\u0100", "\x01"):
        with pytest.raises(ServiceError, match="'idempotencyToken' failed to satisfy constraint") as refusal:
            repeat(IdempotencyToken=token)
        assert refusal.value.code == "ValidationException"


def test_a_refresh_forgets_tokens_past_their_window_and_no_others(embedded: Embedded) -> None:
    root = embedded.active_root()
    embedded.issue(root, leaf_csr(), IdempotencyToken="old")
    embedded.advance(minutes=1)
    newer = embedded.issue(root, leaf_csr(), IdempotencyToken="new")
    embedded.advance(minutes=4)
    refresh(embedded.parts)
    assert embedded.issue(root, leaf_csr(), IdempotencyToken="new") == newer
    with embedded.store.read() as snapshot:
        scope = (embedded.owner.account, embedded.owner.region, f"IssueCertificate {root}")
        assert snapshot.idempotency_token(*scope, "old") is None
