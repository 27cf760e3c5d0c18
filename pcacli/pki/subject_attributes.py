"""Reads the attributes of a requested subject as text, and refuses those that verifiers could not read.

What is refused is what `cryptography` refuses; that library warns of long names besides, and whoever hides a warning
hides it from all threads.
Sources: RFC 5280, section 4.1.2.4; ITU-T X.680, section 8.6 (tags).
"""

from collections.abc import Iterator
from typing import NamedTuple

from pcacli.pki.der_reader import DerProblem, Element, dotted, elements
from pcacli.pki.der_writer import BIT_STRING

# ITU-T X.520: the one attribute whose value is no text but bits.
_UNIQUE_IDENTIFIER = "2.5.4.45"
_UNIVERSAL_STRING, _BMP_STRING = 0x1C, 0x1E
# OctetString, UTF8String, and the Numeric, Printable, T61, IA5 and Visible strings with the two times between them.
_UTF8_TAGS = (0x04, 0x0C, 0x12, 0x13, 0x14, 0x16, 0x17, 0x18, 0x1A)
_ENCODINGS = {**dict.fromkeys(_UTF8_TAGS, "utf-8"), _UNIVERSAL_STRING: "utf-32-be", _BMP_STRING: "utf-16-be"}


class Attribute(NamedTuple):
    """One attribute of a name; `text` is the hexadecimal notation of what is no text."""

    oid: str
    text: str


def subject_attributes(name: bytes) -> list[Attribute]:
    """Return the attributes in the DER of a Name.

    Raises:
        ValueError: the bytes are no name, or an attribute cannot be read or stands twice in one place.
    """
    (whole,) = elements(name)
    return [attribute for relative in elements(whole.content) for attribute in _relative(relative)]


def _relative(relative: Element) -> list[Attribute]:
    """Read a RelativeDistinguishedName: a set of at least one attribute."""
    attributes = list(_attributes(relative.content))
    if not attributes or len(set(attributes)) < len(attributes):
        raise DerProblem("a part of the name has no attribute, or the same one twice")
    return attributes


def _attributes(content: bytes) -> Iterator[Attribute]:
    for pair in elements(content):
        kind, value = elements(pair.content)
        oid = dotted(kind.content)
        yield Attribute(oid, _text(oid, value))


def _text(oid: str, value: Element) -> str:
    if value.tag == BIT_STRING and oid == _UNIQUE_IDENTIFIER:
        return value.content.hex()
    if value.tag not in _ENCODINGS:
        raise DerProblem("an attribute of the name is no text")
    return value.content.decode(_ENCODINGS[value.tag])
