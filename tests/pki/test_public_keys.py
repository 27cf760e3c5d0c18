"""Keys that nobody should certify are refused, with the true reason."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, rsa, x25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from pcacli.pki.der_reader import elements
from pcacli.pki.der_writer import encode, object_identifier
from pcacli.pki.public_keys import public_key

RSA = encode(0x30, encode(0x06, object_identifier("1.2.840.113549.1.1.1")), b"\x05\0")
POINT = bytes.fromhex(
    "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
)
P256 = encode(0x06, object_identifier("1.2.840.10045.3.1.7"))
# 2^2203 - 1 and 2^1279 - 1 are primes.
PRIME, SMALLER_PRIME = 2**2203 - 1, 2**1279 - 1


def info(key: Any) -> bytes:
    encoded: bytes = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return encoded


def rsa_info(modulus: int, exponent: int = 65537) -> bytes:
    numbers = (encode(0x02, each.to_bytes(each.bit_length() // 8 + 1, "big")) for each in (modulus, exponent))
    return encode(0x30, RSA, encode(0x03, b"\0", encode(0x30, *numbers)))


def ec_info(*parameters: bytes, point: bytes = POINT) -> bytes:
    algorithm = encode(0x30, encode(0x06, object_identifier("1.2.840.10045.2.1")), *parameters)
    return encode(0x30, algorithm, encode(0x03, b"\0", point))


ORDER_8 = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"


def edwards(kind: str, encoded: bytes) -> bytes:
    return encode(0x30, encode(0x30, encode(0x06, object_identifier(kind))), encode(0x03, b"\0", encoded))


def good_modulus(bits: int = 2048) -> int:
    return rsa.generate_private_key(65537, bits).public_key().public_numbers().n


@pytest.mark.parametrize(
    ("refused", "reason"),
    [
        (rsa_info(PRIME), "anybody can factor"),
        (rsa_info(SMALLER_PRIME), "anybody can factor"),
        (rsa_info(SMALLER_PRIME * 3), "anybody can factor"),
        (rsa_info(SMALLER_PRIME**2), "anybody can factor"),
        (rsa_info(good_modulus() - 1), "anybody can factor"),
        (rsa_info(good_modulus(), 1), "exponent that protects nothing"),
        (rsa_info(good_modulus(), 4), "exponent that protects nothing"),
        (rsa_info(good_modulus() >> 1100 | 1), "has 948 bits"),
        (rsa_info(2**8500 + 1), "has 8501 bits"),
        (ec_info(), "does not name its curve"),
        (ec_info(b"\x05\0"), "does not name its curve"),
        (ec_info(encode(0x30, b"\x02\x01\x01")), "spells its curve out"),
        (ec_info(encode(0x06, object_identifier("1.3.132.0.6"))), "a curve that is not supported"),
        (ec_info(encode(0x06, object_identifier("1.2.3.4"))), "a curve that is not supported"),
        (ec_info(P256, point=POINT[:-1] + b"\0"), "no point on its curve"),
        (ec_info(P256, point=b"\0"), "no point on its curve"),
        (ec_info(P256, point=bytes((2 + POINT[-1] % 2,)) + POINT[1:33]), "no uncompressed point"),
        (ec_info(P256, point=bytes((6 + POINT[-1] % 2,)) + POINT[1:]), "no uncompressed point"),
        (edwards("1.3.101.112", (1).to_bytes(32, "little")), "anybody can sign for"),
        (edwards("1.3.101.112", (2**255 - 18).to_bytes(32, "little")), "anybody can sign for"),
        (edwards("1.3.101.112", bytes(31) + b"\x80"), "anybody can sign for"),
        (edwards("1.3.101.112", bytes.fromhex(ORDER_8)), "anybody can sign for"),
        (edwards("1.3.101.113", (1).to_bytes(57, "little")), "anybody can sign for"),
        (info(dsa.generate_private_key(1024)), "an algorithm that is not supported"),
        (info(x25519.X25519PrivateKey.generate()), "an algorithm that is not supported"),
    ],
    ids=[
        "RSA with a prime modulus",
        "RSA with a smaller one",
        "RSA with a small factor",
        "RSA with a square",
        "RSA with an even modulus",
        "RSA with exponent 1",
        "RSA with an even exponent",
        "RSA below 1024 bits",
        "RSA above 4096 bits",
        "no curve",
        "implicit curve",
        "explicit curve",
        "a curve of 112 bits",
        "no curve at all",
        "a point off the curve",
        "the point at infinity",
        "a compressed point",
        "a hybrid point",
        "Ed25519's neutral point",
        "the same, written beyond the field",
        "a point of order 4 with a sign",
        "a point of order 8",
        "Ed448's neutral point",
        "DSA",
        "X25519",
    ],
)
def test_a_key_that_is_worth_nothing_is_refused(refused: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        public_key(refused)


def test_close_factors_are_found() -> None:
    middle = 2**1023 + 2**1022 + 3**400
    with pytest.raises(ValueError, match="anybody can factor"):
        public_key(rsa_info((middle - 12) * (middle + 12) | 1 if middle % 2 else (middle - 13) * (middle + 13)))


@pytest.mark.parametrize(
    "private_key",
    [
        rsa.generate_private_key(65537, 1024),
        rsa.generate_private_key(3, 2048),
        ec.generate_private_key(ec.SECP256K1()),
        ec.generate_private_key(ec.BrainpoolP384R1()),
        ed448.Ed448PrivateKey.generate(),
    ],
    ids=["short RSA", "RSA with exponent 3", "secp256k1", "Brainpool", "Ed448"],
)
def test_any_other_key_is_taken(private_key: Any) -> None:
    assert public_key(info(private_key)) == private_key.public_key()


def test_a_key_in_a_form_of_its_own_is_refused() -> None:
    """An identifier with padding names the same curve to some readers, and none to others."""
    (curve,) = elements(P256)
    padded = encode(0x06, curve.content[:1] + b"\x80" + curve.content[1:])
    with pytest.raises(ValueError, match="not encoded as DER"):
        public_key(ec_info(padded))
