"""Publishing the CRLs that are due, each once at a time.

Who makes a CRL due publishes it after the commit. Whoever finds the CRL's lock taken waits for a CRL that began after
the own commit, which anybody may make: so of many who revoke at once nobody makes more than one, and nobody waits for
much longer than two take.

How it went is kept as an event. A command leaves a CRL alone for fifteen minutes after a failure, as AWS does;
`local refresh` tries at once.
Source: AWS Private CA User Guide, "Planning a certificate revocation list" (further attempts every 15 minutes).
"""

import time
from datetime import datetime, timedelta
from typing import NamedTuple

from pcacli.api.arns import AuthorityArn, authority_arn
from pcacli.engine import events, upkeep
from pcacli.engine.artifacts.port import BucketProblem, BucketUnavailable
from pcacli.engine.call import Parts, Request
from pcacli.engine.crl_schedule import Crl, due_crl, due_crls
from pcacli.engine.keys.signing_key import signing_key
from pcacli.engine.records import Event, PublishedCrl
from pcacli.engine.store.port import Snapshot
from pcacli.errors import PcaError

CRL_CONTENT_TYPE = "application/pkix-crl"
# For CRLs with more entries in all a command does not wait; `local refresh` and `local serve` publish them.
ENTRIES_PUBLISHED_AT_ONCE = 10_000
RETRY_AFTER = timedelta(minutes=15)

_PAUSE_SECONDS = 0.02
_MOST_PAUSES = 150
"""How long to wait for somebody else's CRL, who may be waiting for a bucket that is slow: 3 s."""

# What signing and writing take at least, as a number of entries.
_LEAST_COST_ENTRIES = 1_000
_MAKES_CRL_DUE = ("IssueCertificate", "RevokeCertificate", "UpdateCertificateAuthority")


class CrlNotPublished(Exception):
    """A CRL could not be published; the text says why, in our words."""


class _Failed(CrlNotPublished):
    """An attempt failed: the kind and the detail of the event that says so."""

    def __init__(self, kind: str, detail: str, cause: Exception) -> None:
        super().__init__(str(cause))
        self.kind = kind
        self.detail = detail


class Published(NamedTuple):
    """What came of publishing a CA's CRLs: the keys of those that were written, and why others were not."""

    keys: list[str]
    problems: list[str]


class _Made(NamedTuple):
    """A CRL in DER with what is to be remembered about it; `object_acl` is the S3ObjectAcl that it gets."""

    content: bytes
    object_acl: str | None
    published: PublishedCrl


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


def lock_name(crl_id: str) -> str:
    """Return the name of the lock that is held while a CRL is published."""
    return f"crl-{crl_id}"


def _recent_failures(snapshot: Snapshot, arn: AuthorityArn, now: datetime) -> dict[str, datetime]:
    """Return when the CRL of a key failed, for each whose last attempt was a failure that is not long ago."""
    last = {event.subject: event for event in snapshot.events(arn)}
    return {
        key: event.at for key, event in last.items() if event.result == events.FAILURE and now < event.at + RETRY_AFTER
    }


def _cost_entries(snapshot: Snapshot, crl: Crl) -> int:
    last = snapshot.published_crl(crl.authority, crl.crl_id)
    return max(_LEAST_COST_ENTRIES, last.entries if last else 0)


def _publish(parts: Parts, arn: AuthorityArn, crl_id: str) -> bool:
    """Publish one CRL if it is due, keep how that went, and return whether it was published here.

    Raises:
        CrlNotPublished: it could not be made or written, or somebody else takes too long.
    """
    for _ in range(_MOST_PAUSES):
        if _due_now(parts, arn, crl_id) is None:
            return False
        with parts.store.exclusive(lock_name(crl_id), wait=False) as held:
            crl = _due_now(parts, arn, crl_id) if held else None
            if crl is not None:
                _publish_once(parts, crl)
                return True
        time.sleep(_PAUSE_SECONDS)
    raise CrlNotPublished("another process is at it and takes long")


def _due_now(parts: Parts, arn: AuthorityArn, crl_id: str) -> Crl | None:
    with parts.store.read() as snapshot:
        return due_crl(snapshot, arn, crl_id, parts.context.now())


def _publish_once(parts: Parts, crl: Crl) -> None:
    try:
        published = _written(parts, crl)
    except _Failed as problem:
        _keep(parts, crl, problem.kind, events.FAILURE, problem.detail)
        raise
    _keep(parts, crl, events.CRL_GENERATED, events.SUCCESS, published=published)


def _written(parts: Parts, crl: Crl) -> PublishedCrl:
    """Make one CRL and write it. The caller holds its lock."""
    try:
        made = _made(parts, crl)
    except PcaError as problem:
        raise _Failed(events.CRL_GENERATED, events.GENERATION_FAILED, problem) from problem
    bucket, key, _ = crl.place
    try:
        parts.artifacts.put(bucket, key, [made.content], content_type=CRL_CONTENT_TYPE, object_acl=made.object_acl)
    except BucketUnavailable as problem:
        raise _Failed(events.CRL_GENERATED, events.WRITING_FAILED, problem) from problem
    except BucketProblem as problem:
        raise _Failed(events.MISCONFIGURED_CRL_BUCKET, events.BUCKET_REFUSED, problem) from problem
    return made.published


def _made(parts: Parts, crl: Crl) -> _Made:
    from pcacli.pki.crl import CrlEntry, CrlOrder, crl_number, crl_times, sign_crl

    now = parts.context.now()
    with parts.store.read() as snapshot:
        authority = snapshot.authority(crl.authority)
        if authority is None or authority.certificate is None:
            raise PcaError(f"The CA {crl.authority} is gone.")
        last = snapshot.published_crl(crl.authority, crl.crl_id)
        last_sequence = snapshot.last_revocation_sequence(crl.authority, partition=crl.partition)
        revocations = snapshot.revocations(
            crl.authority, expiring_after=last.generated_at if last else now, partition=crl.partition
        )
        entries = [CrlEntry(entry.serial, entry.revoked_at, entry.reason) for entry in revocations]
    times = crl_times(now, authority.crl.expiration_in_days or 0)
    order = CrlOrder(
        issuer_certificate=authority.certificate,
        signing_algorithm=authority.signing_algorithm,
        number=crl_number(last.number if last else None, now),
        this_update=times.this_update,
        next_update=times.next_update,
        entries=entries,
        partition_url=None if crl.partition is None else crl.place.url,
    )
    published = PublishedCrl(
        authority=crl.authority,
        crl_id=crl.crl_id,
        number=order.number,
        generated_at=now,
        next_update=times.next_update,
        last_sequence=last_sequence,
        entries=len(entries),
        s3_bucket_name=crl.place.s3_bucket_name,
        key=crl.place.key,
    )
    content = sign_crl(order, signing_key(parts.store, parts.keys, authority))
    return _Made(content, authority.crl.s3_object_acl, published)


def _keep(
    parts: Parts, crl: Crl, kind: str, result: str, detail: str = "", *, published: PublishedCrl | None = None
) -> None:
    """Remember an attempt as an event and, if there is one, the CRL that was published."""
    event = Event(crl.authority, parts.context.now(), kind, result, detail, subject=crl.place.key)
    with parts.store.write() as transaction:
        if transaction.authority(crl.authority) is None:
            return
        transaction.append_event(event)
        if published is not None:
            transaction.put_published_crl(published)
    parts.observe(event)
