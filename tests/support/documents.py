"""The documents that people read, taken apart: code blocks, headings with their anchors, links, tables and files.

They are GitHub's Markdown, of which this knows as much as the documents use.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
PAGES = (README, *sorted((ROOT / "docs").glob("*.md")))
"""What somebody who uses pcacli follows: the README, and a page for each job."""

DOCUMENTS = (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")))
"""Everything that is written to be read, decisions included."""

_BLOCK = re.compile(
    r"(?:^<!-- (?P<mark>[a-z-]+) -->\n)?^```(?P<language>[a-z]*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE
)
_HEREDOC = re.compile(r"^cat > (\S+) <<'END'\n(.*?)^END$", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE = re.compile(r"`[^`]*`")


class Block(NamedTuple):
    """A code block: the comment that marks it ("" for none), its language, its text, and whether prose is before it.

    `follows` is the language of the block directly above, "" if there is something in between.
    """

    mark: str
    language: str
    text: str
    follows: str


def name_of(page: Path) -> str:
    """Return the name of a document as links from the project's folder have it."""
    return str(page.relative_to(ROOT))


def blocks(page: Path) -> Iterator[Block]:
    """Yield the code blocks of a page."""
    text = page.read_text(encoding="utf-8")
    language, end = "", 0
    for found in _BLOCK.finditer(text):
        follows = language if not text[end : found.start()].strip() else ""
        language, end = found["language"], found.end()
        yield Block(found["mark"] or "", language, found["text"], follows)


def marked(page: Path, mark: str) -> str:
    """Return the text of the one block with a mark."""
    (text,) = (block.text for block in blocks(page) if block.mark == mark)
    return text


def in_language(page: Path, language: str) -> list[str]:
    """Return the texts of the blocks in a language."""
    return [block.text for block in blocks(page) if block.language == language]


def files_of(page: Path) -> dict[str, str]:
    """Return the files that the page's commands write, by name."""
    return dict(_HEREDOC.findall(page.read_text(encoding="utf-8")))


def prose(page: Path) -> str:
    """Return a page without its code blocks."""
    return _BLOCK.sub("", page.read_text(encoding="utf-8"))


def links(page: Path) -> list[str]:
    """Return the targets of all links and pictures."""
    return _LINK.findall(_CODE.sub("", prose(page)))


def anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub gives the headings: small letters, dashes, a number where one is repeated."""
    seen: Counter[str] = Counter()
    found = set()
    for heading in _HEADING.findall(prose(page)):
        text = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading)
        slug = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
        found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    return found


def tables(page: Path) -> list[list[list[str]]]:
    """Return the tables of a page, each as its rows of cells, without head and ruler."""
    found: list[list[list[str]]] = [[]]
    for line in prose(page).splitlines():
        if line.startswith("|"):
            found[-1].append([cell.strip() for cell in line.strip("|").split(" | ")])
        elif found[-1]:
            found.append([])
    return [rows[2:] for rows in found if rows]
