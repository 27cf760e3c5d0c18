"""Certificate signing requests: the CA's own, and those that callers send.

Sources: RFC 2986; the contents of a CA's request are those of an observed one (tests/pki/samples/root-ca-csr.pem); ACM
PCA API reference, IssueCertificate, "Csr".
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from pcacli.errors import ServiceError
from pcacli.pki.csr_signature import SignatureProblem, verify_request
from pcacli.pki.der_reader import DerProblem, Element, elements
from pcacli.pki.der_writer import (
    BIT_STRING,
    BOOLEAN,
    INTEGER,
    OBJECT_IDENTIFIER,
    SEQUENCE,
    SET,
    context_tag,
    encode,
    object_identifier,
)
from pcacli.pki.extension_values import check_extensions
from pcacli.pki.extensions import BASIC_CONSTRAINTS, SUBJECT_ALTERNATIVE_NAME, Extension, encoded, read_extensions
from pcacli.pki.names import STANDARD_ATTRIBUTES, subject_name
from pcacli.pki.object_identifiers import identifier_of
from pcacli.pki.pem import CERTIFICATE_REQUEST, PemProblem, read_pem
from pcacli.pki.public_keys import RSA, public_key
from pcacli.pki.requested_extensions import requested_csr_extensions
from pcacli.pki.signing import signed
from pcacli.pki.subject_attributes import Attribute, read_name

if TYPE_CHECKING:
    from pcacli.pki.algorithms import PrivateKey

# RFC 2985 section 5.4.2.
_EXTENSION_REQUEST = "1.2.840.113549.1.9.14"

# RFC 5280 appendix A.1, ub-common-name; AWS Private CA User Guide, "RFC compliance".
_COMMON_NAME_MAXIMUM_CHARACTERS = 64
# AWS Private CA User Guide, "RFC compliance"; the tag is that of dNSName in RFC 5280 section 4.2.1.6.
_DNS_NAME_MAXIMUM_BYTES = 253
_DNS_NAME = context_tag(2)

_FIELDS = 4
_ATTRIBUTES = context_tag(0, constructed=True)
# BasicConstraints of no CA, and the same with its default written out, as some programs have it (RFC 5280, 4.2.1.9).
_NO_AUTHORITY, _NO_AUTHORITY_WRITTEN_OUT = b"\x30\x00", b"\x30\x03\x01\x01\x00"
_VERSION_1 = encode(INTEGER, b"\0")


class Csr(NamedTuple):
    """What a certificate can take, bit for bit, from a request whose signature has been checked.

    `subject` is the DER of a Name, `public_key` that of a SubjectPublicKeyInfo.
    """

    subject: bytes
    public_key: bytes
    extensions: tuple[Extension, ...]


class _Request(NamedTuple):
    """The parts of a request: what is signed as a whole and by fields, of which none is optional, and the signature.

    Source: RFC 2986, section 4.
    """

    signed: bytes
    version: Element
    subject: Element
    public_key: Element
    attributes: Element
    algorithm: Element
    signature: bytes


def authority_csr(
    key: "PrivateKey",
    signing_algorithm: str,
    subject: Mapping[str, Any],
    csr_extensions: Mapping[str, Any] | None,
) -> bytes:
    """Make the request of a CA for its own certificate and return its DER.

    It asks for basic constraints (critical, CA) and for what the API's CsrExtensions add; nothing else.

    Raises:
        ServiceError: InvalidArgsException, the subject or an extension is impossible.
    """
    constraints = Extension(BASIC_CONSTRAINTS, critical=True, value=encode(SEQUENCE, encode(BOOLEAN, b"\xff")))
    extensions = (constraints, *requested_csr_extensions(csr_extensions or {}))
    return signed(request_info(subject_name(subject), key, extensions), key, signing_algorithm)


def request_info(subject: bytes, key: "PrivateKey", extensions: Sequence[Extension]) -> bytes:
    """Return the part of a request that is signed: CertificationRequestInfo (RFC 2986, section 4.1).

    `subject` is the DER of a Name.
    """
    attributes = []
    if extensions:
        requested = encode(SET, encode(SEQUENCE, *map(encoded, extensions)))
        identifier = encode(OBJECT_IDENTIFIER, object_identifier(_EXTENSION_REQUEST))
        attributes = [encode(SEQUENCE, identifier, requested)]
    return encode(SEQUENCE, _VERSION_1, subject, _key_info(key), encode(_ATTRIBUTES, *attributes))


def _key_info(key: "PrivateKey") -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def read_csr(pem: bytes) -> Csr:
    """Read and check a request as strictly as the service does.

    The request is one PEM block labelled CERTIFICATE REQUEST; its lines may be joined by spaces. Its signature must be
    good, and it must carry a subject or alternative names. What OpenSSL and Go read is read, too: attributes in any
    order, a critical that is false and written out, characters that a string's type does not have.

    Raises:
        ServiceError: MalformedCSRException, the request is anything else. Assumption: all texts but those about
            missing attributes (seen in aws/aws-sdk-net issue 1261) and about alternative names that are not critical
            (seen in cert-manager/aws-privateca-issuer issue 6).
    """
    request = _parts(_only_block(pem))
    try:
        key = public_key(request.public_key.encoded)
    except ValueError as problem:
        raise _malformed(f"CSR cannot be used: its public key {problem}.") from problem
    try:
        verify_request(key, request.algorithm, request.signature, request.signed)
    except SignatureProblem as problem:
        raise _malformed(f"CSR signature {problem}.") from problem
    except ValueError as problem:
        raise _malformed("CSR cannot be read: its signature algorithm is damaged.") from problem
    return _contents(request)


def rsa_bits_of_request(pem: bytes) -> int | None:
    """Return the size in bits of the RSA key that a request is for, without a cryptographic library.

    None is the answer for other keys, and for what is no request.
    """
    try:
        (block,) = read_pem(pem, CERTIFICATE_REQUEST)
        request = _parts(block)
        (whole,) = elements(request.public_key.encoded)
        algorithm, bits = elements(whole.content)
        if identifier_of(next(iter(elements(algorithm.content)))) != RSA:
            return None
        (key,) = elements(bits.content[1:])
        modulus, _ = elements(key.content)
    except (ValueError, StopIteration, PemProblem, ServiceError):
        return None
    return int.from_bytes(modulus.content, "big").bit_length()


def _only_block(pem: bytes) -> bytes:
    try:
        blocks = read_pem(pem, CERTIFICATE_REQUEST)
    except PemProblem as problem:
        raise _malformed(f"CSR is not valid PEM: {problem}.") from problem
    if len(blocks) != 1:
        raise _malformed("CSR must be exactly one PEM block.")
    return blocks[0]


def _parts(der: bytes) -> _Request:
    """Take a request apart."""
    try:
        (request,) = elements(der)
        info, algorithm, signature = elements(request.content)
        fields = list(elements(info.content))
        if signature.tag != BIT_STRING or signature.content[:1] != b"\0" or request.tag != SEQUENCE:
            raise _no_request()
    except ValueError as problem:
        raise _no_request() from problem
    if len(fields) == _FIELDS - 1:
        raise _malformed("CSR is missing required element 'attributes'.")
    if len(fields) != _FIELDS or fields[-1].tag != _ATTRIBUTES or fields[0].encoded != _VERSION_1:
        raise _no_request()
    version, subject, key, attributes = fields
    return _Request(info.encoded, version, subject, key, attributes, algorithm, signature.content[1:])


def _contents(request: _Request) -> Csr:
    try:
        subject = read_name(request.subject.encoded)
        extensions = tuple(_requested_extensions(request.attributes))
        check_extensions(extensions)
    except ValueError as problem:
        # A problem of ours says what is wrong; that of a library would not be understood.
        reason = f": {problem}" if isinstance(problem, DerProblem) else ""
        raise _malformed(f"CSR cannot be read{reason}.") from problem
    _check_names(subject.attributes, extensions)
    return Csr(subject.encoded, request.public_key.encoded, extensions)


def _requested_extensions(attributes: Element) -> Iterator[Extension]:
    """Yield the extensions as they stand in the request, bit for bit."""
    requests: list[Element] = []
    for attribute in elements(attributes.content):
        identifier, values = elements(attribute.content)
        if identifier_of(identifier) == _EXTENSION_REQUEST:
            requests += elements(values.content)
    if len(requests) > 1:
        raise DerProblem("extensions are requested twice")
    for request in requests:
        for extension in read_extensions(request.content):
            is_odd = extension[::2] == (BASIC_CONSTRAINTS, _NO_AUTHORITY_WRITTEN_OUT)
            yield extension._replace(value=_NO_AUTHORITY) if is_odd else extension


def _check_names(subject: Sequence[Attribute], extensions: Iterable[Extension]) -> None:
    alternative_names = [each for each in extensions if each.oid == SUBJECT_ALTERNATIVE_NAME]
    if not subject and not alternative_names:
        raise _malformed("CSR must contain a subject or a subject alternative name.")
    if not subject and not all(each.critical for each in alternative_names):
        raise _malformed("CSR must mark the SAN extension critical when it has an empty subject.")
    common_names = (each.text for each in subject if each.oid == STANDARD_ATTRIBUTES["CommonName"])
    if any(len(name) > _COMMON_NAME_MAXIMUM_CHARACTERS for name in common_names):
        raise _malformed(f"CSR common name must have at most {_COMMON_NAME_MAXIMUM_CHARACTERS} characters.")
    for extension in alternative_names:
        (names,) = elements(extension.value)
        if any(
            name.tag == _DNS_NAME and len(name.content) > _DNS_NAME_MAXIMUM_BYTES for name in elements(names.content)
        ):
            raise _malformed(f"CSR DNS names must have at most {_DNS_NAME_MAXIMUM_BYTES} characters.")


def _no_request() -> ServiceError:
    return _malformed("CSR is not a valid PKCS#10 request.")


def _malformed(message: str) -> ServiceError:
    return ServiceError("MalformedCSRException", message)
