import contextlib
import json
from collections import OrderedDict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcacli.api.catalogue import OPERATIONS
from pcacli.api.shapes import List, Member
from pcacli.errors import PcaError, UsageProblem
from pcacli.params.arguments import argument_value

CASES = json.loads(Path(__file__).with_name("arguments.json").read_text(encoding="utf-8"))


def behaviour(case: dict[str, Any]) -> str:
    return str(case["behaviour"])


def member_of(path: str) -> Member:
    operation, name = path.split(".")
    member = OPERATIONS[operation].input.member(name)
    assert member is not None
    return member


@pytest.fixture
def files_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Write the files of a case and make their folder the current one."""
    monkeypatch.chdir(tmp_path)

    def write(case: dict[str, Any]) -> None:
        for name, content in case.get("files", {}).items():
            Path(name).write_text(content, encoding="utf-8", newline="")

    return write


@pytest.mark.parametrize("case", CASES["values"], ids=behaviour)
def test_words_mean(case: dict[str, Any], files_of: Any) -> None:
    files_of(case)
    value = argument_value(member_of(case["member"]), case["words"])
    assert value == case["expected"]
    assert json.dumps(value) == json.dumps(case["expected"])


@pytest.mark.parametrize("case", CASES["errors"], ids=behaviour)
def test_wrong_words_are_refused_in_the_words_of_aws(case: dict[str, Any], files_of: Any) -> None:
    files_of(case)
    with pytest.raises(PcaError) as raised:
        argument_value(member_of(case["member"]), case["words"])
    assert raised.value.message == case["error"]
    assert raised.value.exit_code == case["exit_code"]


def test_bytes_file_gives_bytes(tmp_path: Path) -> None:
    (tmp_path / "csr").write_bytes(bytes(range(256)))
    assert argument_value(member_of("IssueCertificate.Csr"), [f"fileb://{tmp_path}/csr"]) == bytes(range(256))


def test_json_object_is_shown_in_complaints_as_aws_shows_it() -> None:
    tags = argument_value(member_of("TagCertificateAuthority.Tags"), ['[{"Key": {"a": 1}}]'])
    assert tags == [{"Key": OrderedDict(a=1)}]
    assert isinstance(tags[0]["Key"], OrderedDict)


@pytest.mark.parametrize("word", ["a=" + "[" * 100_000, '{"a":' * 100_000], ids=["shorthand", "JSON"])
def test_words_nested_beyond_reason_are_refused(word: str) -> None:
    with pytest.raises(UsageProblem, match=r"^Error parsing parameter '--validity': The value is nested too deeply"):
        argument_value(member_of("IssueCertificate.Validity"), [word])


MEMBERS = [member for operation in OPERATIONS.values() for member in operation.input.members]
MARKS = ["a", "Key", "=", ",", "[", "]", "{", "}", '"', ":", "1", "'", " ", "\n", "null", "\x00", "é", "\udcff"]
WORDS = st.one_of(st.lists(st.sampled_from(MARKS), max_size=8).map("".join), st.text(max_size=8))


@given(st.sampled_from(MEMBERS), st.lists(WORDS, min_size=1, max_size=3))
def test_any_words_mean_something_or_are_refused(member: Member, words: list[str]) -> None:
    with contextlib.suppress(PcaError):
        assert argument_value(member, words if isinstance(member.shape, List) else words[:1]) is not None
