"""docs/decisions: one numbered file a decision, in one form, and an index of all of them."""

import re
from datetime import date
from pathlib import Path

import pytest

from tests.support.documents import ROOT, tables

FOLDER = ROOT / "docs" / "decisions"
FILES = sorted(FOLDER.glob("[0-9]*.md"))
STATUS = re.compile(r"accepted|replaced by \[\d{4}\]\(\d{4}-[a-z0-9-]+\.md\)")
SECTIONS = ["Context", "Options", "Decision", "Cost"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_decision_has_title_date_status_and_four_sections(file: Path) -> None:
    title, _, status, *rest = file.read_text(encoding="utf-8").splitlines()
    assert title.startswith(f"# {file.name[:4]}: ")
    found = re.fullmatch(r"Date: (\S+) · Status: (.*)", status)
    assert found is not None, status
    assert date.fromisoformat(found[1])
    assert STATUS.fullmatch(found[2])
    assert [line.removeprefix("## ") for line in rest if line.startswith("#")] == SECTIONS
    assert re.search(r"## \w+\n\n(## |$)", "\n".join(rest)) is None, "an empty section"


def test_the_numbers_have_no_gap() -> None:
    assert [file.name[:4] for file in FILES] == [f"{number:04}" for number in range(1, len(FILES) + 1)]


def test_the_index_has_a_line_for_each_decision() -> None:
    (rows,) = tables(FOLDER / "README.md")
    expected = []
    for file in FILES:
        title, _, status = file.read_text(encoding="utf-8").splitlines()[:3]
        expected.append([f"[{file.name[:4]}]({file.name})", status.split()[1], title.partition(": ")[2]])
    # The last cell keeps what a row's end leaves.
    assert [[cell.strip(" |") for cell in row] for row in rows] == expected
