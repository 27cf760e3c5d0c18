"""Distinguished names as text, in the form that the service writes into audit reports.

That form is Java's `X500Principal.getName(RFC2253)`: the last RDN first, the nine keywords of RFC 2253, every other
attribute as its dotted identifier with the DER of its value. It is worked out from the DER itself, so nothing that
a string type or a library's conversion loses can be missing.
Sources: RFC 2253, sections 2.1 to 2.4; facts, section 6 (samples); OpenJDK for what it escapes beyond the RFC.
"""

import re

from pcacli.pki.der_reader import LONG_FORM, DerProblem, dotted, extent

# Source: RFC 2253, section 2.3.
KEYWORDS = {
    "2.5.4.3": "CN",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
    "2.5.4.6": "C",
    "2.5.4.9": "STREET",
    "0.9.2342.19200300.100.1.25": "DC",
    "0.9.2342.19200300.100.1.1": "UID",
}

# The tags of the types that Java takes for text. As in Java, bytes that are not ASCII count as UTF-8 where the type has
# no such characters; unlike Java, T61String and BMPString are converted by their own rules (RFC 2253, section 2.4).
_TEXT_ENCODINGS = {
    0x0C: "utf-8",  # UTF8String
    0x13: "utf-8",  # PrintableString
    0x14: "latin-1",  # T61String, which everybody fills with Latin-1
    0x16: "utf-8",  # IA5String
    0x1B: "utf-8",  # GeneralString
    0x1E: "utf-16-be",  # BMPString
}

# Java escapes "=" and every "#" too, which RFC 2253 permits.
_ESCAPES = str.maketrans({character: f"\\{character}" for character in ',=+<>#;"\\'} | {"\0": r"\00"})
_ESCAPED_AT_THE_ENDS = " \r"
# Nearly every text has nothing to escape, which an inventory of very many certificates finds out four times faster.
_ESCAPED = re.compile(r'[,=+<>#;"\\\0]')
# One attribute by itself, of a type of X.520 and a string that is UTF-8 here: what nearly every part of a name is.
_PLAIN_ATTRIBUTE = re.compile(rb"\x31[\x00-\x7f]\x30[\x00-\x7f]\x06\x03\x55\x04(.)[\x0c\x13\x16][\x00-\x7f]", re.DOTALL)
_X520_KEYWORDS = {
    bytes((int(oid.rpartition(".")[2]),)): word for oid, word in KEYWORDS.items() if oid.startswith("2.5.4.")
}


def rfc2253(name: bytes) -> str:
    """Write the DER of a Name as text.

    An inventory asks for very many, so that positions are handed on and nothing is copied but the values.

    Raises:
        ValueError: the bytes are not a Name.
    """
    try:
        return _name(name)
    except IndexError as error:
        raise DerProblem("these bytes are less than a name") from error


def _name(name: bytes) -> str:
    position, end = extent(name, 0)
    if end != len(name):
        raise DerProblem("these bytes are more than a name")
    names = []
    while position < end:
        plain = _PLAIN_ATTRIBUTE.match(name, position)
        if plain and (text := _plain(name, position, plain)) is not None:
            names.append(text)
            position += 2 + name[position + 1]
            continue
        # As `extent` would say it, here and below (der_reader.py, LONG_FORM).
        length = name[position + 1]
        start, position = (position + 2, position + 2 + length) if length < LONG_FORM else extent(name, position)
        # An empty set, which RFC 5280 forbids, names nothing, as OpenSSL has it.
        if start != position:
            names.append(_relative(name, start, position))
    names.reverse()
    return ",".join(names)


def _plain(name: bytes, position: int, head: "re.Match[bytes]") -> str | None:
    """Write the attribute behind a head, None if the lengths there do not fit or its type has no keyword."""
    start, end = head.end(), position + 2 + name[position + 1]
    keyword = _X520_KEYWORDS.get(head[1])
    if keyword is None or name[start - 1] != end - start or name[position + 3] != end - position - 4:
        return None
    return f"{keyword}={_escaped(name[start:end].decode('utf-8', 'replace'))}"


def _relative(name: bytes, position: int, end: int) -> str:
    """Write the attributes of one relative distinguished name, nearly always one."""
    start, position = extent(name, position)
    text = _attribute(name, start, position)
    while position < end:
        start, position = extent(name, position)
        text += f"+{_attribute(name, start, position)}"
    return text


def _attribute(name: bytes, position: int, end: int) -> str:
    length = name[position + 1]
    start, value = (position + 2, position + 2 + length) if length < LONG_FORM else extent(name, position)
    kind = dotted(name[start:value])
    keyword = KEYWORDS.get(kind)
    length = name[value + 1]
    start, end_of_value = (value + 2, value + 2 + length) if length < LONG_FORM else extent(name, value)
    if end_of_value != end:
        raise DerProblem("an attribute of the name has not two parts")
    encoding = _TEXT_ENCODINGS.get(name[value])
    if keyword is None or encoding is None:
        return f"{keyword or kind}=#{name[value:end].hex()}"
    return f"{keyword}={_escaped(name[start:end].decode(encoding, 'replace'))}"


def _escaped(text: str) -> str:
    middle = text.strip(_ESCAPED_AT_THE_ENDS)
    if middle == text and not _ESCAPED.search(text):
        return text
    before, _, after = text.partition(middle) if middle else (text, "", "")
    return _each_escaped(before) + middle.translate(_ESCAPES) + _each_escaped(after)


def _each_escaped(spaces: str) -> str:
    return "".join(f"\\{character}" for character in spaces)
