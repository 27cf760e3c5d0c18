"""Publishing the CRLs that are due, each once at a time.

Who makes a CRL due publishes it after the commit. Whoever finds the CRL's lock taken waits for a CRL that began after
the own commit, which anybody may make: so of many who revoke at once nobody makes more than one, and nobody waits for
much longer than two take.

How it went is kept as an event. A command leaves a CRL alone for fifteen minutes after a failure, as AWS does;
`local refresh` tries at once.
Source: AWS Private CA User Guide, "Planning a certificate revocation list" (further attempts every 15 minutes).
"""

import time
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import NamedTuple

from pcacli.api.arns import AuthorityArn, authority_arn
from pcacli.engine import events, upkeep
from pcacli.engine.call import Parts, Request
from pcacli.engine.crl_schedule import Crl, due_crl, due_crls
from pcacli.engine.crl_writing import CrlNotPublished, write_crl
from pcacli.engine.future import lies_ahead
from pcacli.engine.records import PublishedCrl
from pcacli.engine.store.port import Snapshot, Store
from pcacli.errors import PcaError

# For CRLs with more entries in all a command does not wait; `local refresh` and `local serve` publish them.
ENTRIES_PUBLISHED_AT_ONCE = 10_000
RETRY_AFTER = timedelta(minutes=15)

_PAUSE_SECONDS = 0.01
_MOST_PAUSES = 300
"""How long to wait for somebody else's CRL, who may be waiting for a bucket that is slow: 3 s."""

# What signing and writing take at least, as a number of entries.
_LEAST_COST_ENTRIES = 1_000
# Of this lock everybody who publishes a CRL holds a share.
_PUBLISHING = "publishing"
_MAKES_CRL_DUE = ("IssueCertificate", "RevokeCertificate", "UpdateCertificateAuthority")


class Published(NamedTuple):
    """What came of publishing a CA's CRLs: the keys of those that were written, and why others were not."""

    keys: list[str]
    problems: list[str]


def has_to_publish(parts: Parts, operation: str, request: Request) -> bool:
    """Tell whether a successful action has left a CRL due, as far as reading the store can tell.

    If the store cannot be read, `publish_after` says so.
    """
    if operation not in _MAKES_CRL_DUE:
        return False
    try:
        with parts.store.read() as snapshot:
            return bool(due_crls(snapshot, authority_arn(request["CertificateAuthorityArn"]), parts.context.now()))
    except PcaError:
        return True


def publish_after(parts: Parts, operation: str, request: Request) -> None:
    """Publish the CRLs of the CA that a successful action has touched, as far as they are due and can be done quickly.

    The action stands whatever happens here; what could not be done is said through `notify`.
    """
    if operation not in _MAKES_CRL_DUE:
        return
    arn = authority_arn(request["CertificateAuthorityArn"])
    try:
        _publish_quickly(parts, arn)
    except PcaError as problem:
        parts.notify(
            f"What was asked for is done, but the CRL of {arn} has to wait: {problem.message} "
            "Try again with: pcacli local refresh"
        )


def _publish_quickly(parts: Parts, arn: AuthorityArn) -> None:
    """Publish the CRLs of a CA that are due, unless that takes long or has failed lately.

    Raises:
        PcaError: the store fails.
    """
    now = parts.context.now()
    with parts.store.read() as snapshot:
        due = due_crls(snapshot, arn, now)
        if not due:
            return
        failures = _recent_failures(snapshot, arn, now)
        costs = {crl.crl_id: _cost_entries(snapshot, crl) for crl in due}
    cost = 0
    for crl in due:
        cost += costs[crl.crl_id]
        if cost > ENTRIES_PUBLISHED_AT_ONCE:
            parts.notify(f"A CRL of {arn} is due that takes a while; {_who_publishes(parts)}")
            return
        failed_at = failures.get(crl.place.key)
        if failed_at is not None:
            parts.notify(
                f"The CRL of {arn} is due, but could not be published at {failed_at:%H:%M} UTC; "
                f"it is tried again after {failed_at + RETRY_AFTER:%H:%M} UTC, or now with: pcacli local refresh"
            )
            continue
        try:
            _publish(parts, arn, crl.crl_id)
        except CrlNotPublished as problem:
            parts.notify(f"The CRL of {arn} could not be published ({problem}); try again with: pcacli local refresh")


