"""Describes a certificate, a certificate signing request or a CRL as plain data, the same for people and for scripts.

Names and values are those of the ACM PCA API where it has any, such as `SHA256WITHECDSA` and `SERVER_AUTH`;
distinguished names are in RFC 2253 form; serial numbers, key identifiers and fingerprints are lower-case hexadecimal
digits.
"""

from collections.abc import Callable, Mapping, Sequence
from hashlib import sha1, sha256
from typing import Any

from pcacli.api.arns import SERIAL_HEX_DIGITS
from pcacli.errors import ServiceError
from pcacli.pki import extensions as known
from pcacli.pki.algorithms import key_algorithm_of, signing_algorithm_of
from pcacli.pki.certificate_names import general_name_texts
from pcacli.pki.der_reader import Element, elements
from pcacli.pki.distinguished_names import rfc2253
from pcacli.pki.documents import Document, DocumentProblem, Kind
from pcacli.pki.extension_texts import basic_constraints, extension_text
from pcacli.pki.extensions import Extension, read_extensions
from pcacli.pki.parse_errors import parse_errors
from pcacli.pki.template_guess import likely_template
from pcacli.pki.usages import purpose_name, usage_names

Description = dict[str, Any]

# RFC 5280, sections 4.1 and 5.1: the field of extensions in a certificate and in a CRL.
_CERTIFICATE_EXTENSIONS, _CRL_EXTENSIONS = 0xA3, 0xA0


def describe(document: Document) -> Description:
    """Return what stands in a document; `Kind` says what it is. A member that has no value is left out.

    Raises:
        DocumentProblem: a field of it cannot be read.
    """
    failures: tuple[type[Exception], ...] = (IndexError, *parse_errors())
    try:
        return {"Kind": document.kind.value, **_WRITERS[document.kind](document.der)}
    except failures as problem:
        raise DocumentProblem(f"the {document.kind.value.lower().replace('_', ' ')} is damaged: {problem}") from problem


def certificate_extensions_of(certificate: bytes) -> tuple[Extension, ...]:
    """Return the extensions of a certificate in DER, in their order.

    Raises:
        ValueError: the bytes are something else.
    """
    return _extensions(_signed_fields(certificate), _CERTIFICATE_EXTENSIONS)


def issuer_of(certificate: bytes) -> str:
    """Return the name of the issuer of a certificate in DER.

    Raises:
        ValueError: the bytes are something else.
    """
    return rfc2253(_names_of_certificate(_signed_fields(certificate))[0])


def extension_members(extensions: Sequence[Extension]) -> Description:
    """Return what a description says of the extensions: those that everybody asks for by name, and all as texts."""
    members: Description = {}
    for extension in extensions:
        if extension.oid in _READ:
            members |= _READ[extension.oid](extension.value)
    members["Extensions"] = [
        {"ObjectIdentifier": text.oid, "Name": text.name, "Critical": text.critical, "Values": list(text.values)}
        for text in map(extension_text, extensions)
    ]
    return members


def key_name(public_key: Any) -> str:
    """Return the API's name of a key's algorithm, else its kind and size in bits."""
    name = key_algorithm_of(public_key)
    if name is not None:
        return name
    kind = type(public_key).__name__.removesuffix("PublicKey").lstrip("_")
    size = getattr(public_key, "key_size", None)
    return kind if size is None else f"{kind} {size}"


def _certificate(der: bytes) -> Description:
    from cryptography import x509

    certificate = x509.load_der_x509_certificate(der)
    fields = _signed_fields(der)
    extensions = _extensions(fields, _CERTIFICATE_EXTENSIONS)
    issuer, subject = _names_of_certificate(fields)
    described: Description = {
        "Subject": rfc2253(subject),
        "Issuer": rfc2253(issuer),
        "Serial": f"{certificate.serial_number:0{SERIAL_HEX_DIGITS}x}",
        "NotBefore": certificate.not_valid_before_utc,
        "NotAfter": certificate.not_valid_after_utc,
        "KeyAlgorithm": _key_name_of(certificate.public_key),
        "SigningAlgorithm": signing_algorithm_of(certificate),
        **extension_members(extensions),
    }
    template = likely_template(extensions, self_signed=issuer == subject)
    if template is not None:
        described["LikelyTemplate"] = template
    return described | _fingerprints(der)


