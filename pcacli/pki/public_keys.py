"""Which public keys are certified: those that a stranger can read, and that not everybody can break.

Sources: AWS Private CA User Guide, validation of IssueCertificate requests (keys on elliptic curves); RFC 3279 section
2.3.1 and RFC 5480 section 2 (encodings); NIST SP 800-89 section 5.3.3 (partial validation of RSA keys).
Assumption: which curves the service knows beside those of its own keys, and all sentences.
"""

from functools import lru_cache
from math import gcd, isqrt, prod
from typing import TYPE_CHECKING, Any, NamedTuple

from pcacli.pki.der_reader import DerProblem, elements
from pcacli.pki.der_writer import NULL, OBJECT_IDENTIFIER, SEQUENCE
from pcacli.pki.object_identifiers import identifier_of

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

SMALLEST_RSA_BITS = 1024
"""AWS takes such keys for end entities: its own example policies deny keys below 2,048 bits."""

SMALLEST_AUTHORITY_RSA_BITS = 2048
"""Assumption: no certificate of a CA for a smaller key, since a CA of the service has none."""

# Assumption: no larger than the keys of the service itself. To find out that a modulus is no prime takes 0.2 s for
# 4,096 bits, and would take 2 s for 8,192, during which a server does nothing else.
_LARGEST_RSA_BITS = 4096

RSA = "1.2.840.113549.1.1.1"
"""The identifier of RSA keys."""

_RSA_KINDS = (RSA, "1.2.840.113549.1.1.10")  # the second is for PSS alone (RFC 4055 section 1.2)

_EC = "1.2.840.10045.2.1"
_CURVES = {
    "1.3.132.0.33": "secp224r1",
    "1.2.840.10045.3.1.7": "secp256r1",
    "1.3.132.0.34": "secp384r1",
    "1.3.132.0.35": "secp521r1",
    "1.3.132.0.10": "secp256k1",
    "1.3.36.3.3.2.8.1.1.7": "brainpoolP256r1",
    "1.3.36.3.3.2.8.1.1.11": "brainpoolP384r1",
    "1.3.36.3.3.2.8.1.1.13": "brainpoolP512r1",
}
# The other keys that signatures are known of here: Ed25519 and Ed448 (RFC 8410), ML-DSA (RFC 9881).
_OTHERS = frozenset(
    {
        "1.3.101.112",
        "1.3.101.113",
        "2.16.840.1.101.3.4.3.17",
        "2.16.840.1.101.3.4.3.18",
        "2.16.840.1.101.3.4.3.19",
    }
)

_UNCOMPRESSED, _INFINITY = b"\4", b"\0"  # the latter is no point either, and has a sentence of its own


class _Edwards(NamedTuple):
    """A curve of RFC 8032: its field, the bits of a coordinate, and the coordinates of points of small order."""

    field: int
    bits: int
    weak: frozenset[int]


# Under a point of small order anybody can make signatures (RFC 8032, section 5.1.7: S and R may be chosen freely).
_FIELD_25519, _FIELD_448 = 2**255 - 19, 2**448 - 2**224 - 1
_EIGHTH_25519 = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_EDWARDS = {
    "1.3.101.112": _Edwards(
        _FIELD_25519, 255, frozenset({0, 1, _FIELD_25519 - 1, _EIGHTH_25519, _FIELD_25519 - _EIGHTH_25519})
    ),
    "1.3.101.113": _Edwards(_FIELD_448, 448, frozenset({0, 1, _FIELD_448 - 1})),
}

# Every small odd number is a product of the small odd primes, so that these need not be known.
_SMALL_ODD_NUMBERS = prod(range(3, 752, 2))
_CLOSE_FACTOR_ROUNDS = 100
_QUICK_BITS = 2048


