"""Private keys that stay open for as long as the process lives, for one that signs again and again."""

from typing import TYPE_CHECKING

from pcacli.engine.keys.port import KeyStore

if TYPE_CHECKING:
    from pcacli.pki.algorithms import PrivateKey


class KeptOpenKeys:
    """A key store that opens each key and each secret once. Threads may share it."""

    def __init__(self, keys: KeyStore) -> None:
        self._keys = keys
        self._open: dict[str, PrivateKey] = {}
        self._unsealed: dict[tuple[str, str], bytes] = {}

    def generate(self, algorithm: str) -> str:
        """Make a key of one of the API's key algorithms and return its reference."""
        return self._keys.generate(algorithm)

    def open(self, reference: str) -> "PrivateKey":
        """Return the key behind a reference."""
        found = self._open.get(reference)
        if found is None:
            found = self._open[reference] = self._keys.open(reference)
        return found

    def seal(self, purpose: str, secret: bytes) -> str:
        """Return a secret encrypted, for this purpose only."""
        return self._keys.seal(purpose, secret)

    def unseal(self, purpose: str, sealed: str) -> bytes:
        """Return a secret that was sealed for this purpose."""
        found = self._unsealed.get((purpose, sealed))
        if found is None:
            found = self._unsealed[purpose, sealed] = self._keys.unseal(purpose, sealed)
        return found
