"""Write man(7): the few requests that our pages need, with every text escaped.

Functions return lines of a page. In texts, `words in backquotes` and --options are set in bold.
Source: man(7) and mandoc_char(7) of mandoc 1.14.
"""

import re
import textwrap
from collections.abc import Iterable, Sequence

_WIDTH_COLUMNS = 79
_PARAGRAPH = ".PP"
# In prose an apostrophe may be typeset; what is to be typed must come out as it is.
_PROSE = str.maketrans({"\\": "\\e", "-": "\\-"})
_LITERAL = _PROSE | str.maketrans({"'": "\\(aq", "`": "\\(ga", "^": "\\(ha", "~": "\\(ti"})
_TYPED_IN_PROSE = re.compile(r"(`[^`]+`|(?<![\w`-])--[a-z][a-z-]*[a-z])")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
# roff sets a wider space behind a sentence, but sees its end only at the end of a line.
_SENTENCE_END = re.compile(r"(?<=[\w)}][.?!]) (?=[^\[])")
# A space at which the line may not be broken.
_FIXED_SPACE = "\\~"


def title(page: str, *, date: str, source: str) -> list[str]:
    """Begin a page of section 1."""
    return [f'.TH "{_ascii(page.upper().translate(_LITERAL))}" 1 "{date}" "{source}" "pcacli manual"']


def section(heading: str, *content: Sequence[str]) -> list[str]:
    """Return a section, nothing if there is no content."""
    return [f'.SH "{heading}"', *_without_first_break(_flat(content))] if any(content) else []


def subsection(heading: str, *content: Sequence[str]) -> list[str]:
    """Return a subsection, nothing if there is no content."""
    return [f'.SS "{heading}"', *_without_first_break(_flat(content))] if any(content) else []


def paragraph(text: str) -> list[str]:
    """Return a paragraph of prose."""
    return [_PARAGRAPH, *_filled(prose(text))]


def item(term: str, *content: Sequence[str]) -> list[str]:
    """Return a term, already escaped, and what belongs to it."""
    return [".TP", term, *(_flat(content) or ["\\&"])]


def inside_item(*content: Sequence[str]) -> list[str]:
    """Indent further paragraphs as deep as an item's text."""
    return [".RS", *_flat(content), ".RE"]


def text(words: str) -> list[str]:
    """Return prose that belongs to what stands before it."""
    return _filled(prose(words))


def verbatim(lines: Iterable[str]) -> list[str]:
    """Return lines that stay as they are, in bold."""
    return [_PARAGRAPH, ".RS 4", ".nf", *(f"\\fB{literal(line)}\\fR" if line else "" for line in lines), ".fi", ".RE"]


def flowing(words: Iterable[str]) -> list[str]:
    """Return words, already escaped, as one paragraph."""
    return [_PARAGRAPH, *_filled(" ".join(words))]


def bold(words: str) -> str:
    """Return what is to be typed as it stands."""
    return f"\\fB{literal(words)}\\fR"


def italic(words: str) -> str:
    """Return what is to be replaced."""
    return f"\\fI{literal(words)}\\fR"


def literal(words: str) -> str:
    """Escape what is to be typed or was printed by a program."""
    return _ascii(words.translate(_LITERAL))


def unbroken(*words: str) -> str:
    """Join escaped words so that no line ends between them."""
    return _FIXED_SPACE.join(words)


def prose(words: str) -> str:
    """Escape a sentence."""
    pieces = _TYPED_IN_PROSE.split(words)
    # Every second piece is what the pattern captured.
    return "".join(
        bold(piece.strip("`")) if position % 2 else _ascii(piece.translate(_PROSE))
        for position, piece in enumerate(pieces)
    )


def reference(page: str) -> str:
    """Return the name of another page."""
    return f"{bold(page)}(1)"


def _ascii(words: str) -> str:
    return _NOT_ASCII.sub(lambda match: f"\\[u{ord(match[0]):04X}]", words)


def _filled(words: str) -> list[str]:
    """Break lines behind sentences and at the width; a line of text may not begin like a request."""
    lines = [
        line
        for sentence in _SENTENCE_END.split(words)
        for line in textwrap.wrap(sentence, _WIDTH_COLUMNS, break_long_words=False, break_on_hyphens=False)
    ]
    return [f"\\&{line}" if line.startswith((".", "'")) else line for line in lines]


def _without_first_break(lines: list[str]) -> list[str]:
    """A heading ends the paragraph before it."""
    return lines[1:] if lines[:1] == [_PARAGRAPH] else lines


def _flat(content: Iterable[Sequence[str]]) -> list[str]:
    return [line for lines in content for line in lines]
