"""What tables show of the large responses, as files under tests/golden/table/."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from pcacli.api.catalogue import OPERATIONS, PAGINATORS
from pcacli.output.query import compile_query
from pcacli.output.render import render
from pcacli.output.table_format import format_value
from pcacli.output.table_views import CERTIFICATE_COLUMNS, VIEWS, chosen_columns
from pcacli.output.terminal import Terminal


def _with_instants(members: dict[str, Any]) -> Any:
    return datetime.fromisoformat(members["$instant"]) if "$instant" in members else members


RESPONSES = json.loads(
    Path(__file__).with_name("table_views.json").read_text(encoding="utf-8"), object_hook=_with_instants
)


def now() -> datetime:
    return datetime(2026, 11, 21, 12, tzinfo=UTC)


def table(operation: str, response: dict[str, Any], *, query: str | None = None, **facts: Any) -> str:
    pieces = render(
        response,
        operation=OPERATIONS[operation],
        format_name="table",
        query=None if query is None else compile_query(query),
        facts=Terminal(now=now, **facts),
    )
    return "".join(pieces)


@pytest.mark.parametrize("width_columns", [40, 80, 140])
@pytest.mark.parametrize("operation", RESPONSES)
def test_the_most_important_members_fit_on_a_terminal(
    matches_golden: Callable[[str, str], None], operation: str, width_columns: int
) -> None:
    text = table(operation, RESPONSES[operation], width_columns=width_columns, is_terminal=True)
    assert max(map(cell_len, text.splitlines())) <= width_columns
    matches_golden(f"table/{operation}-{width_columns}.txt", text)


def test_every_view_is_looked_at() -> None:
    assert RESPONSES.keys() == VIEWS.keys()


def test_a_view_shows_members_that_the_response_has() -> None:
    for operation, view in VIEWS.items():
        output = OPERATIONS[operation].output
        assert output is not None
        assert view.member in {member.name for member in output.members}, operation
        assert operation not in PAGINATORS or view.member == PAGINATORS[operation].result_key


@pytest.mark.parametrize("chosen", [{"query": "CertificateAuthorities[0]"}, {"wide": True}])
def test_a_query_and_wide_see_the_whole_response(chosen: dict[str, Any]) -> None:
    shown = table("ListCertificateAuthorities", RESPONSES["ListCertificateAuthorities"], width_columns=200, **chosen)
    assert "KeyStorageSecurityStandard" in shown


def test_arns_are_whole_where_no_terminal_is_too_narrow_for_them() -> None:
    response = RESPONSES["ListCertificateAuthorities"]
    shown = table("ListCertificateAuthorities", response, width_columns=100_000)
    assert all(authority["Arn"] in shown for authority in response["CertificateAuthorities"])


def test_the_token_to_go_on_from_is_shown_too() -> None:
    response = {**RESPONSES["ListCertificateAuthorities"], "NextToken": "go-on-from-here"}
    assert "go-on-from-here" in table("ListCertificateAuthorities", response, is_terminal=True)


def test_states_have_their_colour() -> None:
    shown = table("ListCertificateAuthorities", RESPONSES["ListCertificateAuthorities"], colour=True, is_terminal=True)
    assert "\x1b[32mACTIVE" in shown
    assert "\x1b[33mPENDING_CERTIFICATE" in shown


CERTIFICATES = [
    {
        "CertificateArn": "arn:aws:acm-pca:eu-west-1:210987654321:certificate-authority/0a1b/certificate/2c",
        "Serial": f"{number}0c3d8f2a1b4e5d6c7f8091a2b3c4d5",
        "Subject": "CN=www.example.com",
        **names,
        "Template": "EndEntityCertificate/V1",
        "Status": status,
        "NotAfter": datetime(2026, 12, 20, 12, tzinfo=UTC) - timedelta(days=60 * (status == "EXPIRED")),
    }
    for number, status, names in (
        ("1a", "ISSUED", {"SubjectAlternativeNames": ["www.example.com", "example.com"]}),
        ("2b", "REVOKED", {"SubjectAlternativeNames": ["a-name-that-is-as-long-as-they-come.internal.example.com"]}),
        ("3c", "EXPIRED", {}),
    )
]


def certificates(**facts: Any) -> str:
    terminal = Terminal(now=now, is_terminal=True, **facts)
    return format_value(chosen_columns(CERTIFICATE_COLUMNS, CERTIFICATES, terminal), terminal)


@pytest.mark.parametrize("width_columns", [60, 80, 140])
def test_a_list_of_certificates_fits_on_a_terminal(
    matches_golden: Callable[[str, str], None], width_columns: int
) -> None:
    text = certificates(width_columns=width_columns)
    assert max(map(cell_len, text.splitlines())) <= width_columns
    matches_golden(f"table/pki-list-{width_columns}.txt", text)


def test_a_certificate_has_the_colour_of_its_state() -> None:
    shown = certificates(colour=True)
    assert "\x1b[32mISSUED" in shown
    assert "\x1b[31mREVOKED" in shown
    assert "\x1b[31mEXPIRED" in shown
