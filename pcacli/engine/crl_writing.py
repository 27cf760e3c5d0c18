"""Making one CRL and writing it to its bucket."""

from typing import NamedTuple

from pcacli.engine import crl_numbers, events
from pcacli.engine.artifacts.port import BucketProblem, BucketUnavailable
from pcacli.engine.call import Parts
from pcacli.engine.crl_schedule import Crl
from pcacli.engine.keys.signing_key import signing_key
from pcacli.engine.records import Event, PublishedCrl
from pcacli.errors import PcaError

CRL_CONTENT_TYPE = "application/pkix-crl"


class CrlNotPublished(Exception):
    """A CRL could not be published; the text says why, in our words."""


class _Failed(CrlNotPublished):
    """An attempt failed: the kind and the detail of the event that says so."""

    def __init__(self, kind: str, detail: str, cause: Exception) -> None:
        super().__init__(str(cause))
        self.kind = kind
        self.detail = detail


class _Made(NamedTuple):
    """A CRL in DER with what is to be remembered about it; `object_acl` is the S3ObjectAcl that it gets."""

    content: bytes
    object_acl: str | None
    published: PublishedCrl


def write_crl(parts: Parts, crl: Crl) -> None:
    """Make one CRL, write it, and keep how that went. The caller holds its lock.

    Raises:
        CrlNotPublished: it could not be made or written.
    """
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
            crl.authority, expiring_after=min(last.generated_at, now) if last else now, partition=crl.partition
        )
        entries = [CrlEntry(entry.serial, min(entry.revoked_at, now), entry.reason) for entry in revocations]
        previous = crl_numbers.previous(snapshot, last)
        may_be_outdated = crl_numbers.may_be_outdated(snapshot, last)
    if may_be_outdated:
        previous = max(previous or 0, crl_numbers.in_place(parts.artifacts, authority, *crl.place[:2]) or 0)
    times = crl_times(now, authority.crl.expiration_in_days or 0)
    order = CrlOrder(
        issuer_certificate=authority.certificate,
        signing_algorithm=authority.signing_algorithm,
        number=crl_number(previous, now),
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
