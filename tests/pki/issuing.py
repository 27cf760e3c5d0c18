"""What the tests of issuing share: a CA in memory, requests made by `cryptography` alone, and profiles to compare."""

from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from pcacli.pki.algorithms import generate_private_key, signature_parameters
from pcacli.pki.csr import authority_csr, read_csr
from pcacli.pki.issuance import Issuer, Order, issue
from pcacli.pki.pem import csr_pem
from pcacli.pki.templates import TEMPLATES
from pcacli.pki.validity import Validity, validity_window

if TYPE_CHECKING:
    from pcacli.pki.algorithms import PrivateKey

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
WINDOW = validity_window(Validity("DAYS", 30), None, NOW)
CRL_URL = "http://bucket.s3.eu-west-1.amazonaws.com/crl/0a1b2c3d-0000-4000-8000-000000000000.crl"
OCSP_URL = "http://ocsp.acm-pca.eu-west-1.amazonaws.com"

SIGNING_ALGORITHM_OF = {
    "RSA_2048": "SHA256WITHRSA",
    "EC_prime256v1": "SHA256WITHECDSA",
    "EC_secp384r1": "SHA384WITHECDSA",
    "EC_secp521r1": "SHA512WITHECDSA",
    "ML_DSA_44": "ML_DSA_44",
    "ML_DSA_65": "ML_DSA_65",
    "ML_DSA_87": "ML_DSA_87",
}


class Fact(NamedTuple):
    """One extension of a certificate as it stands in the DER."""

    oid: str
    critical: bool
    value: str


def facts(extensions: x509.Extensions) -> list[Fact]:
    """The extensions in their order, values in hexadecimal."""
    return [Fact(each.oid.dotted_string, each.critical, each.value.public_bytes().hex()) for each in extensions]


def certificate_facts(der: bytes) -> list[Fact]:
    return facts(x509.load_der_x509_certificate(der).extensions)


def extension_order(der: bytes) -> list[str]:
    return [fact.oid for fact in certificate_facts(der)]


@cache
def key(name: str, key_algorithm: str = "EC_prime256v1") -> "PrivateKey":
    """One key for each name, made once."""
    assert name
    return generate_private_key(key_algorithm)


def request(
    private_key: Any,
    common_name: str | None = "leaf.example.com",
    extensions: tuple[tuple[x509.ExtensionType, bool], ...] = (),
    signing_algorithm: str = "SHA256WITHECDSA",
) -> bytes:
    """The PEM of a request with a common name or an empty subject."""
    attributes = [] if common_name is None else [x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)]
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(attributes))
    for value, critical in extensions:
        builder = builder.add_extension(value, critical)
    hash_algorithm, padding = signature_parameters(signing_algorithm)
    return builder.sign(private_key, hash_algorithm, rsa_padding=padding).public_bytes(Encoding.PEM)


def key_info(public_key: Any) -> bytes:
    """The DER of a SubjectPublicKeyInfo."""
    der: bytes = public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return der


def order(template: str, pem: bytes, serial: int = 0x20105475BD547E7D92DCB7ABC30A4647, **others: Any) -> Order:
    signing_algorithm = others.pop("signing_algorithm", "SHA256WITHECDSA")
    return Order(read_csr(pem), TEMPLATES[template], WINDOW, serial, signing_algorithm)._replace(**others)


def root_request(
    private_key: "PrivateKey", signing_algorithm: str = "SHA256WITHECDSA", common_name: str = "Root"
) -> bytes:
    return csr_pem(authority_csr(private_key, signing_algorithm, {"CommonName": common_name}, None)).encode()


@cache
def root(key_algorithm: str = "EC_prime256v1", *, configured: bool = False) -> Issuer:
    """A root CA with its own certificate, with or without CRL and OCSP."""
    private_key = key(f"root {key_algorithm}", key_algorithm)
    signing_algorithm = SIGNING_ALGORITHM_OF[key_algorithm]
    pending = Issuer(None, private_key, key_algorithm)
    ordered = order(
        "RootCACertificate", root_request(private_key, signing_algorithm), signing_algorithm=signing_algorithm
    )
    certified = pending._replace(certificate=issue(ordered, pending))
    return certified._replace(crl_url=CRL_URL, ocsp_url=OCSP_URL) if configured else certified


class KeyWithoutBytes(ec.EllipticCurvePrivateKey):
    """A key as a hardware module has it: it signs, it shows its public half, and there is nothing else."""

    def __init__(self, curve: ec.EllipticCurve) -> None:
        self.__signer = ec.generate_private_key(curve)

    def sign(self, data: Any, signature_algorithm: ec.EllipticCurveSignatureAlgorithm) -> bytes:
        return self.__signer.sign(data, signature_algorithm)

    def public_key(self) -> ec.EllipticCurvePublicKey:
        return self.__signer.public_key()

    @property
    def curve(self) -> ec.EllipticCurve:
        return self.__signer.curve

    @property
    def key_size(self) -> int:
        return self.__signer.key_size

    def exchange(self, *_: Any) -> bytes:
        raise AssertionError("nobody may ask for a key agreement")

    def private_numbers(self) -> ec.EllipticCurvePrivateNumbers:
        raise AssertionError("nobody may ask for private numbers")

    def private_bytes(self, *_: Any) -> bytes:
        raise AssertionError("nobody may ask for private bytes")

    def __copy__(self) -> "KeyWithoutBytes":
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> "KeyWithoutBytes":
        return self
