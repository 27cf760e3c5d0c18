"""Names what is odd about a certificate, a request or a CRL that can be shown: what RFC 5280 or DER forbid.

Showing is not judging: nothing is refused here. Each oddity is a sentence without its full stop.
Sources: RFC 5280, sections 4.1, 4.2 and 5.1; ITU-T X.690, sections 8.3.2, 11.1 and 11.6 (DER); X.680, section 41
(alphabets of the string types).
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from pcacli.pki.asn1_times import is_in_x509_form, read_time
from pcacli.pki.der_reader import DerProblem, Element, count, dotted, elements
from pcacli.pki.der_writer import BIT_STRING
from pcacli.pki.extension_texts import extension_name, is_readable
from pcacli.pki.extensions import SUBJECT_ALTERNATIVE_NAME, Extension
from pcacli.pki.x509_fields import Kind, WrittenExtension, X509Fields, extension_list, names_in, requested_extensions

_VERSIONS = {
    Kind.CERTIFICATE: (0, 1, 2),
    Kind.CERTIFICATE_REQUEST: (0,),
    Kind.CRL: (0, 1),
}
_VERSION_OF_EXTENSIONS = {Kind.CERTIFICATE: 2, Kind.CRL: 1}
_LARGEST_SERIAL_OCTETS = 20
_SIGN_BIT, _TRUE = 0x80, b"\xff"
_ASCII = re.compile(rb"[\x20-\x7e]*")
# What each string type can hold; of the other types nothing is known here.
_ALPHABETS: dict[int, tuple[str, Callable[[bytes], bool]]] = {
    0x0C: ("UTF8String", lambda text: _is_encoded(text, "utf-8")),
    0x12: ("NumericString", lambda text: re.fullmatch(rb"[0-9 ]*", text) is not None),
    0x13: ("PrintableString", lambda text: re.fullmatch(rb"[A-Za-z0-9 '()+,./:=?-]*", text) is not None),
    0x16: ("IA5String", lambda text: text.isascii()),
    0x1A: ("VisibleString", lambda text: _ASCII.fullmatch(text) is not None),
    0x1C: ("UniversalString", lambda text: _is_encoded(text, "utf-32-be")),
    0x1E: ("BMPString", lambda text: _is_encoded(text, "utf-16-be")),
}
# The string types, the two times, and the BIT STRING of a unique identifier (X.520).
_ATTRIBUTE_TAGS = frozenset({BIT_STRING, 0x0C, *range(0x12, 0x1F)})
# rfc822Name, dNSName and uniformResourceIdentifier: RFC 5280 section 4.2.1.6.
_TEXT_NAMES = frozenset({0x81, 0x82, 0x86})


def oddities(kind: Kind, found: X509Fields, *, key_is_read: bool = True) -> Iterator[str]:
    """Yield what is odd about a document, each thing once."""
    yield from _form(found)
    yield from _version(kind, found)
    if "serial" in found.signed:
        yield from _serial(found.signed["serial"].content)
    inner = found.signed.get("signature")
    if inner is not None and inner.encoded != found.algorithm.encoded:
        yield "the signature algorithm is not the one in the signed part"
    if found.signature.content[:1] != b"\0":
        yield "the signature says that bits of it are unused"
    yield from _times(found)
    for field in ("issuer", "subject"):
        if field in found.signed:
            yield from _name(field, found.signed[field], may_be_empty=field == "subject")
    if not key_is_read:
        yield "the public key cannot be read"
    yield from _revoked(found)
    yield from _extensions(kind, found)


def written_extensions(found: X509Fields) -> tuple[WrittenExtension, ...]:
    """Return the extensions of a certificate or CRL, or those that a request asks for.

    Raises:
        DerProblem: they cannot be read.
    """
    try:
        if "attributes" in found.signed:
            return requested_extensions(found.signed["attributes"])
        return extension_list(found.signed["extensions"]) if "extensions" in found.signed else ()
    except ValueError as problem:
        raise DerProblem("the extensions cannot be read") from problem


def _form(found: X509Fields) -> Iterator[str]:
    if found.encoded != found.rewritten:
        yield "it is written in BER and not in DER"
    if found.following:
        yield f"{found.following} bytes follow it"


def _version(kind: Kind, found: X509Fields) -> Iterator[str]:
    number = _version_number(kind, found)
    if number not in _VERSIONS[kind]:
        yield "its version does not exist" if number is None else f"its version {number + 1} does not exist"
    elif number == 0 and kind is not Kind.CERTIFICATE_REQUEST and "version" in found.signed:
        yield "its version 1 is written out"
    if number is not None and number != _VERSION_OF_EXTENSIONS.get(kind, number) and "extensions" in found.signed:
        yield f"it has extensions, but the version {number + 1}"
    if number == 0 and not found.signed.keys().isdisjoint({"issuer_unique_id", "subject_unique_id"}):
        yield "it has a unique identifier, but the version 1"


def _version_number(kind: Kind, found: X509Fields) -> int | None:
    if "version" not in found.signed:
        return 0
    content = found.signed["version"].content
    if kind is Kind.CERTIFICATE:
        try:
            (integer,) = elements(content)
        except ValueError:
            return None
        content = integer.content
    return int.from_bytes(content, "big", signed=True) if len(content) == 1 else None


def _serial(octets: bytes) -> Iterator[str]:
    if not octets.strip(b"\0"):
        yield "its serial number is zero"
    elif octets[0] & _SIGN_BIT:
        yield "its serial number is negative"
    if len(octets) > _LARGEST_SERIAL_OCTETS:
        yield f"its serial number has {len(octets)} octets, more than {_LARGEST_SERIAL_OCTETS}"
    if len(octets) > 1 and (octets[0], octets[1] & _SIGN_BIT) in {(0, 0), (0xFF, _SIGN_BIT)}:
        yield "its serial number is not written in the shortest form"


def _times(found: X509Fields) -> Iterator[str]:
    times = times_of(found)
    for name, time in times.items():
        if read_time(time) is None:
            yield f"the time {name} cannot be read"
        elif not is_in_x509_form(time):
            yield f"the time {name} is not written as RFC 5280 asks for"
    read = [read_time(time) for time in times.values()]
    first, last = read[0] if read else None, read[-1] if read else None
    if first is not None and last is not None and last < first:
        yield "it ends before it begins"


def times_of(found: X509Fields) -> dict[str, Element]:
    """Return the times in a document by the names of the RFC, in their order; none where they cannot be told."""
    if "validity" in found.signed:
        try:
            return dict(zip(("notBefore", "notAfter"), elements(found.signed["validity"].content), strict=True))
        except ValueError:
            return {}
    named = {"thisUpdate": "this_update", "nextUpdate": "next_update"}
    return {name: found.signed[field] for name, field in named.items() if field in found.signed}


def _name(field: str, name: Element, *, may_be_empty: bool) -> Iterator[str]:
    if not name.content and not may_be_empty:
        yield f"the {field} is empty"
    try:
        relative_names = list(names_in(name))
        yield from dict.fromkeys(each for one in relative_names for each in _relative_name(field, one))
    except ValueError:
        yield f"the {field} cannot be read"


def _relative_name(field: str, attributes: Sequence[Element]) -> Iterator[str]:
    if not attributes:
        yield f"the {field} has an empty set of attributes"
    encodings = [attribute.encoded for attribute in attributes]
    if encodings != sorted(encodings):
        yield f"the {field} has attributes that are not sorted as DER sorts them"
    for attribute in attributes:
        _kind, value = elements(attribute.content)
        title, fits = _ALPHABETS.get(value.tag, ("", bool))
        if value.tag not in _ATTRIBUTE_TAGS:
            yield f"the {field} has an attribute that is no text"
        elif not value.content:
            yield f"the {field} has an empty attribute"
        elif title and not fits(value.content):
            yield f"the {field} has characters that a {title} cannot hold"


def _revoked(found: X509Fields) -> Iterator[str]:
    if "revoked" not in found.signed:
        return
    try:
        number = count(found.signed["revoked"].content)
    except ValueError:
        yield "the revoked certificates cannot be read"
    else:
        if not number:
            yield "the list of revoked certificates is empty"


def _extensions(kind: Kind, found: X509Fields) -> Iterator[str]:
    try:
        extensions = written_extensions(found)
    except DerProblem as problem:
        yield f"{problem}"
        return
    names = [_extension_name(extension) for extension in extensions]
    yield from (f"the extension {name} is there {count} times" for name, count in Counter(names).items() if count > 1)
    if not extensions and kind is not Kind.CERTIFICATE_REQUEST and "extensions" in found.signed:
        yield "the list of extensions is empty"
    for name, extension in zip(names, extensions, strict=True):
        if extension.critical not in (None, _TRUE):
            said = "FALSE" if not any(extension.critical or b"") else "TRUE"
            yield f"the extension {name} says critical={said} in a way that DER does not write"
        yield from _value(name, extension)


def _extension_name(extension: WrittenExtension) -> str:
    try:
        return extension_name(dotted(extension.identifier))
    except DerProblem:
        return f"#{extension.identifier.hex()}"


def _value(name: str, extension: WrittenExtension) -> Iterator[str]:
    try:
        oid = dotted(extension.identifier)
    except DerProblem:
        return
    if not is_readable(Extension(oid, critical=False, value=extension.value)):
        yield f"the value of the extension {name} cannot be read"
    elif oid == SUBJECT_ALTERNATIVE_NAME and not all(map(_is_name, _general_names(extension.value))):
        yield f"the extension {name} has a name with characters that it cannot hold"


def _general_names(value: bytes) -> list[Element]:
    (names,) = elements(value)
    return list(elements(names.content))


def _is_name(name: Element) -> bool:
    return name.tag not in _TEXT_NAMES or _ASCII.fullmatch(name.content) is not None


def _is_encoded(text: bytes, encoding: str) -> bool:
    try:
        text.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