def _request(der: bytes) -> Description:
    from cryptography import x509

    from pcacli.pki.csr import read_csr
    from pcacli.pki.pem import csr_pem

    request = x509.load_der_x509_csr(der)
    described: Description = {
        "Subject": rfc2253(_request_subject(der)),
        "KeyAlgorithm": _key_name_of(request.public_key),
        "SigningAlgorithm": signing_algorithm_of(request),
    }
    try:
        described |= extension_members(read_csr(csr_pem(der).encode()).extensions)
    except ServiceError as refusal:
        # What AWS would say, so that nobody has to send it to find out.
        described["Refusal"] = {"Code": refusal.code, "Message": refusal.message}
    return described | _fingerprints(der)


def _revocation_list(der: bytes) -> Description:
    from cryptography import x509

    revocations = x509.load_der_x509_crl(der)
    fields = _signed_fields(der)
    described: Description = {
        "Issuer": rfc2253(revocations.issuer.public_bytes()),
        "ThisUpdate": revocations.last_update_utc,
        "NextUpdate": revocations.next_update_utc,
        "SigningAlgorithm": signing_algorithm_of(revocations),
        "RevokedCertificates": len(revocations),
        **extension_members(_extensions(fields, _CRL_EXTENSIONS)),
    }
    return {name: value for name, value in (described | _fingerprints(der)).items() if value is not None}


_WRITERS: dict[Kind, Callable[[bytes], Description]] = {
    Kind.CERTIFICATE: _certificate,
    Kind.CERTIFICATE_REQUEST: _request,
    Kind.CRL: _revocation_list,
}


def _signed_fields(der: bytes) -> tuple[Element, ...]:
    """Return the fields of the part that is signed, which is the first of three in every document.

    Raises:
        ValueError: the bytes are something else.
    """
    (whole,) = elements(der)
    signed, *_ = elements(whole.content)
    return tuple(elements(signed.content))


def _extensions(fields: Sequence[Element], tag: int) -> tuple[Extension, ...]:
    """Return the extensions from the last field, if it is theirs."""
    if not fields or fields[-1].tag != tag:
        return ()
    (sequence,) = elements(fields[-1].content)
    return read_extensions(sequence.content)


def _names_of_certificate(fields: Sequence[Element]) -> tuple[bytes, bytes]:
    """Return issuer and subject. The version in front of the serial number, context tag 0, may be absent."""
    if fields and fields[0].tag == _CRL_EXTENSIONS:
        fields = fields[1:]
    _serial, _algorithm, issuer, _validity, subject, *_ = fields
    return issuer.encoded, subject.encoded


def _request_subject(der: bytes) -> bytes:
    """Return the subject, the field behind the version (RFC 2986, section 4.1)."""
    return _signed_fields(der)[1].encoded


def _key_name_of(public_key: Callable[[], object]) -> str:
    from cryptography.exceptions import UnsupportedAlgorithm

    try:
        return key_name(public_key())
    except (ValueError, UnsupportedAlgorithm):
        return "unknown"


def _fingerprints(der: bytes) -> Description:
    # SHA-1 is not trusted with anything here: other programs show it, and people compare.
    return {
        "Sha1Fingerprint": sha1(der, usedforsecurity=False).hexdigest(),
        "Sha256Fingerprint": sha256(der).hexdigest(),
    }


def _constraint_members(value: bytes) -> Mapping[str, Any]:
    authority, path_length = basic_constraints(value)
    members: Description = {"CertificateAuthority": authority}
    return members if path_length is None else members | {"PathLength": path_length}


def _purposes(value: bytes) -> Mapping[str, Any]:
    from pcacli.pki.der_reader import dotted

    (sequence,) = elements(value)
    return {"ExtendedKeyUsage": [purpose_name(dotted(each.content)) for each in elements(sequence.content)]}


def _alternative_names(value: bytes) -> Mapping[str, Any]:
    (sequence,) = elements(value)
    return {"SubjectAlternativeNames": list(general_name_texts(sequence.content))}


_READ: dict[str, Callable[[bytes], Mapping[str, Any]]] = {
    known.SUBJECT_ALTERNATIVE_NAME: _alternative_names,
    known.KEY_USAGE: lambda value: {"KeyUsage": usage_names(value)},
    known.EXTENDED_KEY_USAGE: _purposes,
    known.BASIC_CONSTRAINTS: _constraint_members,
}
