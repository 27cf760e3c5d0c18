"""What other programs read in known extensions where `cryptography` looks away, and no reader should have to guess.

Every object identifier and every text in them is looked at, wherever it stands; `RULES` has what a value must say.
Sources: RFC 5280, sections 4.2.1.3 to 4.2.1.10; what GnuTLS 3.7 and OpenSSL 3.0 refuse or leave out.
"""

from collections.abc import Callable
from functools import lru_cache

from pcacli.pki import extensions as known
from pcacli.pki.der_reader import DerProblem, Element, elements
from pcacli.pki.der_writer import OBJECT_IDENTIFIER, SEQUENCE, SET, context_tag
from pcacli.pki.object_identifiers import identifier_of
from pcacli.pki.subject_attributes import CONTROL_CHARACTER

# RFC 5280 (two arcs), Netscape, Microsoft: whose values are known to be DER.
_KNOWN = ("2.5.29.", "1.3.6.1.5.5.7.1.", "2.16.840.1.113730.1.", "1.3.6.1.4.1.311.")
_ENCODINGS = {0x0C: "utf-8", 0x12: "ascii", 0x13: "ascii", 0x16: "ascii", 0x1A: "ascii", 0x1E: "utf-16-be"}
# rfc822Name, dNSName and uniformResourceIdentifier; in a distribution point the first two tags mean other things.
_NAMES, _URI = (context_tag(1), context_tag(2), context_tag(6)), (context_tag(6),)
_NAME_TAGS = {
    known.NAME_CONSTRAINTS: _NAMES,
    known.AUTHORITY_INFORMATION_ACCESS: _NAMES,
    known.SUBJECT_INFORMATION_ACCESS: _NAMES,
    known.CRL_DISTRIBUTION_POINTS: _URI,
    "2.5.29.46": _URI,  # freshest CRL
}
_CONSTRUCTED, _DEEPEST = 0x20, 16
_KEY_USAGE_OCTETS = _LENGTH_OCTETS = 2


@lru_cache(maxsize=512)
def check_contents(oid: str, value: bytes) -> None:
    """Check the value of an extension; most are the same in all that a CA issues, and are looked at once.

    Raises:
        ValueError: it holds what a reader cannot read or what means nothing; the text is for the end of a sentence.
    """
    if oid.startswith(_KNOWN):
        _walk(value, _NAME_TAGS.get(oid, ()), 0)
    RULES.get(oid, _anything)(value)


def _walk(content: bytes, name_tags: tuple[int, ...], depth: int) -> None:
    if depth > _DEEPEST:
        raise DerProblem("it is nested too deep")
    for element in elements(content):
        if element.tag & _CONSTRUCTED:
            _walk(element.content, name_tags, depth + 1)
        elif element.tag == OBJECT_IDENTIFIER:
            identifier_of(element)
        elif element.tag in _ENCODINGS or element.tag in name_tags:
            check_text(element)


def check_text(element: Element) -> None:
    """Check a string of any type; one with a tag of its own is an IA5String.

    Raises:
        DerProblem: it holds what is none of its characters, or a control character.
    """
    try:
        text = element.content.decode(_ENCODINGS.get(element.tag, "ascii"))
    except UnicodeDecodeError as problem:
        raise DerProblem("it holds characters that their type does not have") from problem
    if CONTROL_CHARACTER.search(text):
        raise DerProblem("it holds a control character")


def _anything(_: bytes) -> None:
    """Accept what has no rule of its own."""


def _key_usage(value: bytes) -> None:
    """At least one bit is set (RFC 5280 section 4.2.1.3); GnuTLS has no room for more than two octets."""
    (bits,) = elements(value)
    if not any(bits.content[1:]) or len(bits.content) > 1 + _KEY_USAGE_OCTETS:
        raise DerProblem("it has no usage, or more bits than there are usages")


def _policies(value: bytes) -> None:
    """One at least, each once (RFC 5280 section 4.2.1.4)."""
    (listed,) = elements(value)
    policies = [next(iter(elements(each.content))).content for each in elements(listed.content)]
    if not policies or len(set(policies)) < len(policies):
        raise DerProblem("it has no policy, or the same one twice")


def _some(value: bytes) -> None:
    """One place at least (RFC 5280 sections 4.2.1.13, 4.2.2.1 and 4.2.2.2), and none that says nothing."""
    (listed,) = elements(value)
    places = list(elements(listed.content))
    if not places or not all(place.content for place in places):
        raise DerProblem("it names no place")


def _timestamps(value: bytes) -> None:
    """One at least (RFC 6962 section 3.3), behind the length of all."""
    (listed,) = elements(value)
    if len(listed.content) <= _LENGTH_OCTETS:
        raise DerProblem("it has no signed timestamp")


def _pairs(second_tag: int) -> Callable[[bytes], None]:
    """Return the check of a list of pairs: an object identifier, and a value with this tag."""

    def check(value: bytes) -> None:
        (listed,) = elements(value)
        tags = [[part.tag for part in elements(each.content)] for each in elements(listed.content)]
        if listed.tag != SEQUENCE or not tags or any(each != [OBJECT_IDENTIFIER, second_tag] for each in tags):
            raise DerProblem("it is no list of pairs as it should be")

    return check


RULES: dict[str, Callable[[bytes], None]] = {
    known.KEY_USAGE: _key_usage,
    known.CRL_DISTRIBUTION_POINTS: _some,
    known.AUTHORITY_INFORMATION_ACCESS: _some,
    known.SUBJECT_INFORMATION_ACCESS: _some,
    "2.5.29.46": _some,  # freshest CRL
    known.CERTIFICATE_POLICIES: _policies,
    "1.3.6.1.4.1.11129.2.4.2": _timestamps,
    known.POLICY_MAPPINGS: _pairs(OBJECT_IDENTIFIER),
    known.SUBJECT_DIRECTORY_ATTRIBUTES: _pairs(SET),
}
"""What a value must say, by identifier."""
