"""Patterns mean what regular expressions would make of them, in time that no pattern can blow up."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcacli.limits.wildcards import Fragment, matches

few_letters = st.text("ab", max_size=12)
patterns = st.text("ab*?", max_size=10)


def as_expression(pattern: str) -> str:
    return re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")


@given(few_letters, patterns)
def test_a_pattern_stands_for_the_texts_of_its_expression(text: str, pattern: str) -> None:
    assert matches(text, pattern) == bool(re.fullmatch(as_expression(pattern), text, re.DOTALL))


@given(few_letters, st.text("abAB*", max_size=10))
def test_a_fragment_is_found_where_its_expression_is(text: str, written: str) -> None:
    expression = ".*".join(map(re.escape, written.split("*")))
    assert Fragment.of(written).is_in(text) == bool(re.search(expression, text, re.DOTALL | re.IGNORECASE))


@pytest.mark.parametrize(
    ("text", "pattern", "expected"),
    [
        ("a\nb", "a*b", True),
        ("a\nb", "a?b", True),
        ("a[b]", "a[b]", True),
        ("ab", "a[b]", False),
        ("A", "a", False),
        ("", "*", True),
        ("", "?", False),
        ("aa", "a*a*a", False),
        ("a.b", "a.b", True),
        ("axb", "a.b", False),
    ],
)
def test_nothing_but_wildcards_is_special(text: str, pattern: str, expected: bool) -> None:  # noqa: FBT001
    assert matches(text, pattern) is expected


def test_a_fragment_takes_question_marks_for_themselves_and_letters_of_any_case() -> None:
    assert Fragment.of("straße*?").is_in("CN=STRASSE 1, OU=what?")
    assert not Fragment.of("a?c").is_in("abc")


# A matcher that tries places again does not come to an end with any of these.
HOSTILE = {
    "stars": ("a" * 20_000, "*a" * 10_000 + "*b"),
    "stars and gaps": ("a" * 20_000, "*?a" * 6_000 + "*b"),
    "one long piece with gaps": ("a" * 20_000, "*" + "?a" * 5_000 + "b*"),
    "gaps alone": ("a" * 20_000, "*" + "?" * 9_999 + "*" + "?" * 9_999 + "b*"),
    "pieces that almost fit": ("a" * 20_000, "*" + ("a" * 99 + "b*") * 100),
}


@pytest.mark.parametrize(("text", "pattern"), HOSTILE.values(), ids=HOSTILE)
def test_no_pattern_is_tried_again_and_again(text: str, pattern: str) -> None:
    assert not matches(text, pattern)
    assert not Fragment.of(pattern).is_in(text)
