"""When a CA's CRL is due, and publishing it once at a time.

A CRL is due when a revocation is newer than it, at the midpoint of its validity, once after an entry has expired,
and when its place has changed. The first one is made when a certificate that points to it has been issued.
Sources: API reference, CrlConfiguration (midpoint; a revoked certificate is listed until it expires and in one further
CRL); User Guide, "Planning a certificate revocation list" (the first CRL).

Who makes a CRL due publishes it after the commit. Whoever finds the CA's lock taken leaves: the holder looks again
after letting go, and so sees every revocation that was committed before somebody left.
"""

from datetime import datetime

from pcacli.api.arns import AuthorityArn, authority_arn
from pcacli.engine import crl_location, states
from pcacli.engine.artifacts.port import BucketProblem
from pcacli.engine.call import Parts, Request
from pcacli.engine.records import CertificateAuthority, PublishedCrl
from pcacli.engine.store.port import Snapshot

CRL_CONTENT_TYPE = "application/pkix-crl"
# Above this many entries a command does not wait for the CRL; `local refresh` and `local serve` publish it.
ENTRIES_PUBLISHED_AT_ONCE = 10_000

_MAKES_CRL_DUE = ("IssueCertificate", "RevokeCertificate", "UpdateCertificateAuthority")


def publish_after(parts: Parts, operation: str, request: Request) -> None:
    """Publish the CRL of the CA that a successful action has touched, if it is due now and not too large to wait for.

    The action stands whatever happens here; what could not be done is said through `notify`.
    """
    if operation not in _MAKES_CRL_DUE:
        return
    arn = authority_arn(request["CertificateAuthorityArn"])
    with parts.store.read() as snapshot:
        authority = snapshot.authority(arn)
        if authority is None or not _due(snapshot, authority, parts.context.now()):
            return
        published = snapshot.published_crl(arn)
    if published is not None and published.entries >= ENTRIES_PUBLISHED_AT_ONCE:
        parts.notify(f"The CRL of {arn} is due; with {published.entries} entries it waits for: pcacli local refresh")
        return
    try:
        publish_if_due(parts, arn)
    except BucketProblem as problem:
        parts.notify(f"The CRL of {arn} could not be published ({problem}); try again with: pcacli local refresh")


def publish_if_due(parts: Parts, arn: AuthorityArn) -> bool:
    """Publish the CA's CRL for as long as it is due; return whether one was published.

    Raises:
        BucketProblem: the bucket could not be written to.
    """
    done = False
    while _is_due(parts, arn):
        with parts.store.exclusive(f"crl-{arn.authority_id}", wait=False) as held:
            if not held:
                return done
            if _is_due(parts, arn):
                _publish(parts, arn)
                done = True
    return done


def _is_due(parts: Parts, arn: AuthorityArn) -> bool:
    with parts.store.read() as snapshot:
        authority = snapshot.authority(arn)
        return authority is not None and _due(snapshot, authority, parts.context.now())


def _due(snapshot: Snapshot, authority: CertificateAuthority, now: datetime) -> bool:
    if not authority.crl.enabled or states.reported_state(authority, now) not in (states.ACTIVE, states.DISABLED):
        return False
    last = snapshot.published_crl(authority.arn)
    if last is None:
        return _points_to_crl(snapshot, authority)
    place = (authority.crl.s3_bucket_name, crl_location.crl_key(authority.crl, authority.arn))
    if (
        place != (last.s3_bucket_name, last.key)
        or snapshot.last_revocation_sequence(authority.arn) > last.last_sequence
    ):
        return True
    midpoint = last.generated_at + (last.next_update - last.generated_at) / 2
    if now >= midpoint:
        return True
    expiry = snapshot.earliest_revoked_expiry(authority.arn, after=last.generated_at)
    return expiry is not None and expiry <= now


def _points_to_crl(snapshot: Snapshot, authority: CertificateAuthority) -> bool:
    """Tell whether this CA has issued a certificate; a root's own certificate does not point to its CRL."""
    own = 1 if authority.type == "ROOT" else 0
    return snapshot.certificate_count(authority.arn) > own


def _publish(parts: Parts, arn: AuthorityArn) -> None:
    """Make and write one CRL. The caller holds the CA's lock."""
    from pcacli.pki.crl import CrlEntry, CrlOrder, crl_number, crl_times, sign_crl

    now = parts.context.now()
    with parts.store.read() as snapshot:
        authority = snapshot.authority(arn)
        if authority is None or authority.certificate is None:
            return
        last = snapshot.published_crl(arn)
        revocations = snapshot.revocations(arn, expiring_after=last.generated_at if last else now)
        last_sequence = snapshot.last_revocation_sequence(arn)
    times = crl_times(now, authority.crl.expiration_in_days or 0)
    number = crl_number(last.number if last else None, now)
    order = CrlOrder(
        issuer_certificate=authority.certificate,
        signing_algorithm=authority.signing_algorithm,
        number=number,
        this_update=times.this_update,
        next_update=times.next_update,
        entries=[CrlEntry(entry.serial, entry.revoked_at, entry.reason) for entry in revocations],
    )
    bucket, key = authority.crl.s3_bucket_name or "", crl_location.crl_key(authority.crl, arn)
    crl = sign_crl(order, parts.keys.open(authority.key_reference))
    parts.artifacts.put(bucket, key, [crl], content_type=CRL_CONTENT_TYPE)
    with parts.store.write() as transaction:
        transaction.put_published_crl(
            PublishedCrl(arn, number, now, times.next_update, last_sequence, len(revocations), bucket, key)
        )
