"""Whom a certificate is for, as text: its subject and its subject alternative names.

An inventory asks for the names of very many certificates, so that no cryptographic library is loaded and what lies
between the names is stepped over, not copied.
"""

from collections.abc import Callable
from typing import NamedTuple

from pcacli.pki.der_reader import LONG_FORM, DerProblem, dotted, extent, skip
from pcacli.pki.distinguished_names import rfc2253

# Source: RFC 5280, section 4.1: the version is optional, the extensions are; both have tags of their own.
_VERSION_TAG, _EXTENSIONS_TAG = 0xA0, 0xA3
_BOOLEAN_TAG, _TAG_NUMBER = 0x01, 0x1F
_FIELDS_BEFORE_SUBJECT = 4  # serial number, signature algorithm, issuer, validity
_IPV4_OCTETS, _IPV6_OCTETS = 4, 16
# The identifier of the extension, 2.5.29.17, as an element.
_SUBJECT_ALTERNATIVE_NAME = bytes.fromhex("0603551d11")


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
    position, _ = extent(certificate, 0)
    position, end = extent(certificate, position)
    position = skip(certificate, position, _FIELDS_BEFORE_SUBJECT + (certificate[position] == _VERSION_TAG))
    end_of_subject = skip(certificate, position, 1)
    subject = certificate[position:end_of_subject]
    return Names(rfc2253(subject), _alternative_names(certificate, end_of_subject, end))


def _alternative_names(certificate: bytes, position: int, end: int) -> tuple[str, ...]:
    """Find the extensions from a field of the signed part on, and the names in them."""
    while position < end and certificate[position] != _EXTENSIONS_TAG:
        position = skip(certificate, position, 1)
    if position >= end:
        return ()
    position, _ = extent(certificate, position)
    position, end = extent(certificate, position)
    found = certificate.find(_SUBJECT_ALTERNATIVE_NAME, position, end)
    # These bytes may also stand within another extension, so that one has to walk there.
    while position < end and found >= 0:
        # As `extent` would say it; the lengths are short as a rule, and a call for each is most of the time.
        length = certificate[position + 1]
        start, position = (position + 2, position + 2 + length) if length < LONG_FORM else extent(certificate, position)
        if start == found:
            return _general_names(certificate, start + len(_SUBJECT_ALTERNATIVE_NAME))
        if position > found:
            found = certificate.find(_SUBJECT_ALTERNATIVE_NAME, position, end)
    return ()


def _general_names(certificate: bytes, position: int) -> tuple[str, ...]:
    """Read the value of the extension: GeneralNames in an octet string, perhaps behind the mark "critical"."""
    if certificate[position] == _BOOLEAN_TAG:
        _, position = extent(certificate, position)
    position, _ = extent(certificate, position)
    position, end = extent(certificate, position)
    return _names_between(certificate, position, end)


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
        kind = data[position] & _TAG_NUMBER
        start, position = extent(data, position)
        names.append(_KINDS[kind](data[start:position]))
    return tuple(names)


def _text(content: bytes) -> str:
    # An IA5String; who put other bytes into it meant UTF-8.
    return content.decode("utf-8", "replace")


def _address(content: bytes) -> str:
    if len(content) == _IPV4_OCTETS:
        return ".".join(map(str, content))
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


_KINDS: dict[int, Callable[[bytes], str]] = {
    0: _unread("otherName"),
    1: _text,
    2: _text,
    3: _unread("x400Address"),
    4: lambda content: f"directoryName:{rfc2253(content)}",
    5: _unread("ediPartyName"),
    6: _text,
    7: _address,
    8: lambda content: f"registeredID:{dotted(content)}",
}
