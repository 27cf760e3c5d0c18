"""The numbers of CRLs: each is greater than all before it (RFC 5280, section 5.2.3).

A number is the time in milliseconds, and greater than the last one that the store has recorded. A store that is put
back to an earlier state does not know what was published since. So it gets a floor, the setting `SETTING`: at least
the greatest number that is known when it is put back. A CRL whose number is not above the floor is due, and its next
number is above the floor and above that of the CRL in its place, as S3 keeps it while the store goes back.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from pcacli.engine.artifacts.port import Artifacts, BucketProblem
from pcacli.engine.crl_location import crl_place
from pcacli.engine.records import CertificateAuthority, PublishedCrl
from pcacli.engine.store.port import Snapshot, Store
from pcacli.errors import DamagedStore, PcaError

SETTING = "crl-number-floor"

# RFC 5280 allows 20 octets, of which a store keeps 8. No clock of ours gives so great a number; another program can.
_GREATEST = 2**62


def floor(snapshot: Snapshot) -> int | None:
    """Return the number above which every new CRL has to be, None if the store was never put back.

    Raises:
        DamagedStore: the setting is no number.
    """
    text = snapshot.setting(SETTING)
    try:
        return None if text is None else int(text)
    except ValueError as error:
        raise DamagedStore(f"The setting {SETTING} is damaged: it is no number.") from error


def may_be_outdated(snapshot: Snapshot, last: PublishedCrl | None) -> bool:
    """Tell whether a CRL may have been followed by others that the store does not know any more."""
    lowest = floor(snapshot)
    return lowest is not None and (last is None or last.number <= lowest)


def previous(snapshot: Snapshot, last: PublishedCrl | None) -> int | None:
    """Return the greatest number that the store knows below the next one of a CRL."""
    known = (floor(snapshot), None if last is None else last.number)
    return max((number for number in known if number is not None), default=None)


def in_place(artifacts: Artifacts, authority: CertificateAuthority, bucket: str, key: str) -> int | None:
    """Return the number of the CRL that lies in a place, None if none of this CA's can be read there."""
    from pcacli.pki import verification

    try:
        content = artifacts.get(bucket, key)
        if content is None:
            return None
        found = verification.Signer(verification.key_of_csr(authority.csr)).crl(content)
    except (BucketProblem, ValueError):
        # Who may write into a bucket need not be allowed to read there.
        return None
    return found.number if found.is_genuine and found.number is not None and found.number < _GREATEST else None


def raise_floor(restored: Store, replaced: Store) -> None:
    """Set the floor of a saved state that is about to take the place of a store, if that has published since."""
    saved, known = _known(restored), _known_if_readable(replaced)
    if any(number > saved.get(name, 0) for name, number in known.items()):
        _put_floor(restored, max(*saved.values(), *known.values()))


def raise_floor_of_backup(restored: Store, replaced: Store | None, buckets: Artifacts, restored_at: datetime) -> None:
    """Set the floor of a store from a backup: nobody knows what was published since the backup was taken.

    It is the greatest of the time, of what the store knows that is replaced (None: it cannot be opened), and of the
    CRLs in the buckets beside that store, which are there even if its database is damaged or gone.
    """
    from pcacli.pki.crl import crl_number

    known = [*_known(restored).values(), *_numbers_in(buckets, restored)]
    if replaced is not None:
        known.extend(_known_if_readable(replaced).values())
    _put_floor(restored, max(crl_number(None, restored_at), *known))


def _put_floor(store: Store, number: int) -> None:
    with store.write() as transaction:
        transaction.put_setting(SETTING, str(number))


def _known(store: Store) -> Mapping[str, int]:
    """Return the numbers of the CRLs that a store has published last, by CRL, and its floor."""
    with store.read() as snapshot:
        return {**snapshot.crl_numbers(), SETTING: floor(snapshot) or 0}


def _known_if_readable(replaced: Store) -> Mapping[str, int]:
    """Return the same of a store that is replaced; it may be damaged, which may be why."""
    try:
        return _known(replaced)
    except PcaError:
        return {}


def _numbers_in(buckets: Artifacts, store: Store) -> Iterator[int]:
    """Yield the numbers of the CRLs in buckets that the CAs of a store have signed."""
    with store.read() as snapshot:
        for authority in snapshot.authorities():
            for bucket, key in _places(snapshot, authority):
                number = in_place(buckets, authority, bucket, key)
                if number is not None:
                    yield number


def _places(snapshot: Snapshot, authority: CertificateAuthority) -> set[tuple[str, str]]:
    """Return the buckets and keys where CRLs of a CA may lie."""
    arn = authority.arn
    partitions = snapshot.crl_partitions(arn)
    crl_ids = (arn.authority_id, *(partition.partition_id for partition in partitions))
    published = [snapshot.published_crl(arn, crl_id) for crl_id in crl_ids]
    places = {(one.s3_bucket_name, one.key) for one in (*partitions, *published) if one is not None}
    if authority.crl.enabled:
        places.add(crl_place(authority.crl, arn, arn.authority_id)[:2])
    return places
