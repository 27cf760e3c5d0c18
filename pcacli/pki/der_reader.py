"""Reads DER just far enough to walk through names and certificates without loading a cryptographic library.

Only what X.509 uses: tags of one byte and definite lengths. Source: ITU-T X.690, sections 8.1 and 8.19.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

LONG_FORM = 0x80
"""A length of this or more says how many octets the length takes; a smaller one is the length.

Nearly all lengths are smaller. What reads very many certificates looks by itself, since a call of `extent` for each
element takes three times as long.
"""


class DerProblem(ValueError):
    """The bytes are not well-formed DER."""


class Element(NamedTuple):
    """One element: its tag byte, the bytes inside, and the whole with tag and length."""

    tag: int
    content: bytes
    encoded: bytes


def elements(data: bytes) -> Iterator[Element]:
    """Yield the elements that stand one behind the other in `data`.

    Raises:
        DerProblem: an element is cut off or has an indefinite length.
    """
    start = 0
    while start < len(data):
        content_start, end = extent(data, start)
        yield Element(data[start], data[content_start:end], data[start:end])
        start = end


def count(data: bytes) -> int:
    """Return how many elements stand one behind the other in `data`, copying nothing.

    Raises:
        DerProblem: an element is cut off or has an indefinite length.
    """
    found, start, end = 0, 0, len(data)
    while start < end:
        start = skip(data, start, 1)
        found += 1
    return found


def skip(data: bytes, start: int, count: int) -> int:
    """Return where the element stands that comes after `count` elements from `start` on, copying nothing.

    Raises:
        DerProblem: an element is cut off or has an indefinite length.
    """
    for _ in range(count):
        if start + 1 < len(data) and data[start + 1] < LONG_FORM:
            start += 2 + data[start + 1]
        else:
            _, start = extent(data, start)
    if start > len(data):
        raise DerProblem("a DER element is cut off")
    return start


# A number of so many octets takes little time; no identifier in use has a tenth of it.
_MAXIMUM_IDENTIFIER_OCTETS = 512


@lru_cache(maxsize=128)
def dotted(identifier: bytes) -> str:
    """Write the content of an OBJECT IDENTIFIER with dots, as in `2.5.4.3`; the recent ones are remembered.

    Raises:
        DerProblem: it is empty, cut off, or longer than anything that identifies something.
    """
    if not identifier or identifier[-1] & LONG_FORM or len(identifier) > _MAXIMUM_IDENTIFIER_OCTETS:
        raise DerProblem("an object identifier cannot be read")
    arcs = [0]
    for octet in identifier:
        arcs[-1] = arcs[-1] << 7 | octet & 0x7F
        if not octet & LONG_FORM:
            arcs.append(0)
    # The first number holds two arcs; only below 2 is the second arc limited to 39.
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, (first, arcs[0] - 40 * first, *arcs[1:-1])))


def extent(data: bytes, start: int) -> tuple[int, int]:
    """Return where the content of the element at `start` begins and where it ends.

    Raises:
        DerProblem: the element is cut off or has an indefinite length.
    """
    content_start = start + 2
    try:
        length = data[start + 1]
    except IndexError as error:
        raise DerProblem("a DER element has no length") from error
    if length >= LONG_FORM:
        octets = length - LONG_FORM
        length = int.from_bytes(data[content_start : content_start + octets], "big")
        content_start += octets
        if not octets:
            raise DerProblem("a DER element has an indefinite length")
    end = content_start + length
    if end > len(data):
        raise DerProblem("a DER element is cut off")
    return content_start, end
