"""The numbers of CRLs: each is greater than all before it (RFC 5280, section 5.2.3).

A number is the time in milliseconds, and greater than the last one that the store has recorded. A store that is put
back to an earlier state does not know what was published since. So it gets a floor, the setting `SETTING`: at least
the greatest number that is known when it is put back. A CRL whose number is not above the floor is due, and its next
number is above the floor and above that of the CRL in its place, as S3 keeps it while the store goes back.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from pcacli.engine.artifacts.port import BucketProblem
from pcacli.engine.call import Parts
from pcacli.engine.crl_location import CrlPlace
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


def in_place(parts: Parts, authority: CertificateAuthority, place: CrlPlace) -> int | None:
    """Return the number of the CRL that lies in a place, None if none of this CA's can be read there."""
    from pcacli.pki import verification

    try:
        content = parts.artifacts.get(place.s3_bucket_name, place.key)
        if content is None:
            return None
        found = verification.Signer(verification.key_of_csr(authority.csr)).crl(content)
    except (BucketProblem, ValueError):
        # Who may write into a bucket need not be allowed to read there.
        return None
    return found.number if found.is_genuine and found.number is not None and found.number < _GREATEST else None


def raise_floor(restored: Store, replaced: Store | None, restored_at: datetime | None) -> None:
    """Set the floor of a store that is about to be put in the place of another (None: of none that can be read).

    Without `restored_at` it stays as it is unless the other has published something since; with it nobody can tell
    what else was published until then.
    """
    from pcacli.pki.crl import crl_number

    mine: Mapping[str, int] = _known(restored)
    its: Mapping[str, int] = {}
    with suppress(PcaError):  # The other may be damaged, which may be why it is replaced.
        its = {} if replaced is None else _known(replaced)
    if restored_at is None and all(number <= mine.get(name, 0) for name, number in its.items()):
        return
    least = [] if restored_at is None else [crl_number(None, restored_at)]
    with restored.write() as transaction:
        transaction.put_setting(SETTING, str(max(*mine.values(), *its.values(), *least, 0)))


def _known(store: Store) -> Mapping[str, int]:
    """Return the numbers of the CRLs that a store has published last, by CRL, and its floor."""
    with store.read() as snapshot:
        return {**snapshot.crl_numbers(), SETTING: floor(snapshot) or 0}
