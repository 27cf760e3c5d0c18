"""Private keys of end entities in files: PEM, and PKCS #12 with the certificate."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from pcacli.errors import UsageProblem

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

    from pcacli.pki.algorithms import PrivateKey


def private_key_pem(key: "PrivateKey") -> bytes:
    """Return a private key as unencrypted PKCS #8 in PEM, for a file that only its owner may read."""
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def read_private_key(pem: bytes, source: str) -> "PrivateKey":
    """Read a private key; `source` is where it comes from.

    Raises:
        UsageProblem: it is not one of a kind that the API has, or it is encrypted.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    from pcacli.pki.algorithms import key_algorithm_of

    try:
        key = load_pem_private_key(pem, password=None)
        known = key_algorithm_of(key.public_key()) is not None
    except TypeError as error:
        raise UsageProblem(f"The private key in {source} is encrypted; an unencrypted one is needed.") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UsageProblem(f"{source} holds no private key that can be read.") from error
    if not known:
        raise UsageProblem(f"The private key in {source} is of a kind that AWS Private CA does not have.")
    return cast("PrivateKey", key)


def public_key_der(key: "PrivateKey") -> bytes:
    """Return the public half of a key as SubjectPublicKeyInfo."""
    return _der(key.public_key())


def is_key_of(key: "PrivateKey", certificate_pem: str) -> bool:
    """Tell whether a certificate is for a key."""
    from cryptography import x509

    return _der(x509.load_pem_x509_certificate(certificate_pem.encode()).public_key()) == public_key_der(key)


def pkcs12_bundle(key: "PrivateKey", certificate_pem: str, chain_pem: Sequence[str], password: bytes) -> bytes:
    """Return key, certificate and chain as PKCS #12, encrypted with a password.

    The friendly name is the subject's common name. Source: RFC 7292; the encryption is PBES2 with AES-256 and a MAC
    with SHA-256, which OpenSSL 1.1, Java 8u301 and Windows Server 2019 read.

    Raises:
        UsageProblem: PKCS #12 files of such keys cannot be written.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

    certificate, *chain = (x509.load_pem_x509_certificate(pem.encode()) for pem in (certificate_pem, *chain_pem))
    names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    friendly_name = str(names[0].value).encode() if names else None
    encryption = BestAvailableEncryption(password)
    # `cryptography` 50 has no ML-DSA there; `require_pkcs12` refuses that before anything is issued.
    return pkcs12.serialize_key_and_certificates(
        friendly_name, cast("pkcs12.PKCS12PrivateKeyTypes", key), certificate, chain, encryption
    )


def require_pkcs12(key_algorithm: str | None) -> None:
    """Check that a key can go into a PKCS #12 file.

    Raises:
        UsageProblem: it is an ML-DSA key, for which `cryptography` does not write them.
    """
    if key_algorithm is None or not key_algorithm.startswith(("RSA_", "EC_")):
        raise UsageProblem("PKCS #12 files can be written for RSA and EC keys only.")


def _der(key: "CertificatePublicKeyTypes") -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
