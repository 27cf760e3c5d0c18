import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcacli.errors import PcaError, UsageProblem
from pcacli.params.shorthand import parse

CASES = json.loads(Path(__file__).with_name("shorthand.json").read_text(encoding="utf-8"))


def behaviour(case: dict[str, Any]) -> str:
    return str(case["behaviour"])


@pytest.mark.parametrize("case", CASES["values"], ids=behaviour)
def test_shorthand_means(case: dict[str, Any]) -> None:
    assert parse(case["given"]) == case["expected"]


@pytest.mark.parametrize("case", CASES["errors"], ids=behaviour)
def test_broken_shorthand_is_shown_with_a_caret(case: dict[str, Any]) -> None:
    with pytest.raises(UsageProblem) as raised:
        parse(case["given"])
    assert raised.value.message == case["error"]


def test_text_file_stands_for_a_word_after_at_sign(tmp_path: Path) -> None:
    (tmp_path / "name").write_text("from, file\n")
    assert parse(f"Subject={{CommonName@=file://{tmp_path}/name}}") == {"Subject": {"CommonName": "from, file\n"}}


def test_bytes_file_stands_for_quoted_words_after_at_sign(tmp_path: Path) -> None:
    (tmp_path / "name").write_bytes(b"\x00\xff")
    word = f"fileb://{tmp_path}/name"
    assert parse(f"A@='{word}',\"{word}\",B='{word}'") == {"A": [b"\x00\xff", b"\x00\xff"], "B": word}


def test_missing_file_after_at_sign_exits_255_with_a_bare_sentence(tmp_path: Path) -> None:
    with pytest.raises(PcaError, match=r"^Unable to load paramfile file://.*/none: \[Errno 2\]") as raised:
        parse(f"Value@=file://{tmp_path}/none")
    assert raised.value.exit_code == 255


def test_text_nested_beyond_reason_is_refused() -> None:
    with pytest.raises(UsageProblem, match="nested too deeply"):
        parse("a=" + "[" * 100_000)


KEYS = st.from_regex(r"[A-Za-z0-9\-_.#/:]+", fullmatch=True)
# A quoted word that ends in a backslash cannot be told from one with an escaped quote, when another quote follows.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8).filter(lambda text: not text.endswith("\\"))
BARE_TEXTS = st.from_regex(r"[A-Za-z0-9é✓./:;_-]([A-Za-z0-9 =é✓,./:;_-]*[A-Za-z0-9é✓])?", fullmatch=True)
SEPARATORS = st.sampled_from([",", ", ", " , ", ",\n    "])

Written = tuple[object, str]


@st.composite
def quoted(draw: st.DrawFn) -> Written:
    text = draw(TEXTS)
    quote = draw(st.sampled_from("'\""))
    return text, quote + text.replace("\\", "\\\\").replace(quote, f"\\{quote}") + quote


WORDS = st.one_of(quoted(), BARE_TEXTS.map(lambda text: (text, text.replace(",", "\\,"))))


@st.composite
def lists(draw: st.DrawFn, items: st.SearchStrategy[Written]) -> Written:
    drawn = draw(st.lists(items, max_size=3))
    return [value for value, _ in drawn], "[" + draw(SEPARATORS).join(written for _, written in drawn) + "]"


@st.composite
def pairs(draw: st.DrawFn, values: st.SearchStrategy[Written], *, least: int = 0) -> Written:
    drawn = draw(st.dictionaries(KEYS, values, min_size=least, max_size=3))
    written = draw(SEPARATORS).join(f"{key}={written}" for key, (_, written) in drawn.items())
    return {key: value for key, (value, _) in drawn.items()}, written


def maps(values: st.SearchStrategy[Written]) -> st.SearchStrategy[Written]:
    return pairs(values).map(lambda pair: (pair[0], "{ " + pair[1] + " }"))


@st.composite
def several_words(draw: st.DrawFn) -> Written:
    drawn = draw(st.lists(quoted(), min_size=2, max_size=3))
    return [value for value, _ in drawn], ",".join(written for _, written in drawn)


ITEMS = st.recursive(WORDS, lambda items: st.one_of(lists(items), maps(items)), max_leaves=6)


@given(pairs(st.one_of(ITEMS, several_words()), least=1))
def test_written_values_are_read_back(pair: Written) -> None:
    value, written = pair
    assert parse(written) == value


MARKS = ["a", "Key", "=", "@=", ",", "[", "]", "{", "}", "'", '"', "\\", " ", "\n", "file://", "é", "😀", "\x00"]


@given(st.lists(st.sampled_from(MARKS), max_size=12).map("".join))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(PcaError):
        assert isinstance(parse(text), dict)
