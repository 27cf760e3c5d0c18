import json
from pathlib import Path
from typing import Any

import pytest

from pcacli import errors
from pcacli.output.error_format import STYLES, format_error
from pcacli.output.terminal import Terminal

CASES = json.loads(Path(__file__).with_name("error_format.json").read_text(encoding="utf-8"))


def _error(given: dict[str, Any]) -> errors.PcaError:
    kind = getattr(errors, given["kind"])
    error: errors.PcaError = kind(*given["arguments"], **given.get("options", {}))
    return error


@pytest.mark.parametrize(
    ("given", "style", "expected"),
    [
        pytest.param(case["given"], style, expected, id=f"{case['name']}-{style}")
        for case in CASES
        for style, expected in case["expected"].items()
    ],
)
def test_error_reads_as_with_the_aws_cli(given: dict[str, Any], style: str, expected: str) -> None:
    assert format_error(_error(given), style, Terminal()) == expected


@pytest.mark.parametrize("style", ["xml", "", "ENHANCED"])
def test_style_that_does_not_exist_counts_as_enhanced(style: str) -> None:
    error = errors.UsageProblem("Say it again.")
    assert format_error(error, style, Terminal()) == format_error(error, "enhanced", Terminal())


@pytest.mark.parametrize("style", STYLES)
def test_error_without_a_code_is_one_sentence_in_every_style(style: str) -> None:
    error = errors.WaiterError("Waiter CertificateIssued failed: Max attempts exceeded")
    expected = "\npcacli: [ERROR]: Waiter CertificateIssued failed: Max attempts exceeded\n"
    assert format_error(error, style, Terminal()) == expected


def test_table_shows_code_and_message() -> None:
    text = format_error(errors.UsageProblem("No such thing."), "table", Terminal(unicode=False))
    assert "| Code    | ParamValidation |" in text
    assert "| Message | No such thing.  |" in text
