"""Turns the extensions that a caller spells out in an API request into X.509 extensions.

`ApiPassthrough.Extensions` becomes part of a certificate, `CsrExtensions` part of a CA's own CSR.
Sources: ACM PCA API reference, "Extensions", "CsrExtensions" and the structures below them; RFC 5280 section 4.2.
"""

from base64 import b64decode
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pcacli.errors import ServiceError
from pcacli.pki.der_writer import IA5_STRING, OBJECT_IDENTIFIER, SEQUENCE, encode, object_identifier
from pcacli.pki.extensions import (
    CA_REPOSITORY,
    CERTIFICATE_POLICIES,
    EXTENDED_KEY_USAGE,
    KEY_USAGE,
    RPKI_MANIFEST,
    RPKI_NOTIFY,
    SUBJECT_ALTERNATIVE_NAME,
    SUBJECT_INFORMATION_ACCESS,
    Extension,
)
from pcacli.pki.general_names import general_name, general_names
from pcacli.pki.usages import EXTENDED_KEY_USAGES, extended_key_usage, key_usage, nine_bit_key_usage, requested_usages

ACCESS_METHODS = {
    "CA_REPOSITORY": CA_REPOSITORY,
    "RESOURCE_PKI_MANIFEST": RPKI_MANIFEST,
    "RESOURCE_PKI_NOTIFY": RPKI_NOTIFY,
}

_CPS_QUALIFIER = "1.3.6.1.5.5.7.2.1"


def passthrough_extensions(requested: Mapping[str, Any], *, subject_is_empty: bool) -> list[Extension]:
    """Return the extensions of an ApiPassthrough.

    Assumption: key usage is critical, the other named ones are not; but RFC 5280 section 4.2.1.6 has the alternative
    names critical where they are all the subject there is.

    Raises:
        ServiceError: InvalidArgsException, a value is impossible or the same extension is given twice.
    """
    extensions = []
    if usages := requested_usages(requested.get("KeyUsage") or {}):
        extensions.append(Extension(KEY_USAGE, critical=True, value=nine_bit_key_usage(usages)))
    if purposes := requested.get("ExtendedKeyUsage"):
        extensions.append(Extension(EXTENDED_KEY_USAGE, critical=False, value=_extended_key_usage(purposes)))
    if names := requested.get("SubjectAlternativeNames"):
        extensions.append(Extension(SUBJECT_ALTERNATIVE_NAME, subject_is_empty, general_names(names)))
    if policies := requested.get("CertificatePolicies"):
        extensions.append(Extension(CERTIFICATE_POLICIES, critical=False, value=_certificate_policies(policies)))
    extensions += map(_custom_extension, requested.get("CustomExtensions") or ())
    _check_unique(extensions)
    return extensions


def requested_csr_extensions(requested: Mapping[str, Any]) -> list[Extension]:
    """Return what CsrExtensions add to a CA's CSR: key usage (critical) and subject information access.

    Assumption: the key usage is minimal DER here; the nine bits were reported of certificates only.

    Raises:
        ServiceError: InvalidArgsException, a value is impossible.
    """
    extensions = []
    if usages := requested_usages(requested.get("KeyUsage") or {}):
        extensions.append(Extension(KEY_USAGE, critical=True, value=key_usage(usages)))
    if descriptions := requested.get("SubjectInformationAccess"):
        value = encode(SEQUENCE, *map(_access_description, descriptions))
        extensions.append(Extension(SUBJECT_INFORMATION_ACCESS, critical=False, value=value))
    return extensions


def _extended_key_usage(purposes: Sequence[Mapping[str, str]]) -> bytes:
    identifiers = [
        _one_of(purpose, "ExtendedKeyUsageType", EXTENDED_KEY_USAGES, "ExtendedKeyUsageObjectIdentifier")
        for purpose in purposes
    ]
    try:
        return extended_key_usage(identifiers)
    except ValueError as problem:
        raise _invalid(str(problem)) from problem


def _access_description(description: Mapping[str, Any]) -> bytes:
    """Return one AccessDescription, a SEQUENCE of method and location (RFC 5280 section 4.2.2.2)."""
    method = _one_of(description["AccessMethod"], "AccessMethodType", ACCESS_METHODS, "CustomObjectIdentifier")
    return encode(SEQUENCE, _object_identifier(method), general_name(description["AccessLocation"]))


def _certificate_policies(policies: Sequence[Mapping[str, Any]]) -> bytes:
    """Return CertificatePolicies (RFC 5280 section 4.2.1.4). The API knows one qualifier, the CPS URI, an IA5String."""
    return encode(SEQUENCE, *map(_policy_information, policies))


def _policy_information(policy: Mapping[str, Any]) -> bytes:
    identifier = _object_identifier(policy["CertPolicyId"])
    qualifiers = [
        encode(SEQUENCE, _object_identifier(_CPS_QUALIFIER), _ia5_string(qualifier["Qualifier"]["CpsUri"]))
        for qualifier in policy.get("PolicyQualifiers") or ()
    ]
    return encode(SEQUENCE, identifier, *([encode(SEQUENCE, *qualifiers)] if qualifiers else []))


def _custom_extension(custom: Mapping[str, Any]) -> Extension:
    """Take an extension as the caller encoded it: base64 of what belongs into the octet string."""
    oid = custom["ObjectIdentifier"]
    _object_identifier(oid)
    try:
        value = b64decode(custom["Value"], validate=True)
    except ValueError as problem:
        raise _invalid(f"The value of the custom extension {oid} is not base64.") from problem
    return Extension(oid, bool(custom.get("Critical")), value)


def _check_unique(extensions: Iterable[Extension]) -> None:
    """Refuse the second of two extensions with one OID. Assumption: so does AWS; the result would not be X.509."""
    seen = set()
    for extension in extensions:
        if extension.oid in seen:
            raise _invalid(f"The extension {extension.oid} is specified more than once.")
        seen.add(extension.oid)


def _one_of(holder: Mapping[str, str], name: str, named: Mapping[str, str], custom: str) -> str:
    """Return the OID that is given by name or as such, and refuse both or none."""
    if (holder.get(name) is None) == (holder.get(custom) is None):
        raise _invalid(f"Exactly one of {name} and {custom} must be specified.")
    return holder[custom] if holder.get(name) is None else named[holder[name]]


def _object_identifier(dotted: str) -> bytes:
    try:
        return encode(OBJECT_IDENTIFIER, object_identifier(dotted))
    except ValueError as problem:
        raise _invalid(str(problem)) from problem


def _ia5_string(text: str) -> bytes:
    if not text.isascii():
        raise _invalid(f"The value {text!r} must consist of ASCII characters.")
    return encode(IA5_STRING, text.encode("ascii"))


def _invalid(message: str) -> ServiceError:
    # Assumption: the texts; the API reference names only the exception, and only for names and access methods.
    return ServiceError("InvalidArgsException", message)
