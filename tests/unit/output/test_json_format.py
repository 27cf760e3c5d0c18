"""The `json` format is that of Python's encoder with an indentation of four, only quicker."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcacli.output.json_format import format_elements, format_value
from pcacli.output.terminal import Terminal

TEXTS = st.text() | st.sampled_from(['"', "\\", "\n", "\x00", "\u2028", "ü", "😀", "/", "%s"])
SCALARS = TEXTS | st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=20)


@given(VALUES)
def test_every_value_is_written_as_by_python_itself(value: object) -> None:
    assert format_value(value, Terminal()) == json.dumps(value, indent=4, ensure_ascii=False) + "\n"


@given(st.lists(VALUES))
def test_a_list_that_is_written_in_pieces_is_the_same_as_in_one(elements: list[object]) -> None:
    for terminal in (Terminal(), Terminal(unicode=False)):
        assert "".join(format_elements(iter(elements), terminal)) == format_value(elements, terminal)


def test_an_element_is_written_before_the_next_one_is_asked_for() -> None:
    pieces = format_elements(iter([1, {}]), Terminal())
    assert next(pieces) == "[\n    1"
    assert list(pieces) == [",\n    {}", "\n]\n"]


@pytest.mark.parametrize(
    ("timestamp_format", "expected"),
    [("iso8601", '"2026-01-01T00:00:00+00:00"'), ("wire", "1767225600")],
)
def test_elements_may_hold_instants(timestamp_format: str, expected: str) -> None:
    text = "".join(
        format_elements([{"NotAfter": datetime(2026, 1, 1, tzinfo=UTC)}], Terminal(timestamp_format=timestamp_format))
    )
    assert text == f'[\n    {{\n        "NotAfter": {expected}\n    }}\n]\n'
