"""Access keys: what programs sign their requests to `local serve` with, and in whose name they call then.

A secret is shown once, when its key is made; the store holds it encrypted, bound to the identifier of its key.
Making and deleting a key leaves an entry in the audit trail of its account, under the names that AWS IAM has for that.
"""

from base64 import b64encode
from datetime import datetime
from typing import NamedTuple

from pcacli.engine import trail
from pcacli.engine.call import Parts
from pcacli.engine.context import Caller, root_of_account
from pcacli.engine.records import AccessKey
from pcacli.engine.store.port import Transaction
from pcacli.errors import DamagedStore, UsageProblem

# Not AKIA, so that nobody, and no scanner for lost secrets, takes one of ours for one of AWS's.
_PREFIX = "PCAK"
_ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_ID_LETTERS = 16
# 40 letters of base64, as long as AWS's.
_SECRET_BYTES = 30


class NewAccessKey(NamedTuple):
    """An access key with its secret, which nobody can ask for again."""

    access_key_id: str
    secret_access_key: str


def create(parts: Parts, owner: Caller) -> NewAccessKey:
    """Make an access key with which to call as the owner's account, from its place in its organization."""
    letters = (_ID_ALPHABET[byte % len(_ID_ALPHABET)] for byte in parts.context.random_bytes(_ID_LETTERS))
    made = NewAccessKey(_PREFIX + "".join(letters), b64encode(parts.context.random_bytes(_SECRET_BYTES)).decode())
    access_key = AccessKey(
        made.access_key_id,
        parts.keys.seal(_purpose(made.access_key_id), made.secret_access_key.encode()),
        owner.account,
        parts.context.now(),
        owner.organization_id,
        owner.organization_path,
    )
    with parts.store.write() as transaction:
        parts.keys.require_current(access_key.sealed_secret)
        transaction.put_access_key(access_key)
        _record(transaction, "CreateAccessKey", access_key, owner, access_key.created_at)
    return made


def listed(parts: Parts) -> list[AccessKey]:
    """Return every access key, in the order in which they were made."""
    with parts.store.read() as snapshot:
        return snapshot.access_keys()


def delete(parts: Parts, access_key_id: str, caller: Caller) -> None:
    """Delete an access key for a caller: from now on nobody can call with it.

    Raises:
        UsageProblem: there is no such key.
    """
    with parts.store.write() as transaction:
        access_key = transaction.access_key(access_key_id)
        if access_key is None:
            raise UsageProblem(f"There is no access key {access_key_id}.", hint="See: pcacli local credentials list")
        transaction.remove_access_key(access_key_id)
        _record(transaction, "DeleteAccessKey", access_key, caller, parts.context.now())


def find(parts: Parts, access_key_id: str) -> AccessKey | None:
    """Return an access key, or None."""
    with parts.store.read() as snapshot:
        return snapshot.access_key(access_key_id)


def secret(parts: Parts, access_key: AccessKey) -> str:
    """Return the secret of an access key.

    Raises:
        DamagedStore: it cannot be decrypted.
    """
    purpose = _purpose(access_key.access_key_id)
    try:
        return parts.keys.unseal(purpose, access_key.sealed_secret).decode()
    except DamagedStore:
        # The key-encryption key may just have been replaced.
        current = find(parts, access_key.access_key_id)
        if current is None or current.sealed_secret == access_key.sealed_secret:
            raise
        return parts.keys.unseal(purpose, current.sealed_secret).decode()


def caller(access_key: AccessKey, region: str) -> Caller:
    """Return in whose name a request in this region is made that is signed with the key."""
    return root_of_account(access_key.account, region)._replace(
        organization_id=access_key.organization_id, organization_path=access_key.organization_path
    )


def recorded_sha256(access_key: AccessKey) -> str:
    """Return the digest by which the audit trail knows an access key: of everything but its secret."""
    known = {
        "AccessKeyId": access_key.access_key_id,
        "AccountId": access_key.account,
        "OrganizationId": access_key.organization_id,
        "OrganizationPath": access_key.organization_path,
    }
    return trail.digest(known)


def _purpose(access_key_id: str) -> str:
    return f"access-key:{access_key_id}"


def _record(transaction: Transaction, action: str, access_key: AccessKey, actor: Caller, now: datetime) -> None:
    """Append what was done with a key to the chain of its account, which has the account's number for a name."""
    event = trail.Event(
        chain=access_key.account,
        at=now,
        account=actor.account,
        caller=actor.arn,
        action=action,
        resource=access_key.access_key_id,
        request_sha256=recorded_sha256(access_key),
        result_sha256=trail.digest({}),
    )
    transaction.append_trail(trail.next_entry(transaction.trail_head(event.chain), event))
