"""Any command line ends with one sentence and an exit code of the AWS CLI's; what fails leaves nothing behind."""

import contextlib
import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pcacli.api.catalogue import OPERATIONS, WAITERS, command_name
from pcacli.cli.action_command import option_of
from pcacli.cli.global_options import GLOBAL_OPTIONS
from pcacli.cli.main import run

ARN = "arn:aws:acm-pca:us-east-1:000000000000:certificate-authority/00000000-0000-4000-8000-000000000000"
MEMBERS = {option_of(member.name) for operation in OPERATIONS.values() for member in operation.input.members}
# Options that end the command early or would talk to somebody.
LEFT_OUT = {"--endpoint-url", "--local", "--debug", "--version", "--profile"}
OPTIONS = sorted({*MEMBERS, *(option.name for option in GLOBAL_OPTIONS)} - LEFT_OUT)
OTHER_OPTIONS = ["--cli-input-json", "--cli-input-yaml", "--max-items", "--page-size", "--starting-token", "--unknown"]
COMMANDS = sorted([*map(command_name, OPERATIONS), "wait", "pki", "local", *map(command_name, WAITERS), "nonsense"])

SHORTHAND = st.text(alphabet="Key=Value{}[],'\"\\@ \n:/-ä0", max_size=25)
JSON = st.recursive(
    st.sampled_from(["null", "true", "1", "-1.5", '"a"', '"', "", "{", "[", ARN]),
    lambda part: st.one_of(
        part.map(lambda text: f"[{text}]"), part.map(lambda text: f'{{"CertificateAuthorityArn": {text}}}')
    ),
    max_leaves=3,
)
YAML = st.text(alphabet="abc: -\n'\"&*!|>%@[]{}#?~", max_size=25)
SIMPLE = st.sampled_from(
    [ARN, "", "-", "--", "-7", "9" * 30, "file://nowhere", "fileb:///", "ROOT", "off", "text", "\0"]
)
VALUES = st.one_of(SIMPLE, SHORTHAND, JSON, YAML)
OPTION = st.sampled_from([*OPTIONS, *OTHER_OPTIONS])
WORDS = st.one_of(OPTION, VALUES, OPTION.map(lambda name: name[:9]), st.builds("{}={}".format, OPTION, VALUES))


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    before, directory = dict(os.environ), tmp_path_factory.mktemp("home")
    os.environ.update(HOME=str(directory), PCACLI_HOME=str(directory / "store"))
    yield directory
    os.environ.clear()
    os.environ.update(before)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=300)
@given(command=st.sampled_from(COMMANDS), words=st.lists(WORDS, max_size=6))
def test_any_command_line_ends_in_order(home: Path, command: str, words: list[str]) -> None:
    output, errors = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
        exit_code = run(["--local", command, *words])
    said = errors.getvalue()
    assert exit_code in {0, 252, 253, 254, 255}, said
    assert "Traceback" not in said
    assert "a bug in pcacli" not in said, said
    if exit_code:
        assert said.strip()
        assert not output.getvalue()
    assert not (home / "store").exists()
