"""The `json` format is that of Python's encoder with an indentation of four, only quicker."""

import json

from hypothesis import given
from hypothesis import strategies as st

from pcacli.output.json_format import format_value
from pcacli.output.terminal import Terminal

TEXTS = st.text() | st.sampled_from(['"', "\\", "\n", "\x00", "\u2028", "ü", "😀", "/"])
SCALARS = TEXTS | st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=20)


@given(VALUES)
def test_every_value_is_written_as_by_python_itself(value: object) -> None:
    assert format_value(value, Terminal()) == json.dumps(value, indent=4, ensure_ascii=False) + "\n"
