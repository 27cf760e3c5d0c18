"""The ports behind which private keys live.

A reference is a text that the store keeps in the CA's record and that only the key store understands. The software key
store puts the encrypted key itself into the reference; a PKCS #11 token or AWS KMS puts a name there. What `open`
returns may be any object that subclasses `cryptography`'s private-key classes: `pki` signs with it and never asks for
its bytes.
"""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pcacli.pki.algorithms import PrivateKey

PKCS11_KIND, KMS_KIND = "pkcs11", "kms"
"""The kinds of places outside of the store, with which references to keys there begin."""


def kind_of(reference: str) -> str | None:
    """Return the kind of place outside of the store in which a key is, None if it is in the reference itself."""
    kind = reference.partition(":")[0]
    return kind if kind in (PKCS11_KIND, KMS_KIND) else None


class KeyPlace(Protocol):
    """A place that makes private keys and opens them again."""

    def require_usable(self) -> None:
        """Make sure that keys can be made and opened, as far as that is known without doing it.

        Raises:
            ConfigurationProblem: they cannot.
        """
        ...

    def require_algorithms(self, key_algorithm: str, signing_algorithm: str) -> None:
        """Make sure that keys of one of the API's algorithms can be made here and sign with another.

        Raises:
            ServiceError: InvalidArgsException, they cannot.
            ConfigurationProblem: the place cannot be reached.
        """
        ...

    def generate(self, algorithm: str) -> str:
        """Make a key of one of the API's key algorithms and return its reference.

        Raises:
            ServiceError: InvalidArgsException, there are no such keys here.
            ConfigurationProblem: the place refuses or cannot be reached.
        """
        ...

    def open(self, reference: str) -> "PrivateKey":
        """Return the key behind a reference. One that is elsewhere is only looked for when it is used.

        Raises:
            DamagedStore: the reference or the key-encryption key is damaged, or they do not belong together.
        """
        ...

    def destroy(self, reference: str) -> None:
        """Destroy a key that nothing refers to any more; one that is gone already is no problem.

        Raises:
            ConfigurationProblem: the place refuses or cannot be reached.
        """
        ...


class KeyStore(KeyPlace, Protocol):
    """The private keys of a store, and its other secrets."""

    def seal(self, purpose: str, secret: bytes) -> str:
        """Return a secret of the store's own, such as that of an access key, encrypted for this purpose only."""
        ...

    def unseal(self, purpose: str, sealed: str) -> bytes:
        """Return a secret that was sealed for this purpose.

        Raises:
            DamagedStore: it was sealed for another purpose or under another key, or is damaged.
        """
        ...

    def require_current(self, reference: str) -> None:
        """Make sure that a reference or sealed secret will open; call it in the transaction that stores it first.

        Raises:
            PcaError: what encrypts it was replaced in the meantime.
        """
        ...

    def signs_elsewhere(self) -> bool:
        """Tell whether a signature may have to wait for a device or another machine."""
        ...
