"""Whom a certificate is for, as text: its subject and its subject alternative names.

An inventory asks for the names of very many certificates, so that no cryptographic library is loaded and what lies
between the names is stepped over, not copied.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from pcacli.pki.certificate_facts import subject
from pcacli.pki.der_reader import LONG_FORM, DerProblem, dotted, extent, skip
from pcacli.pki.der_writer import SEQUENCE
from pcacli.pki.distinguished_names import rfc2253

# Source: RFC 5280, section 4.1: the version is optional, the extensions are; both have tags of their own.
_EXTENSIONS_TAG, _TAG_NUMBER = 0xA3, 0x1F
_FIELDS_BEFORE_SUBJECT = 4  # serial number, signature algorithm, issuer, validity
_IPV4_OCTETS, _IPV6_OCTETS = 4, 16

# Expressions for what always looks the same, which they step over faster than Python can.
_SEQUENCE_TAG, _LENGTH = rb"\x30", rb"(?:[\x00-\x7f]|\x81.|\x82..|\x83...)"
_VERSION = rb"\xa0\x03\x02\x01."
_BEFORE_SERIAL_NUMBER = re.compile(2 * (_SEQUENCE_TAG + _LENGTH) + rb"(?:" + _VERSION + rb")?", re.DOTALL)
_BEFORE_EXTENSIONS = re.compile(rb"\xa3" + _LENGTH + _SEQUENCE_TAG + _LENGTH, re.DOTALL)
# The identifier 2.5.29.17, perhaps the mark "critical", and the head of the octet string.
_BEFORE_ALTERNATIVE_NAMES = re.compile(rb"\x06\x03\x55\x1d\x11(?:\x01\x01.)?\x04" + _LENGTH, re.DOTALL)


class Names(NamedTuple):
    """The subject in RFC 2253 form, and the alternative names; None where nobody knows them.

    `problem` says what cannot be read; what is left of the names is there.
    """

    subject: str
    alternative_names: tuple[str, ...] | None
    problem: str | None = None

    @property
    def title(self) -> str:
        """What a certificate is called: its subject, else its alternative names; empty if it has neither."""
        return self.subject or ", ".join(self.alternative_names or ())


UNREADABLE = "the certificate cannot be read"
NAMELESS = "(no name)"
"""What a certificate is called that has no name, or none that can be read."""


def certificate_names(certificate: bytes) -> Names:
    """Read the names out of the DER of a certificate.

    DNS names, addresses, e-mail addresses and URIs are written as they are, the other kinds with their ASN.1 name in
    front. Source: RFC 5280, section 4.2.1.6.

    Raises:
        ValueError: the bytes are not a certificate.
    """
    try:
        return _names(certificate)
    except IndexError as error:
        raise DerProblem("these bytes are no certificate") from error


def names_as_far_as_readable(certificate: bytes) -> Names:
    """Read the names out of whatever is said to be a certificate in DER, and say what of them cannot be read."""
    try:
        return certificate_names(certificate)
    except (ValueError, TypeError):
        pass
    found = _subject_text(certificate)
    if found is None:
        return Names("", None, UNREADABLE)
    return Names(found, None, "its subject alternative names cannot be read")


def subject_as_far_as_readable(certificate: bytes) -> str:
    """Return the subject of whatever is said to be a certificate in DER, or that it cannot be read."""
    found = _subject_text(certificate)
    return f"({UNREADABLE})" if found is None else found


def _subject_text(certificate: bytes) -> str | None:
    try:
        return rfc2253(subject(certificate))
    except (ValueError, TypeError, IndexError):
        return None


def title(certificate: bytes) -> str:
    """Return what to call a certificate (DER): its subject, else its alternative names, else that it has no name."""
    return names_as_far_as_readable(certificate).title or NAMELESS


def _names(certificate: bytes) -> Names:
    beginning = _BEFORE_SERIAL_NUMBER.match(certificate)
    _, end = extent(certificate, 0)
    if beginning is None:
        raise DerProblem("these bytes are no certificate")
    start = skip(certificate, beginning.end(), _FIELDS_BEFORE_SUBJECT)
    end_of_subject = skip(certificate, start, 1)
    return Names(rfc2253(certificate[start:end_of_subject]), _alternative_names(certificate, end_of_subject, end))


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
            if certificate[found.end()] != SEQUENCE:
                raise DerProblem("the subject alternative names are something else")
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
    except IndexError as error:
        raise DerProblem("these bytes are no names") from error


def _names_between(data: bytes, position: int, end: int) -> tuple[str, ...]:
    names = []
    while position < end:
        kind, length = data[position], data[position + 1]
        start, position = (position + 2, position + 2 + length) if length < LONG_FORM else extent(data, position)
        if position > end:
            raise DerProblem("a name is cut off")
        content = data[start:position]
        names.append(content.decode("utf-8", "replace") if kind in _TEXTS else _other_kind(kind, content))
    return tuple(names)


def _other_kind(tag: int, content: bytes) -> str:
    """Write a name that is no text; one that cannot be read is its DER in hexadecimal digits and spoils no other."""
    name, read = _OTHER_KINDS.get(tag, (f"[{tag & _TAG_NUMBER}]", None))
    try:
        return read(content) if read is not None else f"{name}:#{content.hex()}"
    except ValueError:
        return f"{name}:#{content.hex()}"


def _address(content: bytes) -> str:
    """Write an address, or in name constraints an address with its mask (RFC 5280, section 4.2.1.10).

    Raises:
        ValueError: the number of octets is that of neither.
    """
    if len(content) == _IPV4_OCTETS:
        return "{}.{}.{}.{}".format(*content)
    import ipaddress

    if len(content) == _IPV6_OCTETS:
        return str(ipaddress.IPv6Address(content))
    if len(content) not in (2 * _IPV4_OCTETS, 2 * _IPV6_OCTETS):
        raise DerProblem("these bytes are no address")
    address, mask = (
        ipaddress.ip_address(part) for part in (content[: len(content) // 2], content[len(content) // 2 :])
    )
    bits = int(mask).bit_count()
    is_prefix = int(mask) == (1 << mask.max_prefixlen) - (1 << mask.max_prefixlen - bits)
    return f"{address}/{bits if is_prefix else mask}"


# E-mail address, DNS name and URI: each an IA5String; who put other bytes into it meant UTF-8.
_TEXTS = frozenset({0x81, 0x82, 0x86})
# RFC 5280 section 4.2.1.6: names by their tags, and how they are written.
_OTHER_KINDS: dict[int, tuple[str, Callable[[bytes], str] | None]] = {
    0xA0: ("otherName", None),
    0xA3: ("x400Address", None),
    0xA4: ("directoryName", lambda content: f"directoryName:{rfc2253(content)}"),
    0xA5: ("ediPartyName", None),
    0x87: ("iPAddress", _address),
    0x88: ("registeredID", lambda content: f"registeredID:{dotted(content)}"),
}