def _who_publishes(parts: Parts) -> str:
    if upkeep.is_served(parts.store):
        return "pcacli local serve publishes it within a minute"
    return "publish it with: pcacli local refresh"


def publish_due(parts: Parts, arn: AuthorityArn, *, retry_at_once: bool = True) -> Published:
    """Publish every CRL of a CA that is due; `retry_at_once` says whether those that have just failed are, too."""
    now = parts.context.now()
    with parts.store.read() as snapshot:
        due = due_crls(snapshot, arn, now)
        failures = _recent_failures(snapshot, arn, now) if due and not retry_at_once else {}
    done = Published([], [])
    for crl in due:
        if crl.place.key in failures:
            continue
        try:
            if _publish(parts, arn, crl.crl_id):
                done.keys.append(crl.place.key)
        except CrlNotPublished as problem:
            done.problems.append(str(problem))
    return done


def turn_to_publish(store: Store, crl_id: str) -> AbstractContextManager[bool]:
    """Hold the lock of one CRL while it is published; yields False at once if another process does, or none may."""
    return store.exclusive(f"crl-{crl_id}", wait=False, share_of=_PUBLISHING)


def nothing_being_published(store: Store) -> AbstractContextManager[None]:
    """Wait for every CRL that is being published, and let no other be begun: one lock, however many CAs there are.

    A command that cannot publish meanwhile gives up after a while, so publish what is due afterwards.
    """
    return store.whole(_PUBLISHING)


def _recent_failures(snapshot: Snapshot, arn: AuthorityArn, now: datetime) -> dict[str, datetime]:
    """Return when the CRL of a key failed, for each whose last attempt was a failure that is not long ago."""
    last = {event.subject: event for event in snapshot.events(arn)}
    return {
        key: event.at
        for key, event in last.items()
        if event.result == events.FAILURE and now < event.at + RETRY_AFTER and not lies_ahead(event.at, now)
    }


def _cost_entries(snapshot: Snapshot, crl: Crl) -> int:
    last = snapshot.published_crl(crl.authority, crl.crl_id)
    return max(_LEAST_COST_ENTRIES, last.entries if last else 0)


def _publish(parts: Parts, arn: AuthorityArn, crl_id: str) -> bool:
    """Publish one CRL if it is due, unless somebody else does; keep how that went; return whether it was done here.

    Raises:
        CrlNotPublished: it could not be made or written, or somebody else takes too long.
    """
    asked = _due_now(parts, arn, crl_id)
    for _ in range(_MOST_PAUSES):
        if asked is None or _is_done(asked, _due_now(parts, arn, crl_id)):
            return False
        with turn_to_publish(parts.store, crl_id) as held:
            due = _due_now(parts, arn, crl_id) if held else None
            if due is not None and not _is_done(asked, due):
                write_crl(parts, due.crl)
                return True
        time.sleep(_PAUSE_SECONDS)
    raise CrlNotPublished("another process is at it and takes long")


class _Due(NamedTuple):
    """A CRL that is due: the last one that was published, and the newest revocation that belongs into the next."""

    crl: Crl
    last: PublishedCrl | None
    newest_sequence: int


def _due_now(parts: Parts, arn: AuthorityArn, crl_id: str) -> _Due | None:
    with parts.store.read() as snapshot:
        crl = due_crl(snapshot, arn, crl_id, parts.context.now())
        if crl is None:
            return None
        newest = snapshot.last_revocation_sequence(arn, partition=crl.partition)
        return _Due(crl, snapshot.published_crl(arn, crl_id), newest)


def _is_done(asked: _Due, now: _Due | None) -> bool:
    """Tell whether somebody has published what was asked for, even if the CRL is due again for newer reasons."""
    if now is None:
        return True
    if now.last is None or now.last == asked.last:
        return False
    is_in_place = (now.last.s3_bucket_name, now.last.key) == now.crl.place[:2]
    return is_in_place and now.last.last_sequence >= asked.newest_sequence
