"""Is every CRL that was published signed, in force, and complete?

A store may be in use while it is checked. Whatever is wrong is therefore looked at again after a moment, in which a
command that was just publishing is done.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from pcacli.api.arns import AuthorityArn
from pcacli.engine import crl_schedule
from pcacli.engine.artifacts.port import BucketProblem
from pcacli.engine.call import Parts
from pcacli.engine.checking.findings import Finding, Kind
from pcacli.engine.crl_schedule import Crl
from pcacli.engine.future import lies_ahead
from pcacli.engine.records import PublishedCrl, Revocation
from pcacli.engine.store.port import Snapshot
from pcacli.pki import verification

_LOOKS = 3
"""How often something that is wrong is looked at."""


def findings(parts: Parts, arn: AuthorityArn, pause: Callable[[], object]) -> Iterator[Finding]:
    """Yield what is wrong with the CRLs of a CA; `pause` waits for a moment."""
    for look in range(_LOOKS):
        found = list(_findings_now(parts, arn))
        if not found:
            return
        if look < _LOOKS - 1:
            pause()
    yield from found


def published(snapshot: Snapshot, arn: AuthorityArn) -> list[PublishedCrl]:
    """Return what is known of every CRL of a CA that was published."""
    partitions = [partition.partition_id for partition in snapshot.crl_partitions(arn)]
    found = (snapshot.published_crl(arn, crl_id) for crl_id in (arn.authority_id, *partitions))
    return [crl for crl in found if crl is not None]


def _findings_now(parts: Parts, arn: AuthorityArn) -> Iterator[Finding]:
    now = parts.context.now()
    with parts.store.read() as snapshot:
        authority = snapshot.authority(arn)
        if authority is None:
            return
        for crl in crl_schedule.due_crls(snapshot, arn, now):
            for detail in _overdue(snapshot, crl, now):
                yield Finding(
                    Kind.CRL, f"{crl.place.s3_bucket_name}/{crl.place.key}", f"{detail}: pcacli local refresh"
                )
        try:
            signer = verification.Signer(verification.key_of_csr(authority.csr))
        except ValueError:
            return  # A finding of its own.
        for last in published(snapshot, arn):
            for detail in _content_problems(parts, snapshot, last, signer):
                yield Finding(Kind.CRL, f"{last.s3_bucket_name}/{last.key}", detail)


def _overdue(snapshot: Snapshot, crl: Crl, now: datetime) -> Iterator[str]:
    """Yield why a CRL that is due should be there already; one that is only half through its validity may wait."""
    last = snapshot.published_crl(crl.authority, crl.crl_id)
    if last is None:
        yield "it was never published"
    elif lies_ahead(last.generated_at, now):
        yield f"it is dated in the future, {last.generated_at.isoformat()}"
    elif last.next_update <= now:
        yield f"it has expired on {last.next_update.isoformat()}"
    elif snapshot.last_revocation_sequence(crl.authority, partition=crl.partition) > last.last_sequence:
        yield "it lacks the newest revocations"
    elif (last.s3_bucket_name, last.key) != (crl.place.s3_bucket_name, crl.place.key):
        yield "it is published in another place"


def _content_problems(
    parts: Parts, snapshot: Snapshot, last: PublishedCrl, signer: verification.Signer
) -> Iterator[str]:
    try:
        content = parts.artifacts.get(last.s3_bucket_name, last.key)
    except BucketProblem as problem:
        yield str(problem)
        return
    if content is None:
        yield "it is missing"
        return
    try:
        crl = signer.crl(content)
        if not crl.is_genuine:
            yield "its signature is not the CA's"
            return
        if (crl.number, crl.next_update) != (last.number, last.next_update):
            yield f"it is number {crl.number}, but number {last.number} was published last"
            return
        yield from _entry_problems(snapshot, last, crl)
    except ValueError as problem:
        yield f"it is damaged: {problem}"


def _entry_problems(snapshot: Snapshot, last: PublishedCrl, crl: verification.CrlFacts) -> Iterator[str]:
    """Compare the entries with the revocations, both of which are in the order in which they were made."""
    partition = None if last.crl_id == last.authority.authority_id else last.crl_id
    urls = {one.partition_id: one.url for one in snapshot.crl_partitions(last.authority)}
    if crl.partition_url != urls.get(last.crl_id):
        yield f"it is the CRL of the partition {crl.partition_url}, not of {urls.get(last.crl_id)}"
    if last.last_sequence > snapshot.last_revocation_sequence(last.authority, partition=partition):
        yield "it is recorded to cover revocations that were not made yet"
    revocations = snapshot.revocations(last.authority, expiring_after=None, partition=partition)
    covered = (one for one in revocations if one.sequence <= last.last_sequence)
    listed = 0
    for entry in crl.entries():
        listed += 1
        for revocation in covered:
            if revocation.serial == entry.serial:
                if entry.reason != revocation.reason:
                    yield f"the reason of {entry.serial:x} is {entry.reason}, not {revocation.reason}"
                break
            yield from _left_out(revocation, last)
        else:
            yield f"it lists {entry.serial:x}, which was not revoked or not in this order"
            return
    for revocation in covered:
        yield from _left_out(revocation, last)
    if listed != last.entries:
        yield f"it has {listed} entries, not {last.entries}"


def _left_out(revocation: Revocation, last: PublishedCrl) -> Iterator[str]:
    """Yield a problem unless the certificate had expired when the CRL was made."""
    if revocation.not_after > last.generated_at:
        yield f"it lacks {revocation.serial:x}, revoked at {revocation.revoked_at.isoformat()}"
