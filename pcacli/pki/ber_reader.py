"""Turns BER into the definite lengths that `der_reader` walks through, as far as OpenSSL reads it.

Old programs and cards write certificates and PKCS #7 with indefinite lengths and with strings in pieces; nothing is
judged here. Source: ITU-T X.690, sections 8.1.2 (tags), 8.1.3 (lengths), 8.7.3 and 8.23.6 (strings in pieces).
"""

from contextlib import suppress
from typing import NamedTuple

from pcacli.pki.der_reader import LONG_FORM, DerProblem, extent
from pcacli.pki.der_writer import OCTET_STRING, encode

# Python needs up to half a second for so much.
_MAXIMUM_BYTES = 256 * 1024
_MAXIMUM_DEPTH = 64
_CONSTRUCTED, _UNIVERSAL_END = 0x20, 0x40
_TAG_NUMBER, _LONG_TAG = 0x1F, 0x1F
_END_OF_CONTENTS = b"\0\0"
# OCTET STRING, UTF8String, and the other strings and times of one universal class.
_STRINGS = frozenset({OCTET_STRING, 0x0C, *range(0x12, 0x1F)})


class _Head(NamedTuple):
    """Tag octets, where the content begins, and where it ends (None: at the end-of-contents octets)."""

    tag: bytes
    start: int
    end: int | None


def first_element(data: bytes) -> tuple[bytes, int]:
    """Return the first element in definite lengths, and how many bytes it took; DER comes back as it is.

    What is larger than 256 KiB, such as a long CRL, has to be DER and is not looked through.

    Raises:
        DerProblem: it is cut off, or nested too deeply.
    """
    if len(data) <= _MAXIMUM_BYTES:
        # Values that are no BER inside, such as a SEQUENCE in a name, are passed over by OpenSSL.
        with suppress(DerProblem):
            return _element(data, 0, _MAXIMUM_DEPTH)
    _, end = extent(data, 0)
    return data[:end], end


def _element(data: bytes, position: int, depth: int) -> tuple[bytes, int]:
    """Rewrite the element at a position; return it, and where the next one begins."""
    head = _head(data, position)
    if not head.tag[0] & _CONSTRUCTED:
        if head.end is None:
            raise DerProblem("a value has an indefinite length, but no parts")
        return data[position : head.end], head.end
    if not depth:
        raise DerProblem("it is nested too deeply")
    parts, end = _parts(data, head, depth - 1)
    if head.tag[0] < _UNIVERSAL_END and head.tag[0] & _TAG_NUMBER in _STRINGS:
        pieces = (part[_head(part, 0).start :] for part in parts)
        return encode(head.tag[0] & ~_CONSTRUCTED, *pieces), end
    if head.end is not None and b"".join(parts) == data[head.start : head.end]:
        return data[position:end], end
    return head.tag[:-1] + encode(head.tag[-1], *parts), end


def _parts(data: bytes, head: _Head, depth: int) -> tuple[list[bytes], int]:
    """Rewrite what is inside an element; return the parts, and where the next element begins."""
    parts: list[bytes] = []
    position = head.start
    while position != head.end:
        if head.end is None and data[position : position + 2] == _END_OF_CONTENTS:
            return parts, position + 2
        part, position = _element(data, position, depth)
        if head.end is not None and position > head.end:
            raise DerProblem("an element is longer than the one around it")
        parts.append(part)
    return parts, position


def _head(data: bytes, position: int) -> _Head:
    start = position
    try:
        if data[position] & _TAG_NUMBER == _LONG_TAG:
            position += 1
            while data[position] & LONG_FORM:
                position += 1
        position += 1
        tag, length = data[start:position], data[position]
    except IndexError as error:
        raise DerProblem("an element is cut off") from error
    position += 1
    if length == LONG_FORM:
        return _Head(tag, position, None)
    if length > LONG_FORM:
        octets = length - LONG_FORM
        length = int.from_bytes(data[position : position + octets], "big")
        position += octets
    end = position + length
    if end > len(data):
        raise DerProblem("an element is cut off")
    return _Head(tag, position, end)
