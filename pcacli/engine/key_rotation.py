"""Replacing the key-encryption key: everything that is encrypted under it is encrypted under a new one.

A process that is killed leaves a store that opens, whenever that happens: the new key is in the key file, beside the
old one, before the transaction that switches to it, and the old one leaves the file after the commit. What signs
meanwhile reads a CA once more when its key does not open (keys/signing_key.py); what has sealed a secret under the old
key and not committed it yet is refused (KeyStore.require_current). Keys outside of the store are not concerned.
"""

from typing import NamedTuple

from pcacli.engine.keys import key_encryption
from pcacli.engine.keys.port import kind_of
from pcacli.engine.keys.software import SoftwareKeyStore
from pcacli.engine.keys.source import LOCK, KeySource, NewKey
from pcacli.engine.progress import Phase, Progress, unwatched, watched
from pcacli.engine.store.port import Store, Transaction

_ENCRYPTING = Phase("Encrypting the keys anew")


class Rotated(NamedTuple):
    """How many CAs' keys and how many access keys' secrets are under the new key."""

    authorities: int
    access_keys: int


def rotate(store: Store, source: KeySource, new: NewKey, progress: Progress = unwatched) -> Rotated:
    """Put a new key in the place of the store's key-encryption key.

    Raises:
        ConfigurationProblem: the present key cannot be had, or the key file cannot be written.
        DamagedStore: a key or a secret does not open; nothing was changed.
    """
    with store.exclusive(LOCK, wait=True):
        present = source.current()
        if new.protection.derivation is None:
            key_encryption.write_keys(source.key_file, [present, new.key])
        try:
            with store.write() as transaction:
                old_keys, new_keys = SoftwareKeyStore(lambda: present), SoftwareKeyStore(lambda: new.key)
                done = _rewrap(transaction, old_keys, new_keys, progress)
                transaction.put_setting(*new.protection.setting)
        finally:
            source.drop_unused()
    return done


def _rewrap(transaction: Transaction, old: SoftwareKeyStore, new: SoftwareKeyStore, progress: Progress) -> Rotated:
    authorities = [one for one in transaction.authorities() if kind_of(one.key_reference) is None]
    access_keys = transaction.access_keys()
    for authority in watched(authorities, progress, _ENCRYPTING, len(authorities)):
        transaction.put_authority(authority._replace(key_reference=old.rewrapped(authority.key_reference, new)))
    for access_key in watched(access_keys, progress, _ENCRYPTING, len(access_keys)):
        transaction.put_access_key(access_key._replace(sealed_secret=old.rewrapped(access_key.sealed_secret, new)))
    return Rotated(len(authorities), len(access_keys))
