"""Turns the API's ASN1Subject into an X.501 name.

Sources: ACM PCA API reference, "ASN1Subject" and "CustomAttribute"; the order and the string types are those of the
observed CSR and certificates (tests/pki/samples). Distinguished names as text are another matter:
`distinguished_names.py`.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pcacli.errors import ServiceError

if TYPE_CHECKING:
    from cryptography import x509

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

# PrintableString by X.520, IA5String by RFC 4519 section 2.4 (domainComponent) and RFC 2985 section
# 5.2.1 (emailAddress). `cryptography` chooses these types by itself, and UTF8String for all other attributes, as
# observed; it does not check the alphabet.
_PRINTABLE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 '()+,-./:=?")
_PRINTABLE_ATTRIBUTES = frozenset(
    STANDARD_ATTRIBUTES[name] for name in ("SerialNumber", "Country", "DistinguishedNameQualifier")
)
_IA5_ATTRIBUTES = frozenset({"0.9.2342.19200300.100.1.25", "1.2.840.113549.1.9.1"})


def subject_name(subject: Mapping[str, Any]) -> "x509.Name":
    """Return the name for an ASN1Subject: one attribute in each relative distinguished name.

    Standard attributes stand in the order of the API model, custom ones as given; the same OID may come repeatedly.
    Assumption: a standard attribute with an empty value is left out.

    Raises:
        ServiceError: InvalidArgsException, standard and custom attributes are mixed (they are exclusive by the API
            reference; Assumption: the exception and its text) or a value is impossible for its attribute.
    """
    from cryptography import x509

    standard = [(oid, subject[name]) for name, oid in STANDARD_ATTRIBUTES.items() if subject.get(name)]
    custom = [(each["ObjectIdentifier"], each["Value"]) for each in subject.get("CustomAttributes") or ()]
    if standard and custom:
        raise ServiceError(
            "InvalidArgsException",
            "A subject can contain either standard attributes or custom attributes, not both.",
        )
    return x509.Name([_attribute(oid, value) for oid, value in standard or custom])


def _attribute(oid: str, value: str) -> "x509.NameAttribute[str]":
    from cryptography import x509

    _check_alphabet(oid, value)
    try:
        return x509.NameAttribute(x509.ObjectIdentifier(oid), value)
    except ValueError as problem:
        raise _invalid(oid, value) from problem


def _check_alphabet(oid: str, value: str) -> None:
    if oid in _PRINTABLE_ATTRIBUTES and not _PRINTABLE.issuperset(value):
        raise _invalid(oid, value)
    if oid in _IA5_ATTRIBUTES and not value.isascii():
        raise _invalid(oid, value)


def _invalid(oid: str, value: str) -> ServiceError:
    # Assumption: exception and text; AWS's are not known. `cryptography` counts the bytes of UTF-8 where RFC 5280,
    # appendix A.1, counts characters, so that long names beyond ASCII are refused here and not by AWS.
    name = next((name for name, standard in STANDARD_ATTRIBUTES.items() if standard == oid), oid)
    size = f" ({len(value.encode())} bytes in UTF-8)" if not value.isascii() else ""
    return ServiceError(
        "InvalidArgsException", f"The value {value!r}{size} is not valid for the subject attribute {name}."
    )
