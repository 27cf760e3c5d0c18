"""The port behind which private keys live.

A reference is a text that the store keeps in the CA's record and that only the key store understands. The software key
store puts the encrypted key itself into the reference; a hardware module or KMS puts a name there. What `open`
returns may be any object that subclasses `cryptography`'s private-key classes: `pki` signs with it and never asks for
its bytes.
"""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pcacli.pki.algorithms import PrivateKey


class KeyStore(Protocol):
    """A place that makes private keys and opens them again."""

    def generate(self, algorithm: str) -> str:
        """Make a key of one of the API's key algorithms and return its reference."""
        ...

    def seal(self, purpose: str, secret: bytes) -> str:
        """Return a secret of the store's own, such as that of an access key, encrypted for this purpose only."""
        ...

    def unseal(self, purpose: str, sealed: str) -> bytes:
        """Return a secret that was sealed for this purpose.

        Raises:
            DamagedStore: it was sealed for another purpose or under another key, or is damaged.
        """
        ...

    def open(self, reference: str) -> "PrivateKey":
        """Return the key behind a reference.

        Raises:
            DamagedStore: the reference or the key-encryption key is damaged, or they do not belong together.
        """
        ...
