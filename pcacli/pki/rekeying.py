"""Copies of certificates with other keys: same names, serial number, window and extensions, for rehearsals."""

from typing import TYPE_CHECKING

from pcacli.pki.certificate_facts import subject_key_identifier

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import padding
    from cryptography.hazmat.primitives.hashes import SHA224, SHA256, SHA384, SHA512

    from pcacli.pki.algorithms import PrivateKey

_REPLACEMENT_KEY_ALGORITHM = "EC_prime256v1"


def public_key_of(certificate: bytes) -> bytes:
    """Return the DER of the key in a certificate (DER), by which it is told from others."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    key = x509.load_der_x509_certificate(certificate).public_key()
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def fresh_key_like(certificate: bytes) -> "PrivateKey":
    """Make a key of the kind that is in a certificate (DER); where the API has no such kind, one on P-256."""
    from cryptography import x509

    from pcacli.pki.algorithms import generate_private_key, key_algorithm_of

    algorithm = key_algorithm_of(x509.load_der_x509_certificate(certificate).public_key())
    usual = algorithm is not None and algorithm != "SM2"
    return generate_private_key(algorithm if usual and algorithm else _REPLACEMENT_KEY_ALGORITHM)


def rekeyed(certificate: bytes, key: "PrivateKey", issuer: "PrivateKey", issuer_identifier: bytes | None) -> bytes:
    """Return a copy of a certificate (DER) for another key, signed by another issuer's key.

    Only the two key identifiers follow the keys. `issuer_identifier` is what the copy of the issuer's certificate has
    as its own; None means that the certificate signs itself. The hash is the original's where the issuer's key
    takes one.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    original = x509.load_der_x509_certificate(certificate)
    builder = (
        x509.CertificateBuilder()
        .serial_number(original.serial_number)
        .issuer_name(original.issuer)
        .subject_name(original.subject)
        .not_valid_before(original.not_valid_before_utc)
        .not_valid_after(original.not_valid_after_utc)
        .public_key(key.public_key())
    )
    own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    for extension in original.extensions:
        builder = builder.add_extension(_following(extension.value, own, issuer_identifier), extension.critical)
    chosen_hash, rsa_padding = _signature(original, issuer)
    return builder.sign(issuer, chosen_hash, rsa_padding=rsa_padding).public_bytes(Encoding.DER)


def identifier_of(certificate: bytes) -> bytes:
    """Return the subject key identifier of a certificate (DER)."""
    from cryptography import x509

    return subject_key_identifier(x509.load_der_x509_certificate(certificate))


def _following(
    value: "x509.ExtensionType", own: "x509.SubjectKeyIdentifier", issuer_identifier: bytes | None
) -> "x509.ExtensionType":
    """Return an extension as it has to be with the new keys."""
    from cryptography import x509

    if isinstance(value, x509.SubjectKeyIdentifier):
        return own
    if isinstance(value, x509.AuthorityKeyIdentifier):
        return x509.AuthorityKeyIdentifier(issuer_identifier or own.digest, None, None)
    return value


def _signature(
    original: "x509.Certificate", issuer: "PrivateKey"
) -> "tuple[SHA224 | SHA256 | SHA384 | SHA512 | None, padding.PSS | None]":
    """Return the hash and the RSA padding with which a copy is signed."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

    if not isinstance(issuer, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        return None, None
    chosen = original.signature_hash_algorithm
    if not isinstance(chosen, hashes.SHA224 | hashes.SHA256 | hashes.SHA384 | hashes.SHA512):
        chosen = hashes.SHA256()
    if isinstance(issuer, rsa.RSAPrivateKey) and isinstance(original.signature_algorithm_parameters, padding.PSS):
        return chosen, padding.PSS(padding.MGF1(chosen), chosen.digest_size)
    return chosen, None
