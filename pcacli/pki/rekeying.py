"""Copies of certificates with other keys: same names, serial number, window and extensions, for rehearsals."""

from typing import TYPE_CHECKING

from pcacli.pki.algorithms import (
    SIGNING_ALGORITHMS,
    customary_signing_algorithm,
    key_algorithm_of,
    signing_algorithm_of,
)
from pcacli.pki.certificate_facts import extensions_of
from pcacli.pki.der_reader import elements
from pcacli.pki.der_writer import OCTET_STRING, SEQUENCE, context_tag, encode
from pcacli.pki.extensions import AUTHORITY_KEY_IDENTIFIER, SUBJECT_KEY_IDENTIFIER, encoded, read_extensions
from pcacli.pki.signing import algorithm_identifier, key_identifier, signed

if TYPE_CHECKING:
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

    Only the two key identifiers follow the keys; all else is copied bit for bit, whether it can be read here or not.
    `issuer_identifier` is what the copy of the issuer's certificate has as its own; None means that the certificate
    signs itself. The hash is the original's where the issuer's key takes one.

    Raises:
        ValueError: the bytes are not a certificate.
    """
    algorithm = _signing_algorithm(certificate, issuer)
    (whole,) = elements(certificate)
    content, *_ = elements(whole.content)
    version, serial, _, issuer_name, validity, subject, _, *rest = elements(content.content)
    key_info = _key_info(key)
    own = key_identifier(key_info)
    copied = [encode(each.tag, _following(each.content, own, issuer_identifier or own)) for each in rest]
    before = (version.encoded, serial.encoded, algorithm_identifier(algorithm), issuer_name.encoded)
    return signed(encode(SEQUENCE, *before, validity.encoded, subject.encoded, key_info, *copied), issuer, algorithm)


def identifier_of(certificate: bytes) -> bytes:
    """Return the subject key identifier of a certificate (DER), else the one that its key would get."""
    for extension in extensions_of(certificate):
        if extension.oid == SUBJECT_KEY_IDENTIFIER:
            (identifier,) = elements(extension.value)
            return identifier.content
    return key_identifier(public_key_of(certificate))


def _following(extensions: bytes, own: bytes, issuer: bytes) -> bytes:
    """Return the content of the field of extensions as it has to be with the new keys."""
    (listed,) = elements(extensions)
    values = {
        SUBJECT_KEY_IDENTIFIER: encode(OCTET_STRING, own),
        AUTHORITY_KEY_IDENTIFIER: encode(SEQUENCE, encode(context_tag(0), issuer)),
    }
    copied = (each._replace(value=values.get(each.oid, each.value)) for each in read_extensions(listed.content))
    return encode(SEQUENCE, *map(encoded, copied))


def _signing_algorithm(certificate: bytes, issuer: "PrivateKey") -> str:
    """Return the API's name of the algorithm with which a copy is signed: as the original where the key can."""
    from cryptography import x509

    own = key_algorithm_of(issuer.public_key())
    customary = customary_signing_algorithm(own or _REPLACEMENT_KEY_ALGORITHM)
    original = signing_algorithm_of(x509.load_der_x509_certificate(certificate))
    family = SIGNING_ALGORITHMS[customary].family
    return original if original in SIGNING_ALGORITHMS and SIGNING_ALGORITHMS[original].family == family else customary


def _key_info(key: "PrivateKey") -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
