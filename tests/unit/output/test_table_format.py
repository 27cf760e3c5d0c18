"""Tables, as files under tests/golden/table/ (rewrite them with --update-golden) and as properties."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from pcacli.output.query import compile_query
from pcacli.output.render import render_value
from pcacli.output.terminal import Terminal


def _with_instants(members: dict[str, Any]) -> Any:
    return datetime.fromisoformat(members["$instant"]) if "$instant" in members else members


CASES = json.loads(Path(__file__).with_name("tables.json").read_text(encoding="utf-8"), object_hook=_with_instants)


def table(value: object, *, query: str | None = None, **facts: Any) -> str:
    compiled = None if query is None else compile_query(query)
    return render_value(value, format_name="table", query=compiled, facts=Terminal(**facts))


@pytest.mark.parametrize("width_columns", [80, 140])
@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_table_looks_as_agreed(
    matches_golden: Callable[[str, str], None], case: dict[str, Any], width_columns: int
) -> None:
    text = table(case["response"], query=case.get("query"), width_columns=width_columns)
    assert max(map(cell_len, text.splitlines())) <= width_columns
    matches_golden(f"table/{case['name']}-{width_columns}.txt", text)


NAMES = st.text("abcXYZ", min_size=1, max_size=12)
SCALARS = st.none() | st.booleans() | st.integers() | st.text("abc:/-[]日ü", max_size=60)
RESULTS = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=12
)


def scalars(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for member in value.values() for text in scalars(member)]
    if isinstance(value, list):
        return [text for element in value for text in scalars(element)]
    return [str(value)]


@given(RESULTS, st.integers(40, 160))
def test_no_character_is_lost_at_any_width(value: object, width_columns: int) -> None:
    shown = table(value, width_columns=width_columns)
    given_text = "".join(scalars(value))
    for character in set(given_text) - {" "}:
        assert shown.count(character) >= given_text.count(character)


def test_folded_value_can_be_read_line_by_line() -> None:
    arn = "arn:aws:acm-pca:eu-west-1:210987654321:certificate-authority/0a1b2c3d-0000-4000-8000-0a1b2c3d4e5f"
    shown = table({"CertificateArn": arn}, width_columns=60)
    assert "".join(re.findall(r"│ (\S+) +│$", shown, re.MULTILINE)) == arn


def test_pipe_gets_no_colour_and_a_terminal_does() -> None:
    assert "\x1b" not in table({"Tags": [{"Key": "a"}]})
    assert "\x1b[1m" in table({"Tags": [{"Key": "a"}]}, colour=True)


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"FORCE_COLOR": "1"}, {"COLUMNS": "20"}, {"TERM": "dumb"}])
def test_environment_does_not_matter(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    response = {"Tags": [{"Key": "a" * 30}]}
    expected = [table(response, colour=colour) for colour in (False, True)]
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert [table(response, colour=colour) for colour in (False, True)] == expected


def test_terminal_without_unicode_gets_an_ascii_frame() -> None:
    assert table({"Arn": "x", "Status": "y"}, unicode=False).isascii()


def test_markup_and_control_characters_in_values_do_nothing() -> None:
    shown = table([{"Key": "[bold]x[/bold] :smile:", "Value": "\x1b[31m\x07\x9b"}])
    assert "[bold]x[/bold] :smile:" in shown
    assert r"\x1b[31m\x07\x9b" in shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, "None\n"), (True, "True\n"), ("", "\n"), ({}, ""), ([], "(none)\n"), ([[]], "[0]\n(none)\n")],
)
def test_value_without_parts_is_a_line(value: object, shown: str) -> None:
    assert table(value) == shown
