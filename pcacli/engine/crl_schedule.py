"""Which CRLs a CA has, and when each of them is due.

A CA has one complete CRL, which lists every revoked certificate, or partitions, which list those that were assigned
to them, or, after a change of CrlType, both: certificates that were issued before the change name the older ones.

A CRL is due when a revocation is newer than it, at the midpoint of its validity, once after an entry has expired,
when its place has changed, when it is dated in the future, and once after the store was put back to an earlier state.
The first one is made when a certificate that points to it has been issued.
Sources: API reference, CrlConfiguration (midpoint; a revoked certificate is listed until it expires and in one further
CRL); User Guide, "Planning a certificate revocation list" (the first CRL).
"""

from datetime import datetime
from typing import NamedTuple

from pcacli.api.arns import AuthorityArn
from pcacli.engine import crl_numbers, states
from pcacli.engine.crl_location import CrlPlace, crl_place
from pcacli.engine.future import lies_ahead
from pcacli.engine.partitions import PARTITIONED
from pcacli.engine.records import CertificateAuthority, CrlPartition, PublishedCrl
from pcacli.engine.store.port import Snapshot


class Crl(NamedTuple):
    """One CRL of a CA, published or not. `partition` is None for the complete one.

    `certificates` is how many certificates point to it; `needed_until` is when the last of them expires, None for as
    long as the CA lives.
    """

    authority: AuthorityArn
    crl_id: str
    place: CrlPlace
    partition: str | None
    certificates: int
    needed_until: datetime | None


def due_crls(snapshot: Snapshot, arn: AuthorityArn, now: datetime) -> list[Crl]:
    """Return the CRLs of a CA that are due, in the order in which they came to be."""
    return [crl for crl in _published_crls(snapshot, arn, now) if _due(snapshot, crl, now)]


def due_crl(snapshot: Snapshot, arn: AuthorityArn, crl_id: str, now: datetime) -> Crl | None:
    """Return one CRL of a CA as its configuration is now, None if it is not due."""
    found = [crl for crl in _published_crls(snapshot, arn, now) if crl.crl_id == crl_id]
    return found[0] if found and _due(snapshot, found[0], now) else None


def _published_crls(snapshot: Snapshot, arn: AuthorityArn, now: datetime) -> list[Crl]:
    """Return the CRLs that are to be kept up to date, due or not."""
    authority = snapshot.authority(arn)
    if authority is None or not authority.crl.enabled:
        return []
    if states.reported_state(authority, now) not in (states.ACTIVE, states.DISABLED):
        return []
    return _crls(snapshot, authority)


def _crls(snapshot: Snapshot, authority: CertificateAuthority) -> list[Crl]:
    partitions = snapshot.crl_partitions(authority.arn)
    of_partitions = [_of_partition(partition) for partition in partitions]
    crl_id = authority.arn.authority_id
    if authority.crl.crl_type == PARTITIONED and snapshot.published_crl(authority.arn, crl_id) is None:
        return of_partitions
    place = crl_place(authority.crl, authority.arn, crl_id)
    # A root's own certificate points to no CRL.
    own = 1 if authority.type == "ROOT" else 0
    pointing = snapshot.certificate_count(authority.arn) - own - sum(one.certificates for one in partitions)
    return [Crl(authority.arn, crl_id, place, None, pointing, None), *of_partitions]


def _of_partition(partition: CrlPartition) -> Crl:
    place = CrlPlace(partition.s3_bucket_name, partition.key, partition.url)
    return Crl(
        partition.authority,
        partition.partition_id,
        place,
        partition.partition_id,
        partition.certificates,
        partition.last_expiry,
    )


def midpoint(published: PublishedCrl) -> datetime:
    """Return when a CRL is made again although nothing has been revoked."""
    return published.generated_at + (published.next_update - published.generated_at) / 2


def _due(snapshot: Snapshot, crl: Crl, now: datetime) -> bool:
    last = snapshot.published_crl(crl.authority, crl.crl_id)
    if last is None:
        return crl.certificates > 0
    if crl.needed_until is not None and crl.needed_until <= min(last.generated_at, now):
        return False
    return (
        lies_ahead(last.generated_at, now)
        or now >= midpoint(last)
        or (last.s3_bucket_name, last.key) != (crl.place.s3_bucket_name, crl.place.key)
        or crl_numbers.may_be_outdated(snapshot, last)
        or _lacks_revocations(snapshot, crl, last, now)
        or _has_expired_entry(snapshot, crl, last, now)
    )


def _has_expired_entry(snapshot: Snapshot, crl: Crl, last: PublishedCrl, now: datetime) -> bool:
    expiry = snapshot.earliest_revoked_expiry(crl.authority, after=last.generated_at, partition=crl.partition)
    return expiry is not None and expiry <= now


def _lacks_revocations(snapshot: Snapshot, crl: Crl, last: PublishedCrl, now: datetime) -> bool:
    newest = snapshot.last_revocation_sequence(crl.authority, partition=crl.partition)
    return newest > last.last_sequence and _has_waited(snapshot, crl, last, now)


def _has_waited(snapshot: Snapshot, crl: Crl, last: PublishedCrl, now: datetime) -> bool:
    """Tell whether the oldest revocation that is not in a CRL has waited for as long as the store's timing says.

    That is no time at all but in a test store that keeps AWS's time.
    """
    from pcacli.engine.timing import timing

    delay = timing(snapshot).crl
    if not delay:
        return True
    revocations = snapshot.revocations(crl.authority, expiring_after=None, partition=crl.partition)
    waiting = (one.revoked_at for one in revocations if one.sequence > last.last_sequence)
    return any(revoked_at + delay <= now or lies_ahead(revoked_at, now) for revoked_at in waiting)
