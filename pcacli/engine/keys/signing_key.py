"""A CA's private key, also in the instant in which the key-encryption key is being replaced."""

from typing import TYPE_CHECKING

from pcacli.engine.keys.port import KeyStore
from pcacli.engine.records import CertificateAuthority
from pcacli.engine.store.port import Store
from pcacli.errors import DamagedStore

if TYPE_CHECKING:
    from pcacli.pki.algorithms import PrivateKey


def signing_key(store: Store, keys: KeyStore, authority: CertificateAuthority) -> "PrivateKey":
    """Return the private key of a CA that was read from the store.

    Raises:
        DamagedStore: the key cannot be opened, and its reference in the store is still the same.
    """
    try:
        return keys.open(authority.key_reference)
    except DamagedStore:
        with store.read() as snapshot:
            current = snapshot.authority(authority.arn)
        if current is None or current.key_reference == authority.key_reference:
            raise
        return keys.open(current.key_reference)
