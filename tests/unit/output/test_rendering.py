"""Responses become the text that the AWS CLI 2.36.7 prints; the cases are in rendering.json.

`expected` holds the lines of each format; instants are written as `{"$instant": ISO 8601}`.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from pcacli.api.catalogue import OPERATIONS
from pcacli.errors import ConfigurationProblem, PcaError, ServiceError, UsageProblem
from pcacli.output.pages import Response
from pcacli.output.query import compile_query
from pcacli.output.render import check, render, render_value
from pcacli.output.terminal import Terminal


class ScriptedPages:
    """Pages that are there already; an exception among them is raised when its turn comes."""

    def __init__(self, pages: Iterable[Response | Exception], resume_token: str | None = None) -> None:
        self.pages = pages
        self.resume_token = resume_token

    def __iter__(self) -> Iterator[Response]:
        for page in self.pages:
            if isinstance(page, Exception):
                raise page
            yield page


def _with_instants(members: dict[str, Any]) -> Any:
    return datetime.fromisoformat(members["$instant"]) if "$instant" in members else members


CASES = json.loads(Path(__file__).with_name("rendering.json").read_text(encoding="utf-8"), object_hook=_with_instants)


@pytest.mark.parametrize(
    ("case", "format_name"),
    [
        pytest.param(case, format_name, id=f"{case['name']}-{format_name}")
        for case in CASES
        for format_name in case["expected"]
    ],
)
def test_response_prints_as_with_the_aws_cli(case: dict[str, Any], format_name: str) -> None:
    if "pages" in case:
        response: Any = ScriptedPages(case["pages"], case.get("resume_token"))
    else:
        response = case["response"]
    pieces = render(
        response,
        operation=OPERATIONS[case["operation"]],
        format_name=format_name,
        query=compile_query(case["query"]) if "query" in case else None,
        facts=Terminal(timestamp_format=case.get("timestamp_format", "iso8601")),
    )
    assert "".join(pieces).split("\n") == case["expected"][format_name]


@pytest.mark.parametrize(
    ("format_name", "written"),
    [("text", ["TAGS\ta\n"]), ("yaml-stream", ["- NextToken: t\n  Tags:\n  - Key: a\n"]), ("json", []), ("off", [""])],
)
def test_streaming_formats_write_the_pages_before_an_error(format_name: str, written: list[str]) -> None:
    failure = ServiceError("InvalidStateException", "The CA went away.")
    pages = ScriptedPages([{"Tags": [{"Key": "a"}], "NextToken": "t"}, failure])
    pieces = render(pages, operation=OPERATIONS["ListTags"], format_name=format_name, query=None, facts=Terminal())
    seen: list[str] = []
    with pytest.raises(ServiceError, match="went away"):
        seen.extend(pieces)
    assert seen == written


def test_off_fetches_every_page_and_ignores_the_query() -> None:
    pages: Iterator[Response] = iter([{"Tags": []}, {"Tags": []}])
    listing = ScriptedPages(pages)
    pieces = render(
        listing, operation=OPERATIONS["ListTags"], format_name="off", query=compile_query("nope(@)"), facts=Terminal()
    )
    assert "".join(pieces) == ""
    assert list(pages) == []


def test_result_that_is_no_response_is_queried_and_formatted() -> None:
    result = [{"Name": "b"}, {"Name": "a"}]
    text = render_value(result, format_name="text", query=compile_query("sort_by(@, &Name)[].Name"), facts=Terminal())
    assert text == "a\tb\n"


def test_expression_reference_as_result_is_refused_in_the_aws_clis_words() -> None:
    with pytest.raises(PcaError, match=r"^Encountered unrecognized type in JSON encoder\.$"):
        render_value({}, format_name="json", query=compile_query("&Tags"), facts=Terminal())
    with pytest.raises(PcaError, match="cannot represent"):
        render_value({}, format_name="yaml", query=compile_query("&Tags"), facts=Terminal())


def test_unknown_format_is_refused_before_the_call() -> None:
    with pytest.raises(PcaError, match=r"^Unknown output type: xml$") as caught:
        check(OPERATIONS["ListTags"], format_name="xml", facts=Terminal())
    assert caught.value.exit_code == 255


def test_unknown_timestamp_format_is_refused_before_the_call() -> None:
    facts = Terminal(timestamp_format="epoch")
    sentence = 'Unknown cli_timestamp_format value: epoch, valid values are "wire" or "iso8601"'
    with pytest.raises(ConfigurationProblem) as caught:
        check(OPERATIONS["ListTags"], format_name="json", facts=facts)
    assert (caught.value.message, caught.value.code) == (sentence, "Configuration")


def test_pem_is_refused_before_a_call_that_would_change_something() -> None:
    with pytest.raises(UsageProblem, match="issue-certificate returns no PEM; these commands do: get-certificate, "):
        check(OPERATIONS["IssueCertificate"], format_name="pem", facts=Terminal())
    check(OPERATIONS["GetCertificateAuthorityCsr"], format_name="pem", facts=Terminal())


def test_json_stays_json_where_only_ascii_can_be_shown() -> None:
    value = {"CommonName": "Größe 😀"}
    text = render_value(value, format_name="json", query=None, facts=Terminal(unicode=False))
    assert text.isascii()
    assert json.loads(text) == value
