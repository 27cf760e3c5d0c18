"""Reads the attributes of a requested name, and writes them so that every verifier can read them.

A string whose type does not allow its characters is what OpenSSL and Go read and strict readers refuse: it becomes a
UTF8String. Everything else is kept bit for bit.
Sources: RFC 5280, section 4.1.2.4 and appendix A.1 (string types; TeletexString is for old names only); X.680, sections
8.6 (tags) and 41 (alphabets); X.690, section 11.6 (order in a set).
Assumption: AWS takes such requests, as OpenSSL does, and what it makes of them.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from pcacli.pki.der_reader import DerProblem, Element, elements
from pcacli.pki.der_writer import BIT_STRING, PRINTABLE_STRING, SEQUENCE, SET, UTF8_STRING, encode
from pcacli.pki.object_identifiers import identifier_of

# ITU-T X.520: the one attribute whose value is no text but bits.
_UNIQUE_IDENTIFIER = "2.5.4.45"

_OCTET_BITS = 8
_TELETEX_STRING, _BMP_STRING = 0x14, 0x1E
_LAST_OF_BMP = "\uffff"  # OpenSSL reads no name with pairs of surrogates
# The types of text, and how their octets are read. TeletexString has an alphabet of its own that programs never used:
# they put Latin-1 into it, and read that.
_ENCODINGS = {
    UTF8_STRING: "utf-8",
    0x12: "ascii",  # NumericString
    PRINTABLE_STRING: "ascii",
    _TELETEX_STRING: "latin-1",
    0x16: "ascii",  # IA5String
    0x1C: "utf-32-be",  # UniversalString
    _BMP_STRING: "utf-16-be",
}
# Where a type has fewer characters than its encoding: the ones that every reader takes.
_ALPHABETS = {
    PRINTABLE_STRING: re.compile(rb"[A-Za-z0-9 '()+,\-./:=?]*"),
    _TELETEX_STRING: re.compile(rb"[\x00-\x7f]*"),
}
CONTROL_CHARACTER = re.compile("[\x00-\x1f\x7f-\x9f]")
"""C0, DEL and C1: what moves a cursor, ends a line or a text, or hides what stands behind it."""


class Attribute(NamedTuple):
    """One attribute of a name; `text` is the hexadecimal notation of what is no text."""

    oid: str
    text: str


class ReadName(NamedTuple):
    """A name: its DER as every verifier can read it, and its attributes."""

    encoded: bytes
    attributes: tuple[Attribute, ...]


@lru_cache(maxsize=64)
def read_name(name: bytes) -> ReadName:
    """Read the DER of a Name.

    Raises:
        ValueError: the bytes are no name; or an attribute is no text, holds control characters, or stands twice in one
            place. The text says which, for the end of a sentence.
    """
    (whole,) = elements(name)
    if whole.tag != SEQUENCE:
        raise DerProblem("the name is not a sequence")
    relatives = [_relative(part) for part in elements(whole.content)]
    attributes = [attribute for relative in relatives for attribute in relative]
    return ReadName(encode(SEQUENCE, *map(_written, filter(None, relatives))), tuple(attributes))


def _relative(relative: Element) -> dict[Attribute, bytes]:
    """Read a RelativeDistinguishedName, a set of at least one attribute: the attributes with their DER.

    One without a character is left out, as one that the API gives: some readers refuse it.
    """
    read = [_attribute(pair) for pair in elements(relative.content)]
    found = dict(read)
    if relative.tag != SET or not found or len(found) < len(read):
        raise DerProblem("a part of the name has no attribute, or the same one twice")
    return {attribute: encoded for attribute, encoded in read if attribute.text}


def _written(relative: dict[Attribute, bytes]) -> bytes:
    """Write the attributes in the order of DER."""
    return encode(SET, *sorted(relative.values()))


def _attribute(pair: Element) -> tuple[Attribute, bytes]:
    kind, value = elements(pair.content)
    oid = identifier_of(kind)
    if value.tag == BIT_STRING and oid == _UNIQUE_IDENTIFIER:
        _check_bits(oid, value.content)
        return Attribute(oid, value.content.hex()), pair.encoded
    encoding, alphabet = _ENCODINGS.get(value.tag), _ALPHABETS.get(value.tag)
    if encoding is None:
        raise DerProblem(f"the attribute {oid} of the name is no text")
    text = _decoded(oid, value.content, encoding)
    if value.tag == _BMP_STRING and max(text, default="") > _LAST_OF_BMP:
        raise DerProblem(f"the attribute {oid} of the name holds characters that its type does not have")
    if alphabet is None or alphabet.fullmatch(value.content):
        return Attribute(oid, text), pair.encoded
    return Attribute(oid, text), encode(SEQUENCE, kind.encoded, encode(UTF8_STRING, text.encode()))


def _check_bits(oid: str, content: bytes) -> None:
    """Check that up to seven bits at the end are unused, and zero (X.690, sections 8.6.2 and 11.2.1)."""
    unused = content[0] if content else _OCTET_BITS
    if unused >= _OCTET_BITS or (unused and len(content) == 1) or content[-1] & ((1 << unused) - 1):
        raise DerProblem(f"the attribute {oid} of the name is no bit string")


def _decoded(oid: str, content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as problem:
        raise DerProblem(f"the attribute {oid} of the name holds characters that its type does not have") from problem
    if CONTROL_CHARACTER.search(text):
        raise DerProblem(f"the attribute {oid} of the name holds a control character")
    return text
