"""Whom a certificate is for, as text: its subject and its subject alternative names.

An inventory asks for the names of very many certificates, so that no cryptographic library is loaded and what lies
between the names is stepped over, not copied.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from pcacli.pki.der_reader import LONG_FORM, DerProblem, dotted, extent, skip
from pcacli.pki.distinguished_names import rfc2253

# Source: RFC 5280, section 4.1: the version is optional, the extensions are; both have tags of their own.
_EXTENSIONS_TAG, _TAG_NUMBER = 0xA3, 0x1F
_FIELDS_BEFORE_SUBJECT = 4  # serial number, signature algorithm, issuer, validity
_IPV4_OCTETS, _IPV6_OCTETS = 4, 16

# Expressions for what always looks the same, which they step over faster than Python can.
_SEQUENCE, _LENGTH = rb"\x30", rb"(?:[\x00-\x7f]|\x81.|\x82..|\x83...)"
_VERSION = rb"\xa0\x03\x02\x01."
_BEFORE_SERIAL_NUMBER = re.compile(2 * (_SEQUENCE + _LENGTH) + rb"(?:" + _VERSION + rb")?", re.DOTALL)
_BEFORE_EXTENSIONS = re.compile(rb"\xa3" + _LENGTH + _SEQUENCE + _LENGTH, re.DOTALL)
# The identifier 2.5.29.17, perhaps the mark "critical", and the head of the octet string.
_BEFORE_ALTERNATIVE_NAMES = re.compile(rb"\x06\x03\x55\x1d\x11(?:\x01\x01.)?\x04" + _LENGTH, re.DOTALL)


class Names(NamedTuple):
    """The subject in RFC 2253 form, and the alternative names; None where nobody knows them."""

    subject: str
    alternative_names: tuple[str, ...] | None


def certificate_names(certificate: bytes) -> Names:
    """Read the names out of the DER of a certificate.

    DNS names, addresses, e-mail addresses and URIs are written as they are, the other kinds with their ASN.1 name in
    front. Source: RFC 5280, section 4.2.1.6.

    Raises:
        ValueError: the bytes are not a certificate.
    """
    try:
        return _names(certificate)
    except (IndexError, KeyError) as error:
        raise DerProblem("these bytes are no certificate") from error


def _names(certificate: bytes) -> Names:
    beginning = _BEFORE_SERIAL_NUMBER.match(certificate)
    _, end = extent(certificate, 0)
    if beginning is None:
        raise DerProblem("these bytes are no certificate")
    subject = skip(certificate, beginning.end(), _FIELDS_BEFORE_SUBJECT)
    end_of_subject = skip(certificate, subject, 1)
    return Names(rfc2253(certificate[subject:end_of_subject]), _alternative_names(certificate, end_of_subject, end))


def _alternative_names(certificate: bytes, position: int, end: int) -> tuple[str, ...]:
    """Find the extensions from a field of the signed part on, and the names in them."""
    found = _BEFORE_ALTERNATIVE_NAMES.search(certificate, position)
    while found and position < end and certificate[position] != _EXTENSIONS_TAG:
        position = skip(certificate, position, 1)
    extensions = _BEFORE_EXTENSIONS.match(certificate, position)
    if extensions is None:
        return ()
    position = extensions.end()
    # What was found may also stand within another extension, so that one has to walk there.
    while found:
        start, wanted = position, found.start()
        while position <= wanted:
            # As `extent` would say it, here and below (der_reader.py, LONG_FORM).
            length = certificate[position + 1]
            start, position = (
                (position + 2, position + 2 + length) if length < LONG_FORM else extent(certificate, position)
            )
        if start == wanted:
            return _names_between(certificate, *extent(certificate, found.end()))
        found = _BEFORE_ALTERNATIVE_NAMES.search(certificate, position)
    return ()


def general_name_texts(names: bytes) -> tuple[str, ...]:
    """Write the names that stand one behind the other in DER, as `certificate_names` does.

    Raises:
        ValueError: the bytes are something else.
    """
    try:
        return _names_between(names, 0, len(names))
    except (IndexError, KeyError) as error:
        raise DerProblem("these bytes are no names") from error


def _names_between(data: bytes, position: int, end: int) -> tuple[str, ...]:
    names = []
    while position < end:
        kind, length = data[position] & _TAG_NUMBER, data[position + 1]
        start, position = (position + 2, position + 2 + length) if length < LONG_FORM else extent(data, position)
        content = data[start:position]
        names.append(content.decode("utf-8", "replace") if kind in _TEXTS else _OTHER_KINDS[kind](content))
    return tuple(names)


def _address(content: bytes) -> str:
    if len(content) == _IPV4_OCTETS:
        return "{}.{}.{}.{}".format(*content)
    import ipaddress

    if len(content) == _IPV6_OCTETS:
        return str(ipaddress.IPv6Address(content))
    # In name constraints a mask of the same length stands behind the address (RFC 5280, section 4.2.1.10).
    address, mask = (
        int.from_bytes(part, "big") for part in (content[: len(content) // 2], content[len(content) // 2 :])
    )
    family = ipaddress.IPv4Address if len(content) == 2 * _IPV4_OCTETS else ipaddress.IPv6Address
    return f"{family(address)}/{mask.bit_count()}"


def _unread(kind: str) -> Callable[[bytes], str]:
    return lambda content: f"{kind}:#{content.hex()}"


# E-mail address, DNS name and URI: each an IA5String; who put other bytes into it meant UTF-8.
_TEXTS = (1, 2, 6)
_OTHER_KINDS: dict[int, Callable[[bytes], str]] = {
    0: _unread("otherName"),
    3: _unread("x400Address"),
    4: lambda content: f"directoryName:{rfc2253(content)}",
    5: _unread("ediPartyName"),
    7: _address,
    8: lambda content: f"registeredID:{dotted(content)}",
}
