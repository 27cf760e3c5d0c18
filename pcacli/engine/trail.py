"""The audit trail: who did what, in chains of entries that each hold the hash of the one before.

There is one chain for each CA and one for each account. To change, insert, remove or reorder entries breaks a chain
and is found; to rewrite a whole chain, or to drop its end, is found only by whoever kept its newest hash elsewhere.
Everything here is a pure function.

An entry is hashed as JSON with sorted keys, no spaces and ASCII only (as RFC 8785 orders it, for the strings that
occur here). Requests and results are hashed the same way, bytes as base64 and instants in UTC.
"""

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from pcacli.engine.records import TrailEntry
from pcacli.errors import DamagedStore

GENESIS_SHA256 = "0" * 64
"""What the first entry of a chain holds as the hash of the one before."""

SECRET_MEMBERS = frozenset({"Passphrase", "PrivateKey", "SecretAccessKey"})
"""Members that are left out of digests at any depth: a digest of a short secret can be guessed."""


class Event(NamedTuple):
    """A changing action that succeeded, before it has its place in a chain; the fields are those of TrailEntry."""

    chain: str
    at: datetime
    account: str
    caller: str
    action: str
    resource: str
    request_sha256: str
    result_sha256: str


class BrokenTrail(DamagedStore):
    """An entry of the audit trail does not follow from the one before; `entry` is the first such one."""

    def __init__(self, entry: TrailEntry, reason: str) -> None:
        super().__init__(
            f"The audit trail {entry.chain} is broken at the entry {entry.action} of {entry.at.isoformat()}: {reason}."
        )
        self.entry = entry


def digest(value: Any) -> str:
    """Return the SHA-256 of a request or result as lower-case hexadecimal, secret members left out.

    Raises:
        TypeError: there is something in it that is no data of the API, such as a key object.
    """
    return _sha256(_without_secrets(value))


def next_entry(head: TrailEntry | None, event: Event) -> TrailEntry:
    """Return the entry that follows the newest one of its chain (None: the chain begins).

    Raises:
        ValueError: the two belong to different chains.
    """
    if head is not None and head.chain != event.chain:
        raise ValueError(f"{event.chain} does not continue {head.chain}.")
    previous = GENESIS_SHA256 if head is None else head.sha256
    entry = TrailEntry(*event, previous_sha256=previous, sha256="")
    return entry._replace(sha256=_hash(entry))


def verify(entries: Iterable[TrailEntry]) -> dict[str, str]:
    """Check entries of any number of chains, oldest first, and return each chain's newest hash.

    Raises:
        BrokenTrail: an entry was changed, or does not follow from the one before in its chain.
    """
    heads: dict[str, str] = {}
    for broken in breaks(entries, heads):
        raise broken
    return heads


def breaks(entries: Iterable[TrailEntry], heads: dict[str, str]) -> Iterator[BrokenTrail]:
    """Yield every place where a chain is broken, oldest first; `heads` takes each chain's newest hash."""
    for entry in entries:
        if entry.previous_sha256 != heads.get(entry.chain, GENESIS_SHA256):
            yield BrokenTrail(entry, "it does not follow the entry before it")
        if entry.sha256 != _hash(entry):
            yield BrokenTrail(entry, "its content was changed")
        heads[entry.chain] = entry.sha256


def _hash(entry: TrailEntry) -> str:
    """Return the digest of everything in an entry but its own hash."""
    members = entry._asdict()
    del members["sha256"]
    return _sha256(members)


def _sha256(value: Any) -> str:
    from hashlib import sha256

    return sha256(_ENCODER.encode(value).encode()).hexdigest()


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_secrets(member) for name, member in value.items() if name not in SECRET_MEMBERS}
    if isinstance(value, list | tuple):
        return [_without_secrets(member) for member in value]
    return value


def _as_text(value: Any) -> str:
    """Write what JSON has no form for."""
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    raise TypeError(f"{type(value).__name__} is not data of the API.")


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=_as_text)
