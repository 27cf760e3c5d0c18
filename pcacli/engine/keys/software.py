"""Private keys in software: the reference is the key itself, encrypted.

A reference reads `software:1:<key algorithm>:<base64url>`. The last part is a random 96-bit nonce followed by the key
as PKCS#8 (RFC 5958), encrypted with AES-256-GCM; everything before it is authenticated with it, so a key cannot be
passed off as one of another algorithm.
Source: NIST SP 800-38D, section 8.2.2 (random nonces; far below 2^32 keys under one key-encryption key).
"""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from pcacli.errors import DamagedStore, PcaError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    from pcacli.pki.algorithms import PrivateKey

_LABEL = "software:1:"
_NONCE_SIZE_BYTES = 12


class SoftwareKeyStore:
    """Keeps private keys in the references that it hands out, encrypted.

    `key_encryption_key` returns the 32 bytes of the key-encryption key. It is asked when a key is made or opened, so
    that a command that needs no private key does not read it and nothing of it stays in an attribute.
    """

    def __init__(self, key_encryption_key: Callable[[], bytes]) -> None:
        self._key_encryption_key = key_encryption_key

    def require_usable(self) -> None:
        """Make sure that the key-encryption key is there."""
        self._key_encryption_key()

    def require_algorithms(self, key_algorithm: str, signing_algorithm: str) -> None:
        """Do nothing: there are keys of every algorithm of this region, which `pki` tells."""

    def signs_elsewhere(self) -> bool:
        """Tell that signatures are made at once."""
        return False

    def destroy(self, reference: str) -> None:
        """Do nothing: a key goes with its reference."""

    def generate(self, algorithm: str) -> str:
        """Make a key of one of the API's key algorithms and return its reference."""
        from pcacli.pki.algorithms import generate_private_key

        return self.wrap(algorithm, generate_private_key(algorithm))

    def wrap(self, algorithm: str, private_key: "PrivateKey") -> str:
        """Return the reference of a key that is already there."""
        from cryptography.hazmat.primitives import serialization

        plain = private_key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return self.seal(algorithm, plain)

    def open(self, reference: str) -> "PrivateKey":
        """Return the key behind a reference.

        Raises:
            DamagedStore: the reference or the key-encryption key is damaged, or they do not belong together.
        """
        from cryptography.hazmat.primitives.serialization import load_der_private_key

        # The bytes are authenticated and our own; to test an RSA key's primes again would take longer than to sign.
        key = load_der_private_key(
            self._unwrap(reference, "A CA's private key"), password=None, unsafe_skip_rsa_key_validation=True
        )
        return cast("PrivateKey", key)

    def seal(self, purpose: str, secret: bytes) -> str:
        """Return a secret encrypted, for this purpose only."""
        label = f"{_LABEL}{purpose}:"
        nonce = os.urandom(_NONCE_SIZE_BYTES)
        sealed = nonce + self._cipher().encrypt(nonce, secret, label.encode())
        return label + urlsafe_b64encode(sealed).decode()

    def unseal(self, purpose: str, sealed: str) -> bytes:
        """Return a secret that was sealed for this purpose.

        Raises:
            DamagedStore: it was sealed for another purpose or under another key, or is damaged.
        """
        if sealed.rpartition(":")[0] != f"{_LABEL}{purpose}":
            raise DamagedStore("A secret in the store is not what it is stored as.")
        return self._unwrap(sealed, "A secret")

    def require_current(self, reference: str) -> None:
        """Make sure that a reference or sealed secret opens, before it is stored."""
        try:
            self._unwrap(reference, "A secret")
        except DamagedStore as error:
            raise PcaError(
                "The key-encryption key of the store was replaced at this moment; nothing was changed, try again."
            ) from error

    def rewrapped(self, reference: str, other: "SoftwareKeyStore") -> str:
        """Return a reference or sealed secret as another key store would have made it.

        Raises:
            DamagedStore: it cannot be decrypted.
        """
        purpose = reference.rpartition(":")[0].removeprefix(_LABEL)
        return other.seal(purpose, self._unwrap(reference, "A key or secret"))

    def _unwrap(self, reference: str, what: str) -> bytes:
        from cryptography.exceptions import InvalidTag

        label, _, sealed_text = reference.rpartition(":")
        try:
            sealed = urlsafe_b64decode(sealed_text)
            nonce, ciphertext = sealed[:_NONCE_SIZE_BYTES], sealed[_NONCE_SIZE_BYTES:]
            return self._cipher().decrypt(nonce, ciphertext, f"{label}:".encode())
        except (InvalidTag, ValueError) as error:
            raise DamagedStore(
                f"{what} cannot be decrypted: what is stored is damaged, or was stored under another key-encryption "
                "key."
            ) from error

    def _cipher(self) -> "AESGCM":
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        from pcacli.pki.core_dumps import forbid_core_dumps

        forbid_core_dumps()
        return AESGCM(self._key_encryption_key())
