import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcacli.errors import PcaError, UsageProblem
from pcacli.params.input_document import read_document

CASES = json.loads(Path(__file__).with_name("documents.json").read_text(encoding="utf-8"))


def behaviour(case: dict[str, Any]) -> str:
    return str(case["behaviour"])


@pytest.mark.parametrize("case", CASES["values"], ids=behaviour)
def test_document_means(case: dict[str, Any]) -> None:
    assert read_document(case["option"], case["given"]) == case["expected"]


@pytest.mark.parametrize("case", CASES["errors"], ids=behaviour)
def test_wrong_document_is_refused_in_the_words_of_aws(case: dict[str, Any]) -> None:
    with pytest.raises(UsageProblem) as raised:
        read_document(case["option"], case["given"])
    assert raised.value.message == case["error"]


@pytest.mark.parametrize("prefix", ["file://", "fileb://"])
@pytest.mark.parametrize(("option", "text"), [("cli-input-json", '{"A": "ü"}'), ("cli-input-yaml", "A: ü")])
def test_document_is_read_from_a_file(option: str, text: str, prefix: str, tmp_path: Path) -> None:
    (tmp_path / "in").write_text(text, encoding="utf-8")
    assert read_document(option, f"{prefix}{tmp_path}/in") == {"A": "ü"}


def test_binary_yaml_is_bytes() -> None:
    assert read_document("cli-input-yaml", "Csr: !!binary |\n  LS0t\n") == {"Csr": b"---"}


@pytest.mark.parametrize("option", ["cli-input-json", "cli-input-yaml"])
def test_document_that_is_no_text_is_refused(option: str, tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(b"A: \x80")
    with pytest.raises(UsageProblem, match=r"Invalid (JSON|YAML) received\."):
        read_document(option, f"fileb://{tmp_path}/in")


@pytest.mark.parametrize(("option", "depth"), [("cli-input-json", 100_000), ("cli-input-yaml", 500)])
def test_document_nested_beyond_reason_is_refused(option: str, depth: int) -> None:
    with pytest.raises(UsageProblem, match=r"Invalid (JSON|YAML) received\."):
        read_document(option, "[" * depth)


@pytest.fixture
def pipe() -> Iterator[str]:
    """Give the value that names a pipe with a JSON document in it."""
    reader, writer = os.pipe()
    os.write(writer, b'{"A": 1}')
    os.close(writer)
    yield f"file:///dev/fd/{reader}"
    os.close(reader)


def test_document_is_read_from_a_pipe_and_the_user_is_told(pipe: str) -> None:
    told: list[str] = []
    assert read_document("cli-input-json", pipe, notice=told.append) == {"A": 1}
    assert told == [f"--cli-input-json: {pipe} is read; aws would find it empty."]


def test_document_from_a_pipe_is_empty_when_strict(pipe: str) -> None:
    with pytest.raises(UsageProblem, match="Invalid JSON received"):
        read_document("cli-input-json", pipe, strict=True)


MARKS = [
    "a",
    ": ",
    "- ",
    "\n",
    "  ",
    "{",
    "}",
    "[",
    ",",
    "&a ",
    "*a",
    "!!int ",
    "!!binary ",
    "<<",
    "2012-13-45",
    "'",
    '"',
]


@given(
    st.sampled_from(["cli-input-json", "cli-input-yaml"]),
    st.one_of(st.lists(st.sampled_from(MARKS), max_size=10).map("".join), st.text(max_size=12)),
)
def test_any_document_is_read_or_refused(option: str, text: str) -> None:
    with contextlib.suppress(PcaError):
        assert isinstance(read_document(option, text), dict)
