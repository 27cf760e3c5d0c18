"""Checks the names in a subject or issuer alternative name: each can be read by everybody, whatever its kind.

Sources: RFC 5280, section 4.2.1.6 (kinds and their types), RFC 3986, section 3 (URIs); AWS Private CA User Guide,
validation of IssueCertificate requests: an entry that is empty, only white space or holds a control character, and an
address that is not 4 or 16 octets long, are refused with or without policies.
Assumption: the other rules, where AWS's are not known: what a strict reader needs, and no more. An x400Address is
refused, since GnuTLS reads no certificate that has one; GnuTLS does not read an ediPartyName either, but the API has
that kind.
"""

import re
from collections.abc import Callable

from pcacli.pki.der_reader import DerProblem, Element, elements
from pcacli.pki.der_writer import OBJECT_IDENTIFIER, SEQUENCE, context_tag
from pcacli.pki.extension_contents import check_text
from pcacli.pki.object_identifiers import identifier_of
from pcacli.pki.subject_attributes import CONTROL_CHARACTER, read_name

_ADDRESS_OCTETS = (4, 16)
_PARTIES = ([0xA1], [0xA0, 0xA1])
_TEXTS = (0x0C, 0x13, 0x16, 0x1A, 0x1E)
_DEEPEST = 16
_CONSTRUCTED = 0x20
# RFC 3986, appendix A: scheme, then authority (user, host, port) and path, or a path alone; query; fragment.
_ESCAPED = "%[0-9A-Fa-f]{2}"
_PATH = rf"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|{_ESCAPED})*"
_QUERY = rf"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|{_ESCAPED})*"
_USER = rf"(?:(?:[A-Za-z0-9._~!$&'()*+,;=:-]|{_ESCAPED})*@)?"
_HOST = rf"(?:\[(?P<address>[0-9A-Fa-f:.]+)\]|(?:[A-Za-z0-9._~!$&'()*+,;=-]|{_ESCAPED})*)"
_HIERARCHY = rf"//(?!\Z){_USER}{_HOST}(?::[0-9]*)?(?=[/?#]|\Z){_PATH}|(?!//|[?#]|\Z){_PATH}"
_URI = re.compile(rf"[A-Za-z][A-Za-z0-9+.-]*:(?:{_HIERARCHY})(?:\?{_QUERY})?(?:\#{_QUERY})?")
_DNS_NAME_MAXIMUM_OCTETS = 253


def check_alternative_names(value: bytes) -> None:
    """Check the DER of GeneralNames.

    Raises:
        ValueError: a name is not what its kind says; the text says which, for the end of a sentence.
    """
    (names,) = elements(value)
    found = list(elements(names.content))
    if names.tag != SEQUENCE or not found:
        raise DerProblem("there is no alternative name in it")
    for name in found:
        check_general_name(name)


def check_general_name(name: Element) -> None:
    """Check one GeneralName.

    Raises:
        ValueError: the name is not what its kind says.
    """
    if name.tag not in _KINDS:
        raise DerProblem("an alternative name is of no known kind")
    kind, check = _KINDS[name.tag]
    try:
        check(name.content)
    except ValueError as problem:
        raise DerProblem(f"the {kind} {problem}") from problem


def _text(content: bytes) -> None:
    try:
        text = content.decode("ascii")
    except UnicodeDecodeError as problem:
        raise DerProblem("holds characters beyond ASCII") from problem
    if CONTROL_CHARACTER.search(text):
        raise DerProblem("holds a control character")
    if not text.strip(" "):
        raise DerProblem("is empty")


def _uri(content: bytes) -> None:
    _text(content)
    parsed = _URI.fullmatch(content.decode("ascii"))
    if parsed is None or (parsed["address"] is not None and not _is_ipv6(parsed["address"])):
        raise DerProblem("is no absolute URI")


def _is_ipv6(text: str) -> bool:
    import ipaddress

    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True


def _dns_name(content: bytes) -> None:
    """RFC 5280, section 4.2.1.6: no blank; and no comma, which separates names where programs show them."""
    _text(content)
    if b" " in content or b"," in content:
        raise DerProblem("holds a blank or a comma")
    if len(content) > _DNS_NAME_MAXIMUM_OCTETS:
        raise DerProblem(f"has more than {_DNS_NAME_MAXIMUM_OCTETS} characters")


def _party(content: bytes) -> None:
    """`{ nameAssigner [0] DirectoryString OPTIONAL, partyName [1] DirectoryString }`, with explicit tags."""
    parts = list(elements(content))
    if [part.tag for part in parts] not in _PARTIES:
        raise DerProblem("has no name")
    for part in parts:
        _inner_text(part.content)


def _inner_text(content: bytes) -> None:
    """Check the one text in a tag."""
    (text,) = elements(content)
    check_text(text)
    if not text.content.strip(b" \0"):
        raise DerProblem("is empty")


def _address(content: bytes) -> None:
    if len(content) not in _ADDRESS_OCTETS:
        raise DerProblem("does not have 4 or 16 octets")


def _directory_name(content: bytes) -> None:
    read = read_name(content)
    if not read.attributes:
        raise DerProblem("is empty")
    if read.encoded != content:
        raise DerProblem("holds characters that their type does not have")


def _registered_identifier(content: bytes) -> None:
    identifier_of(Element(OBJECT_IDENTIFIER, content, b""))


def _other_name(content: bytes) -> None:
    """`SEQUENCE { type-id OBJECT IDENTIFIER, value [0] EXPLICIT ANY }`, with an implicit tag."""
    identifier, value = elements(content)
    identifier_of(identifier)
    if value.tag != context_tag(0, constructed=True) or len(list(elements(value.content))) != 1:
        raise DerProblem("has no value")
    _well_formed(value.content)
    (inner,) = elements(value.content)
    if inner.tag in _TEXTS:
        _inner_text(value.content)


def _well_formed(content: bytes, depth: int = 0) -> None:
    """Walk through elements that nobody here interprets."""
    if depth > _DEEPEST:
        raise DerProblem("is nested too deep")
    for element in elements(content):
        if element.tag & _CONSTRUCTED:
            _well_formed(element.content, depth + 1)


_KINDS: dict[int, tuple[str, Callable[[bytes], None]]] = {
    context_tag(0, constructed=True): ("otherName", _other_name),
    context_tag(1): ("rfc822Name", _text),
    context_tag(2): ("dNSName", _dns_name),
    context_tag(4, constructed=True): ("directoryName", _directory_name),
    context_tag(5, constructed=True): ("ediPartyName", _party),
    context_tag(6): ("uniformResourceIdentifier", _uri),
    context_tag(7): ("iPAddress", _address),
    context_tag(8): ("registeredID", _registered_identifier),
}
