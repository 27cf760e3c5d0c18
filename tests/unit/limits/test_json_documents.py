"""JSON of others has a size, a depth and a number of values."""

import json

import pytest

from pcacli.limits.json_documents import load_json
from pcacli.limits.readers import BeyondLimits, Limits

LIMITS = Limits("test", 200, depth=3, items=10)


@pytest.mark.parametrize("text", ["1", "[[[1]]]", '{"a": {"b": {"c": 1}}}', "[1, 2, 3, 4, 5, 6, 7]", '"[[[[[["'])
def test_a_document_within_the_limits_is_read(text: str) -> None:
    assert load_json(text, LIMITS) == json.loads(text)
    assert load_json(text.encode(), LIMITS) == json.loads(text)


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("[[[[1]]]]", "is nested too deeply"),
        ('{"a": {"b": {"c": {"d": 1}}}}', "is nested too deeply"),
        ("[1,{},[[[2]]]]", "is nested too deeply"),
        (f"[{'1,' * 20}1]", "has more than 10 values"),
        (f"[{'[],' * 9}1]", "has more than 10 values"),
        (f'"{"a" * 200}"', "has more than 200 bytes"),
    ],
)
def test_a_document_beyond_the_limits_is_refused(text: str, clause: str) -> None:
    with pytest.raises(BeyondLimits) as refused:
        load_json(text, LIMITS)
    assert refused.value.clause == clause
    with pytest.raises(BeyondLimits):
        load_json(text.encode("utf-16"), LIMITS)


def test_brackets_without_an_end_are_no_recursion_error() -> None:
    with pytest.raises(ValueError, match=r"nested too deeply|Expecting"):
        load_json("[" * 100_000, Limits("test", 1_000_000))
    with pytest.raises(ValueError, match=r"nested too deeply|Expecting"):
        load_json('{"a":' * 100_000, Limits("test", 1_000_000))
