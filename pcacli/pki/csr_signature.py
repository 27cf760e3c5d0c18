"""Verifies that whoever asks for a certificate holds the key: the signature of a request, under its own key.

A signature with SHA-1 counts: it proves no more than that, and AWS takes it. `cryptography` calls it invalid when it
reads a request, so that hash and padding are worked out here.
Sources: RFC 2986 section 4.2; RFC 4055 section 3.1 (PSS); RFC 5758 section 3; public reports of requests with SHA-1
that were accepted. Assumption: MD5 is not, as Go has it.
"""

from typing import TYPE_CHECKING, Any

from pcacli.pki.algorithms import PSS_IDENTIFIER, signature_name
from pcacli.pki.der_reader import Element, elements
from pcacli.pki.der_writer import context_tag
from pcacli.pki.object_identifiers import identifier_of

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
    from cryptography.hazmat.primitives.hashes import HashAlgorithm

_HASHES = ("SHA1", "SHA224", "SHA256", "SHA384", "SHA512")
_HASH_IDENTIFIERS = {
    "1.3.14.3.2.26": "SHA1",
    "2.16.840.1.101.3.4.2.4": "SHA224",
    "2.16.840.1.101.3.4.2.1": "SHA256",
    "2.16.840.1.101.3.4.2.2": "SHA384",
    "2.16.840.1.101.3.4.2.3": "SHA512",
}
_DEFAULT_SALT_BYTES = 20


class SignatureProblem(Exception):
    """The signature is not good; the text says why, for the end of a sentence."""


def verify_request(key: "PublicKeyTypes", algorithm: Element, signature: bytes, content: bytes) -> None:
    """Verify the signature of a request; `algorithm` is its AlgorithmIdentifier, `content` what is signed.

    Raises:
        SignatureProblem: it is not good, or its algorithm is not supported.
        ValueError: the algorithm cannot be read.
    """
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    signed_by: Any = key  # `verify` takes something else in each family
    arguments: tuple[Any, ...] = ()
    name, parameters = _named(algorithm)
    try:
        if isinstance(key, rsa.RSAPublicKey):
            arguments = _rsa_arguments(name, parameters)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            arguments = (ec.ECDSA(_hash(name, "WITHECDSA")),)
        elif name.endswith(("WITHRSA", "WITHECDSA")):
            raise SignatureProblem("is not of the kind of its key")
        signed_by.verify(signature, content, *arguments)
    except InvalidSignature as problem:
        raise SignatureProblem("is not valid") from problem
    except UnsupportedAlgorithm as problem:
        raise _unsupported(name) from problem


def _named(algorithm: Element) -> tuple[str, list[Element]]:
    identifier, *parameters = elements(algorithm.content)
    return signature_name(identifier_of(identifier)), parameters


def _rsa_arguments(name: str, parameters: list[Element]) -> tuple[Any, ...]:
    from cryptography.hazmat.primitives.asymmetric import padding

    if name != PSS_IDENTIFIER:
        return padding.PKCS1v15(), _hash(name, "WITHRSA")
    hashed, mask_hash, salt_bytes = _pss(parameters)
    return padding.PSS(padding.MGF1(mask_hash), salt_bytes), hashed


def _pss(parameters: list[Element]) -> "tuple[HashAlgorithm, HashAlgorithm, int]":
    """Read RSASSA-PSS-params: hash, mask generation and salt, each of which has a default (RFC 4055 section 3.1)."""
    fields = {each.tag: each.content for each in elements(parameters[0].content)} if parameters else {}
    hashed, mask, salt = (fields.get(context_tag(number, constructed=True)) for number in range(3))
    mask_hash = None
    if mask is not None:
        (generation,) = elements(mask)
        _, of_mask = elements(generation.content)
        mask_hash = of_mask.encoded
    if salt is None:
        return _hash_of(hashed), _hash_of(mask_hash), _DEFAULT_SALT_BYTES
    (number,) = elements(salt)
    return _hash_of(hashed), _hash_of(mask_hash), int.from_bytes(number.content, "big")


def _hash_of(identifier: bytes | None) -> "HashAlgorithm":
    """Return the hash of an AlgorithmIdentifier, by default SHA-1."""
    if identifier is None:
        return _hash("SHA1", "")
    (whole,) = elements(identifier)
    oid = identifier_of(next(iter(elements(whole.content))))
    return _hash(_HASH_IDENTIFIERS.get(oid, oid), "")


def _hash(name: str, family: str) -> "HashAlgorithm":
    from cryptography.hazmat.primitives import hashes

    hashed = name.removesuffix(family)
    if hashed not in _HASHES or not name.endswith(family):
        raise _unsupported(name)
    chosen: HashAlgorithm = getattr(hashes, hashed)()
    return chosen


def _unsupported(name: str) -> SignatureProblem:
    return SignatureProblem(f"has the algorithm {name}, which is not supported for this key")
