"""Certificates, requests, CRLs and OCSP responses piece by piece, so that every piece of them can be odd."""

from datetime import datetime
from functools import cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from pcacli.pki.der_writer import (
    BIT_STRING,
    GENERALIZED_TIME,
    INTEGER,
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    SEQUENCE,
    UTC_TIME,
    encode,
    object_identifier,
)

SET, UTF8, PRINTABLE = 0x31, 0x0C, 0x13
COMMON_NAME, ORGANIZATION, COUNTRY = "2.5.4.3", "2.5.4.10", "2.5.4.6"
SUBJECT_ALTERNATIVE_NAME = "2.5.29.17"
ECDSA_WITH_SHA256 = encode(SEQUENCE, encode(OBJECT_IDENTIFIER, object_identifier("1.2.840.10045.4.3.2")))
VERSION_3 = encode(0xA0, encode(INTEGER, b"\x02"))
VALIDITY = encode(SEQUENCE, encode(UTC_TIME, b"260101000000Z"), encode(UTC_TIME, b"360101000000Z"))


@cache
def key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def attribute(oid: str, text: bytes, tag: int = UTF8) -> bytes:
    return encode(SEQUENCE, encode(OBJECT_IDENTIFIER, object_identifier(oid)), encode(tag, text))


def name(*relative: bytes) -> bytes:
    """A Name of sets, each of which holds attributes."""
    return encode(SEQUENCE, *(encode(SET, one) for one in relative))


PLAIN = name(attribute(COMMON_NAME, b"www.example.com"))


def extension(oid: str, value: bytes, critical: bytes | None = None) -> bytes:
    """An extension; `critical` is the content of its BOOLEAN, None leaves it out."""
    flag = [] if critical is None else [encode(0x01, critical)]
    return encode(SEQUENCE, encode(OBJECT_IDENTIFIER, object_identifier(oid)), *flag, encode(OCTET_STRING, value))


def hosts(*names: bytes) -> bytes:
    """The value of subjectAltName with DNS names."""
    return encode(SEQUENCE, *(encode(0x82, one) for one in names))


def public_key() -> bytes:
    return key().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def signed(content: bytes, algorithm: bytes = ECDSA_WITH_SHA256, unused_bits: bytes = b"\0") -> bytes:
    signature = key().sign(content, ec.ECDSA(hashes.SHA256()))
    return encode(SEQUENCE, content, algorithm, encode(BIT_STRING, unused_bits + signature))


def certificate(*extensions: bytes, **changed: bytes) -> bytes:
    """A certificate that signed itself; `changed` replaces fields, each in DER with its tag."""
    fields: dict[str, bytes] = {
        "version": VERSION_3,
        "serial": encode(INTEGER, b"\x01"),
        "signature": ECDSA_WITH_SHA256,
        "issuer": PLAIN,
        "validity": VALIDITY,
        "subject": PLAIN,
        "key": public_key(),
        "extensions": encode(0xA3, encode(SEQUENCE, *extensions)) if extensions else b"",
        "more": b"",
    }
    outer = {part: changed.pop(part) for part in ("algorithm", "unused_bits") if part in changed}
    fields |= changed
    return signed(encode(SEQUENCE, *fields.values()), **outer)


def request(subject: bytes = PLAIN, attributes: bytes = b"\xa0\x00", version: bytes = b"\0") -> bytes:
    return signed(encode(SEQUENCE, encode(INTEGER, version), subject, public_key(), attributes))


def crl(*extensions: bytes, **changed: bytes) -> bytes:
    fields: dict[str, bytes] = {
        "version": encode(INTEGER, b"\x01"),
        "signature": ECDSA_WITH_SHA256,
        "issuer": PLAIN,
        "this_update": encode(UTC_TIME, b"260101000000Z"),
        "next_update": encode(UTC_TIME, b"360101000000Z"),
        "revoked": b"",
        "extensions": encode(0xA0, encode(SEQUENCE, *extensions)) if extensions else b"",
    }
    return signed(encode(SEQUENCE, *(fields | changed).values()))


def generalized(instant: datetime) -> bytes:
    return encode(GENERALIZED_TIME, f"{instant:%Y%m%d%H%M%SZ}".encode())


def indefinite(der: bytes) -> bytes:
    """Write the outermost SEQUENCE of DER with an indefinite length, as BER may."""
    from pcacli.pki.der_reader import extent

    start, end = extent(der, 0)
    return der[:1] + b"\x80" + der[start:end] + b"\0\0"


def pem(label: str, der: bytes) -> bytes:
    from base64 import encodebytes

    return f"-----BEGIN {label}-----\n".encode() + encodebytes(der) + f"-----END {label}-----\n".encode()
