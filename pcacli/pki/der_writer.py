"""Writes DER where `cryptography` has no class for what ACM PCA puts into a certificate or request.

Only what X.509 uses: tags of one byte. The counterpart is `der_reader.py`.
Source: ITU-T X.690, sections 8.1 (tag and length), 8.19 (object identifiers) and 10.1 (shortest length).
"""

BOOLEAN = 0x01
INTEGER = 0x02
BIT_STRING = 0x03
OCTET_STRING = 0x04
NULL = 0x05
OBJECT_IDENTIFIER = 0x06
UTF8_STRING = 0x0C
PRINTABLE_STRING = 0x13
IA5_STRING = 0x16
UTC_TIME = 0x17
GENERALIZED_TIME = 0x18
SEQUENCE = 0x30
SET = 0x31

_LONG_FORM = 0x80
_ARC_BITS = 7
_FEWEST_ARCS, _MOST_ARCS = 2, 128
_LONGEST_ARC_DIGITS = 20
# ASN.1 sets no limits, but readers do: GnuTLS takes arcs of 64 bits (so no UUID of X.667) and 127 characters with the
# dots, `cryptography` 63 octets. What one of them cannot read makes the whole certificate unreadable for it.
_LARGEST_ARC = 2**64 - 1
_MOST_CHARACTERS, _MOST_OCTETS = 127, 63


def context_tag(number: int, *, constructed: bool = False) -> int:
    """Return the tag byte of the context-specific tag `[number]`."""
    return (0xA0 if constructed else 0x80) | number


def encode(tag: int, *contents: bytes) -> bytes:
    """Write one element around the given pieces, which stand one behind the other in it."""
    content = b"".join(contents)
    length = len(content)
    if length < _LONG_FORM:
        return bytes((tag, length)) + content
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, _LONG_FORM | len(octets))) + octets + content


def object_identifier(dotted: str) -> bytes:
    """Write the content of an OBJECT IDENTIFIER, without tag and length.

    One identifier has one text: a number with a leading zero is refused, so that texts can be compared in place of
    values (X.680 section 32.3 writes each arc as a number).

    Raises:
        ValueError: the text is not numbers with dots between them, two at least, or one of them is out of range.
    """
    texts = dotted.split(".")
    if not _FEWEST_ARCS <= len(texts) <= _MOST_ARCS or not all(map(_is_arc, texts)):
        raise ValueError(f"{dotted} is not an object identifier.")
    first, second, *others = map(int, texts)
    if first > 2 or (first < 2 and second > 39) or max((40 * first + second, *others)) > _LARGEST_ARC:  # noqa: PLR2004 - X.690, 8.19.4
        raise ValueError(f"{dotted} is not an object identifier.")
    content = b"".join(map(_arc, (40 * first + second, *others)))
    if len(dotted) > _MOST_CHARACTERS or len(content) > _MOST_OCTETS:
        raise ValueError(f"{dotted} is not an object identifier that every reader takes.")
    return content


def _is_arc(text: str) -> bool:
    """Say whether a text is a number as it is written in an object identifier."""
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST_ARC_DIGITS and (text == "0" or text[0] != "0")


def _arc(arc: int) -> bytes:
    """Write one number in groups of seven bits; every octet but the last is marked."""
    octets = [arc & 0x7F]
    while arc := arc >> _ARC_BITS:
        octets.append(arc & 0x7F | _LONG_FORM)
    return bytes(reversed(octets))
