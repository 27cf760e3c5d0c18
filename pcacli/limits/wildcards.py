"""Patterns with wildcards, matched in linear time: twelve stars cost no more than one.

A pattern is cut at its stars. Each piece is taken where it is found first, because a later place would only leave less
text for the pieces behind it; so nothing is ever tried twice. No pattern becomes a regular expression.
Source of the search for pieces with question marks: Baeza-Yates and Gonnet, "A New Approach to Text Searching" (1992).
"""

from typing import NamedTuple, Self

MANY, ONE = "*", "?"


def matches(text: str, pattern: str) -> bool:
    """Tell whether a pattern stands for a whole text: `*` for any characters, `?` for any single one.

    Capital letters are not small ones. Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
    """
    first, *others = pattern.split(MANY)
    if not others:
        return len(text) == len(first) and _is_at(first, text, 0)
    *middle, last = others
    end = len(text) - len(last)
    if end < len(first) or not _is_at(first, text, 0) or not _is_at(last, text, end):
        return False
    start = len(first)
    for piece in middle:
        found = _find(piece, text, start, end)
        if found < 0:
            return False
        start = found + len(piece)
    return True


class Fragment(NamedTuple):
    """What is looked for inside of texts, in capitals or small letters; it consists of pieces in this order."""

    pieces: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Self:
        """Return what a text means in which `*` stands for any characters, and all else for itself."""
        return cls(tuple(text.casefold().split(MANY)))

    def is_in(self, text: str) -> bool:
        """Tell whether a text contains it."""
        folded, start = text.casefold(), 0
        for piece in self.pieces:
            found = folded.find(piece, start)
            if found < 0:
                return False
            start = found + len(piece)
        return True


def _is_at(piece: str, text: str, start: int) -> bool:
    """Tell whether a piece stands in a text at this place; the text is long enough."""
    if ONE not in piece:
        return text.startswith(piece, start)
    return all(wanted in (ONE, text[start + index]) for index, wanted in enumerate(piece))


def _find(piece: str, text: str, start: int, end: int) -> int:
    """Return where a piece stands first in a part of a text, -1 if it does not."""
    if ONE not in piece:
        return text.find(piece, start, end)
    if len(piece) > end - start:
        return -1
    return _find_with_gaps(piece, text, start, end)


def _find_with_gaps(piece: str, text: str, start: int, end: int) -> int:
    """Search for a piece with question marks: bit i says that its first i + 1 characters end here (Shift-And)."""
    places = dict.fromkeys(piece, 0)
    for index, wanted in enumerate(piece):
        places[wanted] |= 1 << index
    gaps = places.pop(ONE)
    whole, state = 1 << (len(piece) - 1), 0
    for position in range(start, end):
        state = (state << 1 | 1) & (places.get(text[position], 0) | gaps)
        if state & whole:
            return position - len(piece) + 1
    return -1
