"""Extensions for people: the name of each, and its value as lines of text.

Everything is read from the DER of one extension, so that a damaged one spoils no other: it is shown as it is.
Sources: RFC 5280, sections 4.2 and 5.2; RFC 6960, section 4.2.2.2.1; RFC 7633; the names are the RFCs' own.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from pcacli.pki import extensions as known
from pcacli.pki.certificate_names import general_name_texts
from pcacli.pki.der_reader import DerProblem, Element, dotted, elements
from pcacli.pki.der_writer import OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE
from pcacli.pki.extensions import Extension
from pcacli.pki.usages import purpose_name, usage_names


class ExtensionText(NamedTuple):
    """What a person or a script reads of an extension."""

    oid: str
    name: str
    critical: bool
    values: tuple[str, ...]


def extension_text(extension: Extension) -> ExtensionText:
    """Return the name of an extension (its identifier where it has none here) and its value as lines of text.

    A value that cannot be read is `#` and its DER in hexadecimal digits, as RFC 4514 writes unknown values.
    """
    name, read = _KNOWN.get(extension.oid, (extension.oid, _undecoded))
    try:
        values = tuple(read(extension.value))
    except _FAILURES:
        values = tuple(_undecoded(extension.value))
    return ExtensionText(extension.oid, name, extension.critical, values)


def is_readable(extension: Extension) -> bool:
    """Tell whether the value of an extension is what its identifier says; of an unknown one nobody can tell."""
    _, read = _KNOWN.get(extension.oid, (extension.oid, _undecoded))
    try:
        _ = tuple(read(extension.value))
    except _FAILURES:
        return False
    return True


def extension_name(oid: str) -> str:
    """Return the name of the extension with this dotted identifier, or the identifier."""
    return _KNOWN.get(oid, (oid,))[0]


def basic_constraints(value: bytes) -> tuple[bool, int | None]:
    """Read whether the certificate is that of a CA, and its path length (None: no limit).

    Raises:
        ValueError: the bytes are something else.
    """
    parts = {part.tag: part.content for part in elements(_content(value))}
    if tuple(parts) not in _CONSTRAINTS_IN_ORDER:
        raise DerProblem("the basic constraints have other parts")
    length = int.from_bytes(parts[_INTEGER], "big", signed=True) if _INTEGER in parts else None
    if length is not None and length < 0:
        raise DerProblem("the path length is negative")
    return any(parts.get(_BOOLEAN, b"")), length


# What reading a damaged value raises.
_FAILURES = (ValueError, IndexError)
_BOOLEAN, _INTEGER = 0x01, 0x02
_CONSTRAINTS_IN_ORDER = ((), (_BOOLEAN,), (_INTEGER,), (_BOOLEAN, _INTEGER))
_FULL_NAME, _DISTRIBUTION_POINT = 0xA0, 0xA0
_KEY_IDENTIFIER, _ISSUER_NAMES, _SERIAL_NUMBER = 0x80, 0xA1, 0x82
_PERMITTED = 0xA0


def _content(value: bytes, tag: int = SEQUENCE) -> bytes:
    """Return what is inside the one element of a value, a SEQUENCE as a rule.

    Raises:
        ValueError: it is something else.
    """
    (element,) = elements(value)
    if element.tag != tag:
        raise DerProblem("the value is of another type")
    return element.content


def _identifier(element: Element) -> str:
    """Read an OBJECT IDENTIFIER.

    Raises:
        DerProblem: it is something else.
    """
    if element.tag != OBJECT_IDENTIFIER:
        raise DerProblem("the value is no object identifier")
    return dotted(element.content)


def _first(data: bytes) -> Element:
    """Return the first of several elements.

    Raises:
        DerProblem: there is none.
    """
    found = next(elements(data), None)
    if found is None:
        raise DerProblem("an element is empty that cannot be")
    return found


def _undecoded(value: bytes) -> Iterator[str]:
    yield f"#{value.hex()}"


def _basic_constraints(value: bytes) -> Iterator[str]:
    authority, path_length = basic_constraints(value)
    if not authority:
        yield "not a CA"
    else:
        yield "CA" if path_length is None else f"CA, path length {path_length}"


def _key_usage(value: bytes) -> Iterator[str]:
    yield from usage_names(value)


def _extended_key_usage(value: bytes) -> Iterator[str]:
    for purpose in elements(_content(value)):
        yield purpose_name(_identifier(purpose))


def _names(value: bytes) -> Iterator[str]:
    yield from general_name_texts(_content(value))


def _subject_key_identifier(value: bytes) -> Iterator[str]:
    yield _content(value, OCTET_STRING).hex()


def _authority_key_identifier(value: bytes) -> Iterator[str]:
    """Read the key identifier, and the issuer and serial number that a CA's certificate has (section 4.2.1.1)."""
    for part in elements(_content(value)):
        if part.tag == _KEY_IDENTIFIER:
            yield part.content.hex()
        elif part.tag == _ISSUER_NAMES:
            yield from (f"issuer: {name}" for name in general_name_texts(part.content))
        elif part.tag == _SERIAL_NUMBER:
            yield f"serial: {part.content.hex()}"
        else:
            raise DerProblem("the authority key identifier has another part")


