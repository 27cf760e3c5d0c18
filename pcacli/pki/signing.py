"""Signs DER as X.509 does: the signed part, the identifier of the algorithm, the signature.

Sources: RFC 5280 section 4.1.1; RFC 4055 sections 3.1 and 5 (RSA); RFC 5758 section 3.2 (ECDSA); RFC 9881 section 2
(ML-DSA).
"""

from functools import lru_cache
from hashlib import sha1
from typing import TYPE_CHECKING, Any

from pcacli.pki.algorithms import (
    EDWARDS_IDENTIFIERS,
    PSS_IDENTIFIER,
    SIGNATURE_IDENTIFIERS,
    SIGNING_ALGORITHMS,
    key_algorithm_of,
    signature_parameters,
)
from pcacli.pki.der_reader import elements
from pcacli.pki.der_writer import (
    BIT_STRING,
    INTEGER,
    NULL,
    OBJECT_IDENTIFIER,
    SEQUENCE,
    context_tag,
    encode,
    object_identifier,
)

if TYPE_CHECKING:
    from pcacli.pki.algorithms import PrivateKey

_HASHES = {
    "SHA256": "2.16.840.1.101.3.4.2.1",
    "SHA384": "2.16.840.1.101.3.4.2.2",
    "SHA512": "2.16.840.1.101.3.4.2.3",
}
_MASK_GENERATION = "1.2.840.113549.1.1.8"
_NO_UNUSED_BITS = b"\x00"


def signed(content: bytes, key: "PrivateKey", signing_algorithm: str) -> bytes:
    """Return the SEQUENCE of the content, the identifier of the algorithm and the signature over the content."""
    signer: Any = key  # `sign` takes something else in each family
    signature = encode(BIT_STRING, _NO_UNUSED_BITS, signer.sign(content, *_arguments_of_sign(signing_algorithm)))
    return encode(SEQUENCE, content, algorithm_identifier(signing_algorithm), signature)


def key_identifier(public_key: bytes) -> bytes:
    """Return the SHA-1 of the bits of a key (DER of a SubjectPublicKeyInfo): RFC 5280 section 4.2.1.2, method 1."""
    (key_info,) = elements(public_key)
    _, bits = elements(key_info.content)
    return sha1(bits.content[1:], usedforsecurity=False).digest()


def request_algorithm(key: "PrivateKey") -> str:
    """Return the algorithm with which the key of an end entity signs its request: the API's, or an Edwards key's."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa

    families = {
        rsa.RSAPrivateKey: "SHA256WITHRSA",
        ec.EllipticCurvePrivateKey: "SHA256WITHECDSA",
        ed25519.Ed25519PrivateKey: "ED25519",
        ed448.Ed448PrivateKey: "ED448",
    }
    known = next((name for family, name in families.items() if isinstance(key, family)), None)
    return known or str(key_algorithm_of(key.public_key()))


@lru_cache
def algorithm_identifier(signing_algorithm: str) -> bytes:
    """Return the DER of the AlgorithmIdentifier of one of the API's signing algorithms, or of an Edwards key's."""
    if signing_algorithm in EDWARDS_IDENTIFIERS:
        return _identifier(EDWARDS_IDENTIFIERS[signing_algorithm])
    family, digest, pss = SIGNING_ALGORITHMS[signing_algorithm]
    if pss and digest:
        return _pss_identifier(digest)
    parameters = [encode(NULL)] if family == "RSA" else []
    return _identifier(SIGNATURE_IDENTIFIERS[signing_algorithm], *parameters)


def _pss_identifier(digest: str) -> bytes:
    """Write RSASSA-PSS-params: hash, mask generation with the same hash, and a salt as long as the hash."""
    hashed = _identifier(_HASHES[digest], encode(NULL))
    salt_bytes = int(digest.removeprefix("SHA")) // 8
    parameters = (hashed, _identifier(_MASK_GENERATION, hashed), encode(INTEGER, bytes((salt_bytes,))))
    tagged = (encode(context_tag(number, constructed=True), each) for number, each in enumerate(parameters))
    return _identifier(PSS_IDENTIFIER, encode(SEQUENCE, *tagged))


def _identifier(dotted: str, *parameters: bytes) -> bytes:
    return encode(SEQUENCE, encode(OBJECT_IDENTIFIER, object_identifier(dotted)), *parameters)


@lru_cache
def _arguments_of_sign(signing_algorithm: str) -> tuple[Any, ...]:
    """Return what the key's `sign` takes besides the content; each family of keys has its own signature."""
    if signing_algorithm in EDWARDS_IDENTIFIERS:
        return ()
    digest, rsa_padding = signature_parameters(signing_algorithm)
    family = SIGNING_ALGORITHMS[signing_algorithm].family
    if digest is None:
        return ()
    if family == "EC":
        from cryptography.hazmat.primitives.asymmetric import ec

        return (ec.ECDSA(digest),)
    from cryptography.hazmat.primitives.asymmetric import padding

    return (rsa_padding or padding.PKCS1v15(), digest)
