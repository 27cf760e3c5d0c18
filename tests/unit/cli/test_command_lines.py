"""Corners of the command line in which the AWS CLI was asked for its opinion: version 2.9.19, by running it beside us.

A case holds the line, the exit code, what standard error holds (nothing unless named) and how the output begins.
"""

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from pcacli.cli.main import run

CASES: list[dict[str, Any]] = json.loads(Path(__file__).with_name("command_lines.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["title"])
def test_a_line_ends_as_with_aws(
    case: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PCACLI_HOME", str(tmp_path / "store"))
    exit_code = run(["--local", "--strict", "--region", "us-east-1", *shlex.split(case["line"])])
    out, errors = capsys.readouterr()
    assert exit_code == case["exit"], errors
    assert case.get("says", "") in errors.strip()
    assert bool(errors) == ("says" in case)
    assert out.startswith(case.get("prints", ""))
    assert bool(out) == (exit_code == 0)
