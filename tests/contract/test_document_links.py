"""Documents hold together: links and anchors lead somewhere, lines and tables are readable as they stand."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.documents import DOCUMENTS, ROOT, anchors, blocks, links, name_of, prose

LINE_LENGTH = 120


def leads_nowhere(page: Path, link: str) -> bool:
    parts = urlsplit(link)
    if parts.scheme:
        return parts.scheme not in ("https", "http", "mailto")
    target = page if not parts.path else (page.parent / parts.path).resolve()
    if not target.exists() or not target.is_relative_to(ROOT):
        return True
    return bool(parts.fragment) and parts.fragment not in anchors(target)


@pytest.mark.parametrize("page", DOCUMENTS, ids=name_of)
def test_every_link_and_anchor_leads_somewhere(page: Path) -> None:
    assert [link for link in links(page) if leads_nowhere(page, link)] == []


@pytest.mark.parametrize("page", DOCUMENTS, ids=name_of)
def test_lines_are_wrapped(page: Path) -> None:
    """Tables and commands cannot be."""
    lines = [line for line in prose(page).splitlines() if not line.startswith("|")]
    assert [line for line in lines if len(line) > LINE_LENGTH] == []


@pytest.mark.parametrize("page", DOCUMENTS, ids=name_of)
def test_a_page_has_one_title_and_every_block_is_closed(page: Path) -> None:
    titles = [line for line in prose(page).splitlines() if line.startswith("# ")]
    assert len(titles) == 1
    assert prose(page).startswith(titles[0])
    assert page.read_text(encoding="utf-8").count("```") == 2 * len(list(blocks(page)))


def test_a_link_that_leads_nowhere_is_noticed() -> None:
    page = ROOT / "README.md"
    assert not leads_nowhere(page, "docs/first-ca.md#install")
    assert not leads_nowhere(page, "#install")
    for link in ("docs/nothing.md", "docs/first-ca.md#nothing", "#nothing", "../elsewhere", "file:///etc/passwd"):
        assert leads_nowhere(page, link)
