"""Turns the API's ASN1Subject into an X.501 name.

Sources: ACM PCA API reference, "ASN1Subject" and "CustomAttribute"; the order and the string types are those of the
observed CSR and certificates (tests/pki/samples). Distinguished names as text are another matter:
`distinguished_names.py`.
"""

from collections.abc import Mapping
from typing import Any

from pcacli.errors import ServiceError
from pcacli.pki.der_writer import (
    IA5_STRING,
    OBJECT_IDENTIFIER,
    PRINTABLE_STRING,
    SEQUENCE,
    SET,
    UTF8_STRING,
    encode,
    object_identifier,
)

# The order of the API model is the order of the attributes in the name, whatever order the caller wrote.
STANDARD_ATTRIBUTES = {
    "Country": "2.5.4.6",
    "Organization": "2.5.4.10",
    "OrganizationalUnit": "2.5.4.11",
    "DistinguishedNameQualifier": "2.5.4.46",
    "State": "2.5.4.8",
    "CommonName": "2.5.4.3",
    "SerialNumber": "2.5.4.5",
    "Locality": "2.5.4.7",
    "Title": "2.5.4.12",
    "Surname": "2.5.4.4",
    "GivenName": "2.5.4.42",
    "Initials": "2.5.4.43",
    "Pseudonym": "2.5.4.65",
    "GenerationQualifier": "2.5.4.44",
}

# PrintableString by X.520, IA5String by RFC 4519 section 2.4 (domainComponent) and RFC 2985 section 5.2.1
# (emailAddress); all other attributes are UTF8Strings, as observed.
_PRINTABLE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 '()+,-./:=?")
_PRINTABLE_ATTRIBUTES = frozenset(
    STANDARD_ATTRIBUTES[name] for name in ("SerialNumber", "Country", "DistinguishedNameQualifier")
) | {"1.3.6.1.4.1.311.60.2.1.3"}
_IA5_ATTRIBUTES = frozenset({"0.9.2342.19200300.100.1.25", "1.2.840.113549.1.9.1"})
# Fewest and most characters. Source: RFC 5280, appendix A.1 (ub-common-name); X.520 (countryName).
_LENGTHS = {"2.5.4.3": (1, 64), "2.5.4.6": (2, 2), "1.3.6.1.4.1.311.60.2.1.3": (2, 2)}
# ITU-T X.520: the unique identifier is bits, which the API has no way to give.
_NOT_TEXT = "2.5.4.45"


def subject_name(subject: Mapping[str, Any]) -> bytes:
    """Return the DER of the name for an ASN1Subject: one attribute in each relative distinguished name.

    Standard attributes stand in the order of the API model, custom ones as given; the same OID may come repeatedly.
    Assumption: a standard attribute with an empty value is left out.

    Raises:
        ServiceError: InvalidArgsException, standard and custom attributes are mixed (they are exclusive by the API
            reference; Assumption: the exception and its text) or a value is impossible for its attribute.
    """
    standard = [(oid, subject[name]) for name, oid in STANDARD_ATTRIBUTES.items() if subject.get(name)]
    custom = [(each["ObjectIdentifier"], each["Value"]) for each in subject.get("CustomAttributes") or ()]
    if standard and custom:
        raise ServiceError(
            "InvalidArgsException",
            "A subject can contain either standard attributes or custom attributes, not both.",
        )
    return encode(SEQUENCE, *(encode(SET, _attribute(oid, value)) for oid, value in standard or custom))


def _attribute(oid: str, value: str) -> bytes:
    fewest, most = _LENGTHS.get(oid, (0, None))
    if oid == _NOT_TEXT or len(value) < fewest or (most is not None and len(value) > most):
        raise _invalid(oid, value)
    try:
        return encode(SEQUENCE, encode(OBJECT_IDENTIFIER, object_identifier(oid)), _text(oid, value))
    except ValueError as problem:
        raise _invalid(oid, value) from problem


def _text(oid: str, value: str) -> bytes:
    """Write a value as the string type of its attribute, whose alphabet must have all its characters."""
    if oid in _PRINTABLE_ATTRIBUTES:
        if not _PRINTABLE.issuperset(value):
            raise ValueError
        return encode(PRINTABLE_STRING, value.encode())
    return encode(IA5_STRING, value.encode("ascii")) if oid in _IA5_ATTRIBUTES else encode(UTF8_STRING, value.encode())


def _invalid(oid: str, value: str) -> ServiceError:
    # Assumption: exception and text; AWS's are not known.
    name = next((name for name, standard in STANDARD_ATTRIBUTES.items() if standard == oid), oid)
    return ServiceError("InvalidArgsException", f"The value {value!r} is not valid for the subject attribute {name}.")
