"""Makes certificates of every shape, good and bad, with `cryptography` alone: nothing of pcacli has a hand in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, mldsa, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
DAY = timedelta(days=1)

KEY_MAKERS = {
    "EC": lambda: ec.generate_private_key(ec.SECP256R1()),
    "RSA": lambda: rsa.generate_private_key(65537, 2048),
    "RSA_PSS": lambda: rsa.generate_private_key(65537, 2048),
    "ML_DSA": mldsa.MLDSA44PrivateKey.generate,
}


@dataclass(frozen=True)
class Entity:
    """A certificate with its private key."""

    certificate: x509.Certificate
    key: Any
    kind: str

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def csr(self) -> bytes:
        """The DER of a CSR for the same key and subject."""
        builder = x509.CertificateSigningRequestBuilder().subject_name(self.certificate.subject)
        return builder.sign(self.key, **signing(self.kind)).public_bytes(Encoding.DER)


def signing(kind: str) -> dict[str, Any]:
    """The arguments of a builder's `sign` for a kind of key."""
    if kind == "ML_DSA":
        return {"algorithm": None}
    algorithm = hashes.SHA256()
    if kind == "RSA_PSS":
        return {"algorithm": algorithm, "rsa_padding": padding.PSS(padding.MGF1(algorithm), algorithm.digest_size)}
    return {"algorithm": algorithm}


def name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)])


def constraints(path_length: int | None = None, *, ca: bool = True, critical: bool = True) -> x509.Extension[Any]:
    value = x509.BasicConstraints(ca=ca, path_length=path_length)
    return x509.Extension(x509.BasicConstraints.oid, critical, value)


def entity(
    common_name: str,
    issuer: Entity | None = None,
    *,
    extensions: Sequence[x509.Extension[Any]] = (constraints(),),
    kind: str = "EC",
    key: Any = None,
    serial: int | None = None,
    valid: tuple[datetime, datetime] = (NOW - DAY, NOW + 365 * DAY),
) -> Entity:
    """Make a certificate that `issuer` signs, or that signs itself."""
    key = key or KEY_MAKERS[kind]()
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(common_name))
        .issuer_name(issuer.certificate.subject if issuer else name(common_name))
        .public_key(key.public_key())
        .serial_number(serial or x509.random_serial_number())
        .not_valid_before(valid[0])
        .not_valid_after(valid[1])
    )
    for extension in extensions:
        builder = builder.add_extension(extension.value, extension.critical)
    signer_key, signer_kind = (issuer.key, issuer.kind) if issuer else (key, kind)
    return Entity(builder.sign(signer_key, **signing(signer_kind)), key, kind)