@lru_cache(maxsize=256)
def public_key(key_info: bytes) -> "PublicKeyTypes":
    """Read the DER of a SubjectPublicKeyInfo, and refuse a key that no certificate should be for.

    Raises:
        ValueError: the key cannot be read, or is too weak; the text says why, for the end of a sentence.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    kind = _checked_kind(key_info)
    try:
        return load_der_public_key(key_info)
    except (ValueError, UnsupportedAlgorithm) as problem:
        raise DerProblem(_UNREADABLE.get(kind, "cannot be read")) from problem


_UNREADABLE = {_EC: "is no point on its curve, or cannot be read"}


def rsa_bits(key: "PublicKeyTypes") -> int | None:
    """Return the size of an RSA modulus in bits, None for other keys."""
    from cryptography.hazmat.primitives.asymmetric import rsa

    return key.key_size if isinstance(key, rsa.RSAPublicKey) else None


def _checked_kind(key_info: bytes) -> str:
    """Return the identifier of a key's algorithm after a look at its parameters."""
    (whole,) = elements(key_info)
    algorithm, bits = elements(whole.content)
    identifier, *parameters = elements(algorithm.content)
    kind = identifier_of(identifier)
    if kind == _EC:
        _check_curve(parameters)
        # GnuTLS and Go read no compressed points; RFC 5480, section 2.2, forbids hybrid ones.
        if bits.content[1:2] not in {_UNCOMPRESSED, _INFINITY}:
            raise DerProblem("is no uncompressed point on its curve")
    elif kind in _EDWARDS:
        _check_order(bits.content[1:], _EDWARDS[kind])
    elif kind in _RSA_KINDS:
        (numbers,) = elements(bits.content[1:])
        _check_rsa(*(int.from_bytes(each.content, "big") for each in elements(numbers.content)))
    elif kind not in _OTHERS:
        raise DerProblem("has an algorithm that is not supported")
    return kind


def _check_curve(parameters: list[Any]) -> None:
    if len(parameters) != 1 or parameters[0].tag == NULL:
        raise DerProblem("does not name its curve")
    (curve,) = parameters
    if curve.tag == SEQUENCE:
        raise DerProblem("spells its curve out in place of naming it")
    if curve.tag != OBJECT_IDENTIFIER or identifier_of(curve) not in _CURVES:
        raise DerProblem("has a curve that is not supported")


def _check_order(encoded: bytes, curve: _Edwards) -> None:
    """Refuse a point of small order, also where its coordinate is written beyond the field or with a sign."""
    coordinate = int.from_bytes(encoded, "little") & ((1 << curve.bits) - 1)
    if coordinate % curve.field in curve.weak:
        raise DerProblem("is a point that anybody can sign for")


def _check_rsa(modulus: int, exponent: int) -> None:
    bits = modulus.bit_length()
    if not SMALLEST_RSA_BITS <= bits <= _LARGEST_RSA_BITS:
        raise DerProblem(f"has {bits} bits; RSA keys have {SMALLEST_RSA_BITS} to {_LARGEST_RSA_BITS}")
    if exponent == 1 or exponent % 2 == 0:
        raise DerProblem("has a public exponent that protects nothing")
    if modulus % 2 == 0 or gcd(modulus, _SMALL_ODD_NUMBERS) != 1 or _has_close_factors(modulus) or _is_prime(modulus):
        raise DerProblem("has a modulus that anybody can factor")


def _has_close_factors(modulus: int) -> bool:
    """Look for two factors near the square root by Fermat's method, a few steps far (as certificate authorities do)."""
    middle = isqrt(modulus)
    middle += middle * middle < modulus
    for _ in range(_CLOSE_FACTOR_ROUNDS):
        rest = middle * middle - modulus
        if isqrt(rest) ** 2 == rest:
            return True
        middle += 1
    return False


def _is_prime(modulus: int) -> bool:
    """Tell whether a modulus is a prime: then everybody can work the private key out.

    OpenSSL says quickly that a number of up to 2,048 bits is none (5 ms; Python's `pow` takes 34 ms): it looks at the
    factors of a private key of which the modulus is one. For larger primes it takes seconds.
    """
    if modulus.bit_length() > _QUICK_BITS:
        return _passes_fermat(modulus)
    from cryptography.hazmat.primitives.asymmetric import rsa

    partner, exponent = 257, 65537
    try:
        private_exponent = pow(exponent, -1, (modulus - 1) * (partner - 1))
    except ValueError:  # The exponent divides what would be its group's order if the modulus were a prime.
        return _passes_fermat(modulus)
    numbers = rsa.RSAPrivateNumbers(
        p=modulus,
        q=partner,
        d=private_exponent,
        dmp1=private_exponent % (modulus - 1),
        dmq1=private_exponent % (partner - 1),
        iqmp=pow(partner, -1, modulus),
        public_numbers=rsa.RSAPublicNumbers(exponent, modulus * partner),
    )
    try:
        numbers.private_key()
    except ValueError:
        return False
    return True


def _passes_fermat(modulus: int) -> bool:
    return pow(2, modulus - 1, modulus) == 1
