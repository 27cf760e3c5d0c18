"""Describes a certificate, a certificate signing request or a CRL as plain data, the same for people and for scripts.

Names and values are those of the ACM PCA API where it has any, such as `SHA256WITHECDSA` and `SERVER_AUTH`;
distinguished names are in RFC 2253 form; serial numbers, key identifiers and fingerprints are lower-case hexadecimal
digits. Everything that OpenSSL reads is described: what cannot be interpreted is `#` and its DER in hexadecimal digits,
and `Oddities` names what is strange.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from hashlib import sha1, sha256
from typing import Any

from pcacli.api.arns import SERIAL_HEX_DIGITS
from pcacli.errors import ServiceError
from pcacli.pki import extensions as known
from pcacli.pki.algorithms import key_algorithm_of, signature_name_of
from pcacli.pki.asn1_times import read_time
from pcacli.pki.certificate_names import general_name_texts
from pcacli.pki.der_reader import DerProblem, Element, count, dotted, elements
from pcacli.pki.distinguished_names import rfc2253
from pcacli.pki.documents import Document, DocumentProblem
from pcacli.pki.extension_texts import basic_constraints, extension_text
from pcacli.pki.extensions import Extension
from pcacli.pki.oddities import oddities, times_of, written_extensions
from pcacli.pki.parse_errors import readable
from pcacli.pki.template_guess import likely_template
from pcacli.pki.usages import purpose_name, usage_names
from pcacli.pki.x509_fields import Kind, X509Fields, take_apart

Description = dict[str, Any]


def describe(document: Document) -> Description:
    """Return what stands in a document; `Kind` says what it is. A member that has no value is left out.

    Raises:
        DocumentProblem: it is no document of its kind.
    """
    try:
        found = take_apart(document.kind, document.der)
    except DerProblem as problem:
        raise DocumentProblem(f"the {document.kind.value.lower().replace('_', ' ')} is damaged: {problem}") from problem
    described = {"Kind": document.kind.value, **_WRITERS[document.kind](found), **_fingerprints(found.encoded)}
    odd = list(_oddities(document, found))
    return described | {"Oddities": odd} if odd else described


def certificate_extensions_of(certificate: bytes) -> tuple[Extension, ...]:
    """Return the extensions of a certificate in DER, in their order.

    Raises:
        ValueError: the bytes are something else.
    """
    return _extensions(take_apart(Kind.CERTIFICATE, certificate), strict=True)


def issuer_of(certificate: bytes) -> str:
    """Return the name of the issuer of a certificate in DER.

    Raises:
        ValueError: the bytes are something else.
    """
    return rfc2253(take_apart(Kind.CERTIFICATE, certificate).signed["issuer"].encoded)


def extension_members(extensions: Sequence[Extension]) -> Description:
    """Return what a description says of the extensions: those that everybody asks for by name, and all as texts."""
    members: Description = {}
    for extension in extensions:
        # What cannot be read is among the texts, in hexadecimal digits.
        with suppress(ValueError, IndexError):
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


def _certificate(found: X509Fields) -> Description:
    extensions = _extensions(found)
    issuer, subject = found.signed["issuer"], found.signed["subject"]
    not_before, not_after = _validity(found)
    described: Description = {
        "Subject": _name_text(subject),
        "Issuer": _name_text(issuer),
        "Serial": f"{int.from_bytes(found.signed['serial'].content, 'big', signed=True):0{SERIAL_HEX_DIGITS}x}",
        "NotBefore": not_before,
        "NotAfter": not_after,
        **_algorithms(found),
        **extension_members(extensions),
    }
    template = likely_template(extensions, self_signed=issuer.encoded == subject.encoded)
    return described if template is None else described | {"LikelyTemplate": template}


def _request(found: X509Fields) -> Description:
    from pcacli.pki.csr import read_csr
    from pcacli.pki.pem import csr_pem

    described: Description = {"Subject": _name_text(found.signed["subject"]), **_algorithms(found)}
    try:
        read_csr(csr_pem(found.encoded).encode())
    except ServiceError as refusal:
        # What AWS would say, so that nobody has to send it to find out.
        described["Refusal"] = {"Code": refusal.code, "Message": refusal.message}
    return described | extension_members(_extensions(found))


def _revocation_list(found: X509Fields) -> Description:
    next_update = found.signed.get("next_update")
    revoked = found.signed.get("revoked")
    described: Description = {
        "Issuer": _name_text(found.signed["issuer"]),
        "ThisUpdate": _time(found.signed["this_update"]),
        "NextUpdate": None if next_update is None else _time(next_update),
        "SigningAlgorithm": _signing_algorithm(found),
        "RevokedCertificates": 0 if revoked is None else _count(revoked),
        **extension_members(_extensions(found)),
    }
    return {name: value for name, value in described.items() if value is not None}


def _count(revoked: Element) -> int | None:
    """Return the number of entries, None where they cannot be told apart."""
    try:
        return count(revoked.content)
    except ValueError:
        return None


_WRITERS: dict[Kind, Callable[[X509Fields], Description]] = {
    Kind.CERTIFICATE: _certificate,
    Kind.CERTIFICATE_REQUEST: _request,
    Kind.CRL: _revocation_list,
}


def _oddities(document: Document, found: X509Fields) -> Iterator[str]:
    """Yield what is odd; where nothing is found, but a strict reader refuses the document, at least that."""
    key = found.signed.get("key")
    named = list(oddities(document.kind, found, key_is_read=key is None or _public_key(key) is not None))
    yield from named
    if not named and not is_strict(document):
        yield "strict readers refuse it"


def is_strict(document: Document) -> bool:
    """Tell whether readers that take nothing but what RFC 5280 allows can read a document."""
    from cryptography import x509

    loaders: dict[Kind, Callable[[bytes], object]] = {
        Kind.CERTIFICATE: x509.load_der_x509_certificate,
        Kind.CERTIFICATE_REQUEST: x509.load_der_x509_csr,
        Kind.CRL: x509.load_der_x509_crl,
    }
    try:
        with readable():
            loaders[document.kind](document.der)
    except ValueError:
        return False
    return True


def _extensions(found: X509Fields, *, strict: bool = False) -> tuple[Extension, ...]:
    """Return the extensions; of those that cannot be read as a list there are none, which is odd.

    Raises:
        ValueError: they cannot be read, and `strict` asks for them.
    """
    try:
        return tuple(
            Extension(dotted(each.identifier), any(each.critical or b""), each.value)
            for each in written_extensions(found)
        )
    except ValueError:
        if strict:
            raise
        return ()


def _name_text(name: Element) -> str:
    try:
        return rfc2253(name.encoded)
    except ValueError:
        return _hexadecimal(name)


def _validity(found: X509Fields) -> tuple[datetime | str, datetime | str]:
    """Return when a certificate begins and ends."""
    times = list(times_of(found).values())
    if not times:
        return (_hexadecimal(found.signed["validity"]),) * 2
    first, last = map(_time, times)
    return first, last


def _time(time: Element) -> datetime | str:
    return read_time(time) or _hexadecimal(time)


def _hexadecimal(element: Element) -> str:
    return f"#{element.encoded.hex()}"


def _algorithms(found: X509Fields) -> Description:
    """Return the names of the algorithms, and a public key that cannot be read as it is."""
    key = found.signed["key"]
    public_key = _public_key(key)
    if public_key is None:
        return {
            "KeyAlgorithm": "unknown",
            "PublicKey": _hexadecimal(key),
            "SigningAlgorithm": _signing_algorithm(found),
        }
    return {"KeyAlgorithm": key_name(public_key), "SigningAlgorithm": _signing_algorithm(found)}


def _public_key(key: Element) -> object | None:
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        with readable():
            return load_der_public_key(key.encoded)
    except ValueError:
        return None


def _signing_algorithm(found: X509Fields) -> str:
    try:
        return signature_name_of(found.algorithm.content)
    except ValueError:
        return _hexadecimal(found.algorithm)


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
