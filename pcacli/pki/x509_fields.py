"""Takes certificates, requests and CRLs apart by their structure alone, as leniently as OpenSSL reads them.

Nothing is judged here, and no value is read; `oddities` names what is strange.
Sources: RFC 5280, sections 4.1 and 5.1; RFC 2986, section 4.1.
"""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

from pcacli.pki.ber_reader import first_element
from pcacli.pki.der_reader import DerProblem, Element, elements, extent
from pcacli.pki.der_writer import BIT_STRING, BOOLEAN, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE


class Kind(StrEnum):
    """What a document is."""

    CERTIFICATE = "CERTIFICATE"
    CERTIFICATE_REQUEST = "CERTIFICATE_REQUEST"
    CRL = "CRL"


class X509Fields(NamedTuple):
    """A document in parts: the fields of what is signed by name, and what is behind it.

    A field that is absent is not in `signed`. `encoded` is the document alone, as it was written; `rewritten` is the
    same in definite lengths, `following` the number of bytes behind it. `signed_bytes` is the encoding of what is
    signed.
    """

    encoded: bytes
    rewritten: bytes
    following: int
    signed_bytes: bytes
    signed: Mapping[str, Element]
    algorithm: Element
    signature: Element

    @property
    def signature_bits(self) -> bytes:
        """The signature without the number of its unused bits."""
        return self.signature.content[1:]


class WrittenExtension(NamedTuple):
    """An extension as it is written: its identifier, the BOOLEAN (None where it is absent) and the value."""

    identifier: bytes
    critical: bytes | None
    value: bytes


# OpenSSL does not ask whether these say that they have parts.
_CONSTRUCTED = {0x10: 0x30, 0x80: 0xA0, 0x81: 0xA1, 0x82: 0xA2, 0x83: 0xA3}
# The tags of the fields of the signed part, in their order. The names are those of the RFCs.
_SHAPES = {
    Kind.CERTIFICATE: re.compile(
        rb"(?P<version>\xa0)?(?P<serial>\x02)(?P<signature>\x30)(?P<issuer>\x30)(?P<validity>\x30)(?P<subject>\x30)"
        rb"(?P<key>\x30)(?P<issuer_unique_id>\xa1)?(?P<subject_unique_id>\xa2)?(?P<extensions>\xa3)?"
    ),
    Kind.CERTIFICATE_REQUEST: re.compile(rb"(?P<version>\x02)(?P<subject>\x30)(?P<key>\x30)(?P<attributes>\xa0)?"),
    Kind.CRL: re.compile(
        rb"(?P<version>\x02)?(?P<signature>\x30)(?P<issuer>\x30)(?P<this_update>[\x17\x18])"
        rb"(?P<next_update>[\x17\x18])?(?P<revoked>\x30)?(?P<extensions>\xa0)?"
    ),
}
_MOST_FIELDS = 10


def take_apart(kind: Kind, data: bytes) -> X509Fields:
    """Find the fields of a document of a kind at the beginning of the bytes, in DER or BER.

    Raises:
        DerProblem: there is none.
    """
    found = _found(data)
    if found is None or kind not in found:
        raise DerProblem(f"it is not a {kind.lower().replace('_', ' ')}")
    return found[kind]


def kind_of(data: bytes) -> Kind | None:
    """Return what the bytes begin with, None if it is nothing of X.509."""
    return next(iter(_found(data) or ()), None)


def _found(data: bytes) -> dict[Kind, X509Fields] | None:
    """Return the fields by each kind that the bytes can be, which is one as a rule."""
    try:
        rewritten, length = first_element(data)
        signed, algorithm, signature = _around_signature(rewritten)
        fields = _fields(signed)
    except (IndexError, ValueError):
        return None
    tags = bytes(_CONSTRUCTED.get(field.tag, field.tag) for field in fields)
    found = {}
    for kind, shape in _SHAPES.items():
        match = shape.fullmatch(tags)
        if match is not None:
            named = {name: fields[match.start(name)] for name, tag in match.groupdict().items() if tag is not None}
            following = len(data) - length
            found[kind] = X509Fields(data[:length], rewritten, following, signed, named, algorithm, signature)
    return found


def extension_list(field: Element) -> tuple[WrittenExtension, ...]:
    """Read the extensions in their field, which has a tag of its own around the SEQUENCE.

    Raises:
        DerProblem: one of them is something else than identifier, BOOLEAN and OCTET STRING.
    """
    (sequence,) = _exactly(1, field.content)
    return tuple(map(_extension, elements(sequence.content)))


def requested_extensions(attributes: Element) -> tuple[WrittenExtension, ...]:
    """Read the extensions that the attributes of a request ask for.

    Raises:
        DerProblem: they cannot be read.
    """
    found: list[WrittenExtension] = []
    for attribute in elements(attributes.content):
        kind, values = _exactly(2, attribute.content)
        if kind.content in _EXTENSION_REQUESTS:
            for value in elements(values.content):
                found.extend(map(_extension, elements(value.content)))
    return tuple(found)


def names_in(name: Element) -> Iterator[list[Element]]:
    """Yield the attributes of each relative distinguished name, each a SEQUENCE of type and value.

    Raises:
        DerProblem: it is no name.
    """
    for relative in elements(name.content):
        yield list(elements(relative.content))


# RFC 2985 section 5.4.2; Microsoft's older identifier for the same, which OpenSSL reads, too.
_EXTENSION_REQUESTS = (b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x0e", b"\x2b\x06\x01\x04\x01\x82\x37\x02\x01\x0e")


def _around_signature(document: bytes) -> tuple[bytes, Element, Element]:
    """Return the signed part as it is encoded, the algorithm, and the signature.

    Raises:
        DerProblem: these are not the three parts.
    """
    start, end = extent(document, 0)
    _, end_of_signed = extent(document, start)
    algorithm, signature = _exactly(2, document[end_of_signed:end])
    if (document[0], document[start], algorithm.tag, signature.tag) != (SEQUENCE, SEQUENCE, SEQUENCE, BIT_STRING):
        raise DerProblem("the parts are others")
    return document[start:end_of_signed], algorithm, signature


def _fields(signed: bytes) -> list[Element]:
    start, end = extent(signed, 0)
    fields = []
    for element in elements(signed[start:end]):
        fields.append(element)
        if len(fields) > _MOST_FIELDS:
            raise DerProblem("there are too many fields")
    return fields


def _extension(element: Element) -> WrittenExtension:
    identifier, *middle, value = elements(element.content)
    tags = (identifier.tag, *(each.tag for each in middle), value.tag)
    if tags not in {(OBJECT_IDENTIFIER, OCTET_STRING), (OBJECT_IDENTIFIER, BOOLEAN, OCTET_STRING)}:
        raise DerProblem("an extension is something else")
    return WrittenExtension(identifier.content, middle[0].content if middle else None, value.content)


def _exactly(count: int, data: bytes) -> list[Element]:
    found = list(elements(data))
    if len(found) != count:
        raise DerProblem(f"there are {len(found)} parts and not {count}")
    return found
