"""Certificate signing requests: the CA's own, and those that callers send.

Sources: RFC 2986; the contents of a CA's request are those of an observed one (tests/pki/samples/root-ca-csr.pem); ACM
PCA API reference, IssueCertificate, "Csr".
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from pcacli.errors import ServiceError
from pcacli.pki.algorithms import signature_parameters
from pcacli.pki.der_reader import Element, elements
from pcacli.pki.der_writer import context_tag
from pcacli.pki.extensions import SUBJECT_ALTERNATIVE_NAME, Extension, read_extensions
from pcacli.pki.names import STANDARD_ATTRIBUTES, subject_name
from pcacli.pki.pem import CERTIFICATE_REQUEST, PemProblem, read_pem
from pcacli.pki.requested_extensions import requested_csr_extensions
from pcacli.pki.subject_attributes import Attribute, subject_attributes

if TYPE_CHECKING:
    from cryptography import x509

    from pcacli.pki.algorithms import PrivateKey

# RFC 2985 section 5.4.2.
_EXTENSION_REQUEST = "1.2.840.113549.1.9.14"

# RFC 5280 appendix A.1, ub-common-name; AWS Private CA User Guide, "RFC compliance".
_COMMON_NAME_MAXIMUM_CHARACTERS = 64
# AWS Private CA User Guide, "RFC compliance"; the tag is that of dNSName in RFC 5280 section 4.2.1.6.
_DNS_NAME_MAXIMUM_BYTES = 253
_DNS_NAME = context_tag(2)


class Csr(NamedTuple):
    """What a certificate can take, bit for bit, from a request whose signature has been checked.

    `subject` is the DER of a Name, `public_key` that of a SubjectPublicKeyInfo.
    """

    subject: bytes
    public_key: bytes
    extensions: tuple[Extension, ...]


class _Fields(NamedTuple):
    """The fields of CertificationRequestInfo (RFC 2986 section 4.1), of which none is optional."""

    version: Element
    subject: Element
    public_key: Element
    attributes: Element


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
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    builder = x509.CertificateSigningRequestBuilder().subject_name(subject_name(subject))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    for extension in requested_csr_extensions(csr_extensions or {}):
        builder = builder.add_extension(extension.unparsed(), extension.critical)
    parameters = signature_parameters(signing_algorithm)
    return builder.sign(key, parameters.hash, rsa_padding=parameters.rsa_padding).public_bytes(Encoding.DER)


def read_csr(pem: bytes) -> Csr:
    """Read and check a request as strictly as the service does.

    The request is one PEM block labelled CERTIFICATE REQUEST; its lines may be joined by spaces. Its signature must be
    good, and it must carry a subject or alternative names.

    Raises:
        ServiceError: MalformedCSRException, the request is anything else. Assumption: all texts but the one about
            missing attributes (seen in aws/aws-sdk-net issue 1261).
    """
    der = _only_block(pem)
    fields = _fields(der)
    return _read(_load(der), fields)


def _only_block(pem: bytes) -> bytes:
    try:
        blocks = read_pem(pem, CERTIFICATE_REQUEST)
    except PemProblem as problem:
        raise _malformed(f"CSR is not valid PEM: {problem}.") from problem
    if len(blocks) != 1:
        raise _malformed("CSR must be exactly one PEM block.")
    return blocks[0]


def _fields(der: bytes) -> _Fields:
    """Return the fields of the request's signed part. None may be missing: `cryptography` lets the last one be."""
    try:
        (request,) = elements(der)
        request_info, *_ = elements(request.content)
        fields = tuple(elements(request_info.content))
    except ValueError as problem:
        raise _no_request() from problem
    if len(fields) < len(_Fields._fields):
        raise _malformed("CSR is missing required element 'attributes'.")
    return _Fields(*fields[: len(_Fields._fields)])


def _load(der: bytes) -> "x509.CertificateSigningRequest":
    from cryptography import x509

    try:
        return x509.load_der_x509_csr(der)
    except (ValueError, x509.InvalidVersion) as problem:
        raise _no_request() from problem


def _read(csr: "x509.CertificateSigningRequest", fields: _Fields) -> Csr:
    """Verify the signature and take the request apart."""
    from cryptography.exceptions import UnsupportedAlgorithm

    try:
        if not csr.is_signature_valid:
            raise _malformed("CSR signature is not valid.")
        subject = subject_attributes(fields.subject.encoded)
        extensions = _requested_extensions(csr)
    except (ValueError, TypeError, UnsupportedAlgorithm) as problem:
        raise _malformed("CSR cannot be read.") from problem
    _check_names(subject, extensions)
    return Csr(fields.subject.encoded, fields.public_key.encoded, extensions)


def _requested_extensions(csr: "x509.CertificateSigningRequest") -> tuple[Extension, ...]:
    """Return the extensions as they stand in the request, bit for bit, when they can be parsed."""
    from cryptography import x509

    try:
        _ = csr.extensions
    except x509.DuplicateExtension as problem:
        raise ValueError("an extension is requested twice") from problem
    except x509.UnsupportedGeneralNameType:
        # Names of kinds that `cryptography` does not model; the service copies alternative names unread.
        pass
    requests = [each.value for each in csr.attributes if each.oid.dotted_string == _EXTENSION_REQUEST]
    return tuple(extension for request in requests for extension in read_extensions(request))


def _check_names(subject: Sequence[Attribute], extensions: Iterable[Extension]) -> None:
    alternative_names = [each for each in extensions if each.oid == SUBJECT_ALTERNATIVE_NAME]
    if not subject and not alternative_names:
        raise _malformed("CSR must contain a subject or a subject alternative name.")
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
