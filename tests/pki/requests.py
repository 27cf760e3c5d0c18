"""Makes requests octet by octet, with good signatures, for what `cryptography`'s builder would not write."""

from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from pcacli.pki.der_writer import BIT_STRING, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, SET, encode, object_identifier
from pcacli.pki.pem import csr_pem
from tests.pki.issuing import key, key_info

COMMON_NAME, ORGANIZATION = "2.5.4.3", "2.5.4.10"
SUBJECT_ALTERNATIVE_NAME, KEY_USAGE, EXTENDED_KEY_USAGE = "2.5.29.17", "2.5.29.15", "2.5.29.37"
BASIC_CONSTRAINTS, NAME_CONSTRAINTS = "2.5.29.19", "2.5.29.30"
UTF8_STRING = 0x0C
EXTENSION_REQUEST = "1.2.840.113549.1.9.14"
ECDSA_WITH_SHA256 = encode(SEQUENCE, bytes.fromhex("06082a8648ce3d040302"))


def oid(dotted: str) -> bytes:
    return encode(OBJECT_IDENTIFIER, object_identifier(dotted))


def pair(kind: str, tag: int, value: bytes) -> bytes:
    return encode(SEQUENCE, oid(kind), encode(tag, value))


def name(*attributes: tuple[str, int, bytes]) -> bytes:
    """A Name with one attribute in each part."""
    return encode(SEQUENCE, *(encode(SET, pair(*attribute)) for attribute in attributes))


def extension(kind: str, value: bytes, *critical: bytes) -> bytes:
    return encode(SEQUENCE, oid(kind), *critical, encode(OCTET_STRING, value))


def extension_request(*extensions: bytes) -> bytes:
    """The attribute that asks for extensions."""
    return attribute(EXTENSION_REQUEST, encode(SEQUENCE, *extensions))


def attribute(kind: str, *values: bytes) -> bytes:
    return encode(SEQUENCE, oid(kind), encode(SET, *values))


def dns_names(*names: bytes) -> bytes:
    return encode(SEQUENCE, *(encode(0x82, each) for each in names))


PLAIN = name((COMMON_NAME, UTF8_STRING, b"leaf.example.com"))
NO_NAME = name()


def csr(
    subject: bytes = PLAIN,
    *attributes: bytes,
    algorithm: bytes = ECDSA_WITH_SHA256,
    digest: hashes.HashAlgorithm | None = None,
) -> bytes:
    """The PEM of a request with these attributes, as they are given."""
    private_key: Any = key("subject")
    info = encode(
        SEQUENCE, b"\x02\x01\x00", subject, key_info(private_key.public_key()), encode(0xA0, b"".join(attributes))
    )
    signature = private_key.sign(info, ec.ECDSA(digest or hashes.SHA256()))
    return csr_pem(encode(SEQUENCE, info, algorithm, encode(BIT_STRING, b"\0", signature))).encode()