def _distribution_points(value: bytes) -> Iterator[str]:
    for point in elements(_content(value)):
        yield from _locations(point)


def _issuing_distribution_point(value: bytes) -> Iterator[str]:
    (whole,) = elements(value)
    yield from _locations(whole)


def _locations(point: Element) -> Iterator[str]:
    """Read the full name of a distribution point (RFC 5280, section 4.2.1.13)."""
    for part in elements(point.content):
        if part.tag == _DISTRIBUTION_POINT:
            for name in elements(part.content):
                if name.tag == _FULL_NAME:
                    yield from general_name_texts(name.content)


def _access(value: bytes) -> Iterator[str]:
    for description in elements(_content(value)):
        method, location = elements(description.content)
        identifier = _identifier(method)
        (name,) = general_name_texts(location.encoded)
        yield f"{_ACCESS_METHODS.get(identifier, identifier)}: {name}"


def _policies(value: bytes) -> Iterator[str]:
    for policy in elements(_content(value)):
        yield _identifier(_first(policy.content))


def _name_constraints(value: bytes) -> Iterator[str]:
    for part in elements(_content(value)):
        word = "permitted" if part.tag == _PERMITTED else "excluded"
        for subtree in elements(part.content):
            base = _first(subtree.content)
            yield f"{word}: {general_name_texts(base.encoded)[0]}"


def _number(value: bytes) -> Iterator[str]:
    yield str(int.from_bytes(_content(value, _INTEGER), "big"))


def _nothing(_value: bytes) -> Iterator[str]:
    yield from ()


# RFC 5280 section 4.2.2.
_ACCESS_METHODS = {
    "1.3.6.1.5.5.7.48.1": "ocsp",
    "1.3.6.1.5.5.7.48.2": "caIssuers",
    known.CA_REPOSITORY: "caRepository",
    known.RPKI_MANIFEST: "rpkiManifest",
    known.RPKI_NOTIFY: "rpkiNotify",
}

_Reader = Callable[[bytes], Iterator[str]]
_KNOWN: dict[str, tuple[str, _Reader]] = {
    known.BASIC_CONSTRAINTS: ("basicConstraints", _basic_constraints),
    known.KEY_USAGE: ("keyUsage", _key_usage),
    known.EXTENDED_KEY_USAGE: ("extKeyUsage", _extended_key_usage),
    known.SUBJECT_ALTERNATIVE_NAME: ("subjectAltName", _names),
    known.SUBJECT_KEY_IDENTIFIER: ("subjectKeyIdentifier", _subject_key_identifier),
    known.AUTHORITY_KEY_IDENTIFIER: ("authorityKeyIdentifier", _authority_key_identifier),
    known.CRL_DISTRIBUTION_POINTS: ("cRLDistributionPoints", _distribution_points),
    known.AUTHORITY_INFORMATION_ACCESS: ("authorityInfoAccess", _access),
    known.SUBJECT_INFORMATION_ACCESS: ("subjectInfoAccess", _access),
    known.CERTIFICATE_POLICIES: ("certificatePolicies", _policies),
    known.SUBJECT_DIRECTORY_ATTRIBUTES: ("subjectDirectoryAttributes", _undecoded),
    known.ISSUER_ALTERNATIVE_NAME: ("issuerAltName", _names),
    "2.5.29.20": ("cRLNumber", _number),
    "2.5.29.28": ("issuingDistributionPoint", _issuing_distribution_point),
    known.NAME_CONSTRAINTS: ("nameConstraints", _name_constraints),
    known.POLICY_MAPPINGS: ("policyMappings", _undecoded),
    "2.5.29.36": ("policyConstraints", _undecoded),
    "2.5.29.46": ("freshestCRL", _distribution_points),
    known.INHIBIT_ANY_POLICY: ("inhibitAnyPolicy", _number),
    "1.3.6.1.5.5.7.1.24": ("tlsFeature", _undecoded),
    "1.3.6.1.5.5.7.48.1.5": ("ocspNoCheck", _nothing),
    "1.3.6.1.4.1.11129.2.4.2": ("signedCertificateTimestampList", _undecoded),
}
