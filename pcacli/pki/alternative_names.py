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
from pcacli.pki.object_identifiers import identifier_of
from pcacli.pki.subject_attributes import CONTROL_CHARACTER, read_name

_ADDRESS_OCTETS = (4, 16)
_DEEPEST = 16
_CONSTRUCTED = 0x20
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#@!$&'()*+,;=\[\]-]|%[0-9A-Fa-f]{2})+")


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
    if not _URI.fullmatch(content.decode("ascii")):
        raise DerProblem("is no absolute URI")


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
    context_tag(2): ("dNSName", _text),
    context_tag(4, constructed=True): ("directoryName", _directory_name),
    context_tag(5, constructed=True): ("ediPartyName", _well_formed),
    context_tag(6): ("uniformResourceIdentifier", _uri),
    context_tag(7): ("iPAddress", _address),
    context_tag(8): ("registeredID", _registered_identifier),
}
