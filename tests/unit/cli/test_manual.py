import re
import subprocess
from pathlib import Path

import pytest

from pcacli.api.catalogue import OPERATIONS, WAITERS, command_name
from pcacli.api.common import ARN
from pcacli.api.shapes import Operation
from pcacli.cli.command_tree import command_tree
from pcacli.cli.manual import roff
from pcacli.cli.manual.pages import pages
from pcacli.params.syntax import data_types

PAGES = pages(command_tree())
ACTION_SECTIONS = [
    "NAME",
    "SYNOPSIS",
    "DESCRIPTION",
    "OPTIONS",
    "OUTPUT",
    "DATA TYPES",
    "ERRORS",
    "EXIT STATUS",
    "EXAMPLES",
    "SEE ALSO",
]

every_action = pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)


def page_of(operation: Operation) -> str:
    return PAGES[f"pcacli-{command_name(operation.name)}.1"]


def headings(page: str, request: str) -> list[str]:
    return [line.split('"')[1] for line in page.splitlines() if line.startswith(f"{request} ")]


@every_action
def test_page_of_an_action_has_its_sections_in_order(operation: Operation) -> None:
    found = headings(page_of(operation), ".SH")
    assert found == [name for name in ACTION_SECTIONS if name in found]
    assert set(ACTION_SECTIONS) - set(found) <= {"DATA TYPES"}


@every_action
def test_every_data_type_of_an_action_has_a_section(operation: Operation) -> None:
    shapes = [member.shape for member in operation.input.members]
    expected = [structure.name for structure in data_types(shapes)]
    assert headings(page_of(operation), ".SS")[: len(expected)] == expected


@every_action
def test_page_names_every_error_and_every_output_member(operation: Operation) -> None:
    members = operation.output.members if operation.output else ()
    terms = (*operation.errors, *(member.name for member in members))
    assert [term for term in terms if roff.bold(term) not in page_of(operation)] == []


def test_waiters_share_one_page() -> None:
    assert headings(PAGES["pcacli-wait.1"], ".SS") == [command_name(name) for name in WAITERS]
    assert [name for name in PAGES if name.startswith("pcacli-wait-")] == []


def test_page_of_the_program_refers_to_the_page_of_every_command() -> None:
    tree = command_tree()
    missing = [child.page for child in tree.commands if roff.reference(child.page) not in PAGES["pcacli.1"]]
    assert missing == []


def test_references_lead_to_pages_that_exist() -> None:
    for name, page in PAGES.items():
        references = page.rpartition('.SH "SEE ALSO"')[2].replace("\\fB", "").replace("\\fR(1)", "").replace("\\-", "-")
        found = {f"{reference.strip()}.1" for reference in references.split(",")}
        assert found - PAGES.keys() <= {"openssl.1"}, name


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("a-b", r"a\-b"),
        (r"back\slash", r"back\eslash"),
        ("see --query here", r"see \fB\-\-query\fR here"),
        ("run `it's ~/.x` now", r"run \fBit\(aqs \(ti/.x\fR now"),
        ("and so on…", r"and so on\[u2026]"),
    ],
)
def test_prose_is_escaped_and_what_is_typed_stands_in_bold(words: str, expected: str) -> None:
    assert roff.prose(words) == expected


def test_sentence_that_begins_like_a_request_is_text() -> None:
    assert roff.text(".profile is read. 'x' too.") == [r"\&.profile is read.", r"\&'x' too."]


@pytest.mark.needs("mandoc")
def test_pages_are_clean_for_mandoc(tmp_path: Path) -> None:
    for name, page in PAGES.items():
        (tmp_path / name).write_text(page, encoding="utf-8")
    done = subprocess.run(
        ["mandoc", "-T", "lint", "-W", "warning", *sorted(PAGES)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


@pytest.mark.needs("mandoc")
def test_what_is_to_be_typed_comes_out_of_the_formatter_unchanged(tmp_path: Path) -> None:
    file = tmp_path / "page.1"
    file.write_text(PAGES["pcacli-issue-certificate.1"], encoding="utf-8")
    formatted = subprocess.run(["mandoc", "-T", "utf8", str(file)], capture_output=True, check=True).stdout.decode()
    shown = re.sub(".\b", "", formatted)
    issue = OPERATIONS["IssueCertificate"]
    for typed in ("--validity STRUCTURE", "Value=NUMBER,Type=TEXT", str(ARN.pattern), *issue.example.split(" --")):
        assert typed in shown
