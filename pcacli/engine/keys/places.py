"""The settings of a store that say where private keys are: in software unless a token or AWS KMS was chosen.

The place of new keys may be changed; those that are there stay where they are, and their places stay known.
"""

from typing import NamedTuple

from pcacli.engine.endpoint_setting import KMS, Endpoint
from pcacli.engine.keys.port import KMS_KIND, PKCS11_KIND
from pcacli.engine.store.port import Snapshot, Transaction

_NEW_KEYS, _MODULE, _TOKEN = "new_keys", "pkcs11_module", "pkcs11_token"
SETTINGS = (_NEW_KEYS, _MODULE, _TOKEN, *KMS.names)
"""The names of the settings."""


class TokenPlace(NamedTuple):
    """A token by its label, and the file of the PKCS #11 module that reaches it."""

    module: str
    label: str

    @classmethod
    def read(cls, snapshot: Snapshot) -> "TokenPlace | None":
        """Return the token that the store uses, None if it uses none."""
        module, label = snapshot.setting(_MODULE), snapshot.setting(_TOKEN)
        return None if module is None or label is None else cls(module, label)


def use_token(transaction: Transaction, place: TokenPlace) -> None:
    """Let new keys be made in a token."""
    transaction.put_setting(_NEW_KEYS, PKCS11_KIND)
    transaction.put_setting(_MODULE, place.module)
    transaction.put_setting(_TOKEN, place.label)


def use_kms(transaction: Transaction, endpoint: Endpoint) -> None:
    """Let new keys be made in AWS KMS."""
    transaction.put_setting(_NEW_KEYS, KMS_KIND)
    KMS.put(transaction, endpoint)


def new_keys_place(snapshot: Snapshot) -> str | None:
    """Return the kind of the place where new keys are made, None for software."""
    return snapshot.setting(_NEW_KEYS)


def described(snapshot: Snapshot) -> str:
    """Return where new keys are made, in words."""
    kind, token, endpoint = new_keys_place(snapshot), TokenPlace.read(snapshot), KMS.read(snapshot)
    if kind == PKCS11_KIND and token is not None:
        return f"PKCS #11 token {token.label} ({token.module})"
    if kind == KMS_KIND and endpoint is not None:
        return f"AWS KMS ({endpoint.url or 'AWS'})"
    return "software"
