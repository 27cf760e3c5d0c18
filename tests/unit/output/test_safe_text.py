"""Foreign text is shown, and not obeyed."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcacli.output.safe_text import in_document, made_fit, on_lines, one_line

HOSTILE = {
    "\x1b]0;title\x07": r"\x1b]0;title\x07",
    "a\rb": r"a\rb",
    "a\x9bb": r"a\x9bb",
    "a\x7fb": r"a\x7fb",
    "a\u202eb": r"a\u202eb",
    "a\u2066b": r"a\u2066b",
    "a\u2028b": r"a\u2028b",
    "a\u200bb": r"a\u200bb",
    "a\ud800b": r"a\ud800b",
    "a\0b": r"a\x00b",
}
FRIENDLY = ["plain", "Müller & Söhne", "日本語", "a\u00a0b", "a\tb", "عربى", "🔐"]
CONTROL = st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Zp"])


@pytest.mark.parametrize(("text", "shown"), HOSTILE.items())
def test_what_a_terminal_would_obey_is_shown(text: str, shown: str) -> None:
    assert one_line(text) == shown
    assert on_lines(text) == shown


@pytest.mark.parametrize("text", FRIENDLY)
def test_what_people_write_stays(text: str) -> None:
    assert one_line(text) == on_lines(text) == in_document(text) == text


def test_line_ends_stay_only_where_there_are_several_lines() -> None:
    assert on_lines("a\nb") == "a\nb"
    assert one_line("a\nb") == r"a\nb"


@given(st.text(st.characters(categories=["L", "N"]) | CONTROL))
def test_nothing_that_controls_is_left(text: str) -> None:
    assert all(each.isprintable() or each in "\t\n" for each in on_lines(text))
    assert all(each.isprintable() or each == "\t" for each in one_line(text))


@given(st.dictionaries(st.text(), st.text() | st.lists(st.text())))
def test_a_document_stays_equal(value: object) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=1)
    assert json.loads(in_document(text)) == value
    assert all(each.isprintable() or each.isspace() for each in in_document(text))


def test_every_text_in_a_value_is_made_fit() -> None:
    value = {"a\x1b": ["b\n", {"c": ("d\x9b", 1, None)}]}
    assert made_fit(value) == {r"a\x1b": [r"b\n", {"c": [r"d\x9b", 1, None]}]}
