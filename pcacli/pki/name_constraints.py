"""Name constraints of CAs, and whether the names of a certificate keep to them.

Source: RFC 5280, sections 4.2.1.10 and 6.1.3 (b), (c); what it leaves open is as OpenSSL has it (`v3_ncons.c`): the
common name of an end entity without dNSNames counts as one, and a constraint that cannot be applied is kept by no name.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from pcacli.pki.der_reader import DerProblem, Element, dotted, elements
from pcacli.pki.der_writer import SEQUENCE

EMAIL, DNS, URI, DIRECTORY, ADDRESS = 0x81, 0x82, 0x86, 0xA4, 0x87
"""The tags of the names to which constraints can be applied here (RFC 5280, section 4.2.1.6)."""

_KINDS = {EMAIL: "e-mail address", DNS: "DNS name", URI: "URI", DIRECTORY: "directory name", ADDRESS: "IP address"}
_PERMITTED, _EXCLUDED = 0xA0, 0xA1
_EMAIL_ATTRIBUTE, _COMMON_NAME = "1.2.840.113549.1.9.1", "2.5.4.3"
_HOST_NAME = re.compile(
    r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?)+"
)
# The string types of X.520; in a T61String everybody writes Latin-1.
_ENCODINGS = {
    0x0C: "utf-8",
    0x12: "ascii",
    0x13: "ascii",
    0x14: "latin-1",
    0x16: "ascii",
    0x1A: "ascii",
    0x1C: "utf-32-be",
    0x1E: "utf-16-be",
}
_MOST_COMPARISONS = 1 << 16


class GeneralName(NamedTuple):
    """A name by its tag, and what is inside it."""

    tag: int
    content: bytes


class _Attribute(NamedTuple):
    """An attribute of a directory name as text."""

    oid: str
    text: str


class Constraints(NamedTuple):
    """The names that are permitted and those that are excluded."""

    permitted: tuple[GeneralName, ...]
    excluded: tuple[GeneralName, ...]


def read_constraints(value: bytes) -> Constraints:
    """Read the DER of the extension.

    Raises:
        DerProblem: it cannot be read, is empty, or has a minimum or maximum, which RFC 5280 does not know.
    """
    (whole,) = _list(value)
    found: dict[int, tuple[GeneralName, ...]] = {}
    for part in elements(whole.content):
        if part.tag not in (_PERMITTED, _EXCLUDED) or part.tag in found:
            raise DerProblem("the name constraints cannot be read")
        found[part.tag] = tuple(map(_base, elements(part.content)))
    if whole.tag != SEQUENCE or not any(found.values()):
        raise DerProblem("the name constraints cannot be read")
    return Constraints(found.get(_PERMITTED, ()), found.get(_EXCLUDED, ()))


def constrained_names(
    subject: bytes, alternative_names: Sequence[GeneralName], *, end_entity: bool
) -> list[GeneralName]:
    """Return the names of a certificate to which constraints apply; `subject` is the DER of the Name.

    Raises:
        ValueError: the subject cannot be read.
    """
    attributes = [attribute for relative in _relative_names(subject) for attribute in relative]
    names = [GeneralName(DIRECTORY, subject)] if attributes else []
    names += (GeneralName(EMAIL, one.text.encode()) for one in attributes if one.oid == _EMAIL_ATTRIBUTE)
    names += alternative_names
    if end_entity and not any(each.tag == DNS for each in alternative_names):
        common_names = (one.text for one in attributes if one.oid == _COMMON_NAME)
        names += (GeneralName(DNS, text.encode()) for text in common_names if _HOST_NAME.fullmatch(text))
    return names


def violations(constraints: Constraints, names: Sequence[GeneralName]) -> Iterator[str]:
    """Yield what is wrong with each name that the constraints forbid.

    Raises:
        DerProblem: there are too many to be compared.
    """
    if len(names) * (len(constraints.permitted) + len(constraints.excluded)) > _MOST_COMPARISONS:
        raise DerProblem("there are too many names and constraints to be compared")
    for name in names:
        kind = _KINDS.get(name.tag, "name of another kind")
        if any(_is_within(name, base, excluding=True) for base in constraints.excluded if base.tag == name.tag):
            yield f"excludes the {kind}"
        permitted = [base for base in constraints.permitted if base.tag == name.tag]
        if permitted and not any(_is_within(name, base, excluding=False) for base in permitted):
            yield f"does not permit the {kind}"


def _list(value: bytes) -> list[Element]:
    found = list(elements(value))
    if len(found) != 1:
        raise DerProblem("the name constraints cannot be read")
    return found


def _base(subtree: Element) -> GeneralName:
    """Read a subtree without minimum and maximum; a minimum of 0, which DER leaves out, is as good as none."""
    base, *others = elements(subtree.content) if subtree.content else (subtree,)
    if subtree.tag != SEQUENCE or not subtree.content or any(other.encoded != b"\x80\x01\0" for other in others):
        raise DerProblem("the name constraints cannot be read")
    return GeneralName(base.tag, base.content)


def _is_within(name: GeneralName, base: GeneralName, *, excluding: bool) -> bool:
    """Tell whether a name is within a base of its kind; one that cannot be compared is excluded and not permitted."""
    if name.tag == DNS:
        return _is_dns_name_within(name.content.lower(), base.content.lower(), excluding=excluding)
    if name.tag == EMAIL:
        return _is_email_within(name.content, base.content, excluding=excluding)
    if name.tag == DIRECTORY:
        return _is_directory_name_within(name.content, base.content, excluding=excluding)
    if name.tag == ADDRESS:
        return _is_address_within(name.content, base.content)
    host = _host(name.content) if name.tag == URI else None
    return excluding if host is None else _is_host_within(host, base.content.lower())


def _is_dns_name_within(name: bytes, base: bytes, *, excluding: bool) -> bool:
    if not base or name == base:
        return True
    if name.endswith(base if base.startswith(b".") else b"." + base):
        return True
    # A wildcard may stand for a name that is excluded.
    return excluding and name.startswith(b"*.") and base.partition(b".")[2] == name[2:]


def _is_host_within(host: bytes, base: bytes) -> bool:
    """Compare a host: with a dot in front the base means names below it, without one itself."""
    if not base:
        return True
    return host.endswith(base) and host != base if base.startswith(b".") else host == base


def _is_email_within(name: bytes, base: bytes, *, excluding: bool) -> bool:
    if excluding:
        # The mailbox alone tells capitals from small letters; that shall not let a name slip through.
        name, base = name.lower(), base.lower()
    local_part, at, host = name.rpartition(b"@")
    base_local_part, base_at, base_host = base.rpartition(b"@")
    if base_at:
        return bool(at) and (local_part, host.lower()) == (base_local_part, base_host.lower())
    return bool(at) and _is_host_within(host.lower(), base.lower())


def _host(uri: bytes) -> bytes | None:
    """Return the host of a URI, None if it has none that is a name."""
    try:
        host = urlsplit(uri.decode("ascii")).hostname
    except ValueError:
        return None
    return (
        host.encode().lower() if host and _HOST_NAME.fullmatch(host) and not host.replace(".", "").isdecimal() else None
    )


def _is_address_within(address: bytes, base: bytes) -> bool:
    if len(base) != 2 * len(address):
        return False
    network, mask = base[: len(address)], base[len(address) :]
    return all((octet ^ net) & bits == 0 for octet, net, bits in zip(address, network, mask, strict=True))


def _is_directory_name_within(name: bytes, base: bytes, *, excluding: bool) -> bool:
    """Compare relative names from the left, in capitals or small letters and whatever the string type."""
    try:
        theirs, ours = (list(map(_comparable, _relative_names(each))) for each in (name, base))
    except ValueError:
        return excluding
    return theirs[: len(ours)] == ours


def _comparable(relative: Sequence[_Attribute]) -> frozenset[tuple[str, str]]:
    return frozenset((each.oid, " ".join(each.text.split()).casefold()) for each in relative)


def _relative_names(name: bytes) -> Iterator[list[_Attribute]]:
    """Yield the attributes of each relative name in the DER of a Name.

    Raises:
        ValueError: it is something else.
    """
    (whole,) = elements(name)
    for relative in elements(whole.content):
        yield [_attribute(attribute) for attribute in elements(relative.content)]


def _attribute(attribute: Element) -> _Attribute:
    kind, value = elements(attribute.content)
    encoding = _ENCODINGS.get(value.tag)
    # What is no text is compared by its bytes.
    text = f"#{value.encoded.hex()}" if encoding is None else value.content.decode(encoding, "backslashreplace")
    return _Attribute(dotted(kind.content), text)
