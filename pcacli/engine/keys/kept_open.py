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

    def require_usable(self) -> None:
        """Make sure that keys can be made and opened."""
        self._keys.require_usable()

    def require_algorithms(self, key_algorithm: str, signing_algorithm: str) -> None:
        """Make sure that new keys may be of this algorithm and sign with that one."""
        self._keys.require_algorithms(key_algorithm, signing_algorithm)

    def open(self, reference: str) -> "PrivateKey":
        """Return the key behind a reference."""
        found = self._open.get(reference)
        if found is None:
            found = self._open[reference] = self._keys.open(reference)
        return found

    def destroy(self, reference: str) -> None:
        """Destroy a key that nothing refers to any more."""
        self._open.pop(reference, None)
        self._keys.destroy(reference)

    def signs_elsewhere(self) -> bool:
        """Tell whether a signature may have to wait."""
        return self._keys.signs_elsewhere()

    def require_current(self, reference: str) -> None:
        """Make sure that a reference or sealed secret will open."""
        self._keys.require_current(reference)

    def seal(self, purpose: str, secret: bytes) -> str:
        """Return a secret encrypted, for this purpose only."""
        return self._keys.seal(purpose, secret)

    def unseal(self, purpose: str, sealed: str) -> bytes:
        """Return a secret that was sealed for this purpose."""
        found = self._unsealed.get((purpose, sealed))
        if found is None:
            found = self._unsealed[purpose, sealed] = self._keys.unseal(purpose, sealed)
        return found
