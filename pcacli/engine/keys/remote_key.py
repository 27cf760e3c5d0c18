"""Private keys that never leave the place where they are: objects that `cryptography` signs with by asking that place.

`cryptography` takes any object that subclasses its private-key classes; of those only `sign` and `public_key` are asked
for.
"""

import hashlib
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, Self, cast

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PSS
from cryptography.hazmat.primitives.serialization import load_der_public_key

from pcacli.errors import ServiceError
from pcacli.pki.algorithms import KEY_ALGORITHMS, SIGNING_ALGORITHMS, SigningAlgorithm

if TYPE_CHECKING:
    from pcacli.pki.algorithms import PrivateKey


class RemoteSigner(Protocol):
    """What a place lends of one key."""

    @property
    def key_algorithm(self) -> str:
        """The API's key algorithm."""
        ...

    def public_key(self) -> bytes:
        """Return the public key (DER, SubjectPublicKeyInfo or, for RSA, PKCS #1)."""
        ...

    def sign(self, message: bytes, algorithm: SigningAlgorithm) -> bytes:
        """Sign a message; an ECDSA signature is DER (RFC 3279, section 2.2.3)."""
        ...


def digest(message: bytes, algorithm: SigningAlgorithm) -> bytes:
    """Return the digest of a message that a signing algorithm signs."""
    return hashlib.new(str(algorithm.hash), message).digest()


def remote_key(signer: RemoteSigner) -> "PrivateKey":
    """Return the private key, of the family that its algorithm has."""
    key: PrivateKey = _KEYS[KEY_ALGORITHMS[signer.key_algorithm].family](signer)
    return key


def require_family(key_algorithm: str, place: str) -> None:
    """Refuse a key algorithm of a family that no place outside of the store has yet.

    Raises:
        ServiceError: InvalidArgsException.
    """
    if KEY_ALGORITHMS[key_algorithm].family not in _KEYS:
        raise no_such_keys(key_algorithm, place)


def no_such_keys(key_algorithm: str, place: str) -> ServiceError:
    """Return the refusal of a key algorithm that a place lacks.

    Assumption: the exception is that for SM2 where AWS does not have it; the words are ours.
    """
    return ServiceError(
        "InvalidArgsException",
        f"Key algorithm {key_algorithm} is not supported: {place}, where this store makes its keys, has no such keys.",
    )


def no_such_signatures(key_algorithm: str, algorithm: SigningAlgorithm, place: str) -> ServiceError:
    """Return the refusal of a signing algorithm that a place lacks. Assumption: as `no_such_keys`."""
    name = next(name for name, known in SIGNING_ALGORITHMS.items() if known == algorithm)
    return ServiceError(
        "InvalidArgsException",
        f"Signing algorithm {name} is not supported: {place} does not sign so with keys of type {key_algorithm}.",
    )


def _refuse(*_: Any, **__: Any) -> NoReturn:
    raise UnsupportedAlgorithm("A key that is elsewhere signs, and does nothing else.")


class _Remote:
    """What the keys of all families have in common. A copy is the same key, as there is but one."""

    def __init__(self, signer: RemoteSigner) -> None:
        self._signer = signer
        self._parameter = KEY_ALGORITHMS[signer.key_algorithm].parameter

    @cached_property
    def _public_key(self) -> Any:
        return load_der_public_key(self._signer.public_key())

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _memo: dict[int, Any]) -> Self:
        return self


class _RemoteEcKey(_Remote, ec.EllipticCurvePrivateKey):
    exchange = private_numbers = private_bytes = _refuse

    @property
    def curve(self) -> ec.EllipticCurve:
        return cast("ec.EllipticCurve", getattr(ec, str(self._parameter))())

    @property
    def key_size(self) -> int:
        return self.curve.key_size

    def public_key(self) -> ec.EllipticCurvePublicKey:
        return cast("ec.EllipticCurvePublicKey", self._public_key)

    def sign(self, data: Any, signature_algorithm: ec.EllipticCurveSignatureAlgorithm) -> bytes:
        return self._signer.sign(bytes(data), SigningAlgorithm("EC", _hash_name(signature_algorithm.algorithm)))


class _RemoteRsaKey(_Remote, rsa.RSAPrivateKey):
    decrypt = private_numbers = private_bytes = _refuse

    @property
    def key_size(self) -> int:
        return int(self._parameter)

    def public_key(self) -> rsa.RSAPublicKey:
        return cast("rsa.RSAPublicKey", self._public_key)

    def sign(self, data: Any, padding: Any, algorithm: Any) -> bytes:
        pss = isinstance(padding, PSS)
        return self._signer.sign(bytes(data), SigningAlgorithm("RSA", _hash_name(algorithm), pss))


def _hash_name(algorithm: Any) -> str:
    name: str = algorithm.name
    return name.upper()


_KEYS: dict[str, Any] = {"EC": _RemoteEcKey, "RSA": _RemoteRsaKey}
