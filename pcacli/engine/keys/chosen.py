"""The private keys of a store, wherever they are: a reference says where, and a setting where new ones are made."""

from pathlib import Path
from typing import TYPE_CHECKING

from pcacli.engine.keys.port import KMS_KIND, PKCS11_KIND, KeyPlace, kind_of
from pcacli.engine.keys.software import SoftwareKeyStore
from pcacli.engine.store.port import Store
from pcacli.errors import ConfigurationProblem, DamagedStore

if TYPE_CHECKING:
    from pcacli.engine.endpoint_setting import Endpoint
    from pcacli.engine.keys.places import TokenPlace
    from pcacli.pki.algorithms import PrivateKey


class ChosenKeys:
    """Keys in software, and those in a PKCS #11 token or AWS KMS, which is opened when the first of them is used.

    `pin_file` holds the PIN of the token; the profile, if one is given, is where credentials for AWS KMS come from.
    """

    def __init__(
        self, store: Store, software: SoftwareKeyStore, pin_file: Path | None, aws_profile: str | None
    ) -> None:
        self._store = store
        self._software = software
        self._pin_file = pin_file
        self._aws_profile = aws_profile
        self._opened: dict[str, KeyPlace] = {}

    def require_usable(self) -> None:
        """Make sure that the key-encryption key is there, and the place where new keys are made."""
        self._software.require_usable()
        self._for_new_keys().require_usable()

    def require_algorithms(self, key_algorithm: str, signing_algorithm: str) -> None:
        """Make sure that the place where new keys are made has such keys and signatures."""
        self._for_new_keys().require_algorithms(key_algorithm, signing_algorithm)

    def generate(self, algorithm: str) -> str:
        """Make a key of one of the API's key algorithms and return its reference."""
        return self._for_new_keys().generate(algorithm)

    def open(self, reference: str) -> "PrivateKey":
        """Return the key behind a reference."""
        return self._place(kind_of(reference)).open(reference)

    def destroy(self, reference: str) -> None:
        """Destroy a key that nothing refers to any more."""
        self._place(kind_of(reference)).destroy(reference)

    def require_current(self, reference: str) -> None:
        """Make sure that a reference or sealed secret will open; a name does not depend on the key-encryption key."""
        if kind_of(reference) is None:
            self._software.require_current(reference)

    def seal(self, purpose: str, secret: bytes) -> str:
        """Return a secret encrypted, for this purpose only."""
        return self._software.seal(purpose, secret)

    def unseal(self, purpose: str, sealed: str) -> bytes:
        """Return a secret that was sealed for this purpose."""
        return self._software.unseal(purpose, sealed)

    def signs_elsewhere(self) -> bool:
        """Tell whether keys are, or may be, outside of the store."""
        return self._new_kind() is not None

    def _for_new_keys(self) -> KeyPlace:
        return self._place(self._new_kind())

    def _new_kind(self) -> str | None:
        from pcacli.engine.keys.places import new_keys_place

        with self._store.read() as snapshot:
            return new_keys_place(snapshot)

    def _place(self, kind: str | None) -> KeyPlace:
        """Return the place of a kind; None is software."""
        if kind is None:
            return self._software
        if kind not in self._opened:
            self._opened[kind] = self._open_place(kind)
        return self._opened[kind]

    def _open_place(self, kind: str) -> KeyPlace:
        from pcacli.engine.endpoint_setting import KMS
        from pcacli.engine.keys.places import TokenPlace

        with self._store.read() as snapshot:
            token, endpoint = TokenPlace.read(snapshot), KMS.read(snapshot)
        if kind == PKCS11_KIND and token is not None:
            return open_token(token, self._pin_file)
        if kind == KMS_KIND and endpoint is not None:
            return _open_kms(endpoint, self._aws_profile)
        raise DamagedStore(f"The setting that says where the {kind} keys of the store are is missing.")


def open_token(place: "TokenPlace", pin_file: Path | None) -> KeyPlace:
    """Return the keys in a PKCS #11 token, which is not asked for anything yet.

    Raises:
        ConfigurationProblem: a library is missing.
    """
    try:
        from pcacli.engine.keys.pkcs11 import Pkcs11Keys
    except ModuleNotFoundError as missing:
        raise ConfigurationProblem(
            "Keys in a PKCS #11 token need one more library; install it with: pip install 'pcacli[pkcs11]'"
        ) from missing
    return Pkcs11Keys(place, pin_file)


def _open_kms(endpoint: "Endpoint", aws_profile: str | None) -> KeyPlace:
    from pcacli.engine.keys.kms import KmsKeys

    return KmsKeys(endpoint, aws_profile)
