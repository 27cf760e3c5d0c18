"""The embedded authority's own controls, behind `pcacli local …`: what no action of the API does."""

from typing import NamedTuple

from pcacli.engine import idempotency, publication, states
from pcacli.engine.call import Parts
from pcacli.engine.progress import Phase, Progress, unwatched, watched
from pcacli.engine.records import CertificateAuthority
from pcacli.errors import PcaError

_PUBLISHING = Phase("Publishing CRLs")


class Refreshed(NamedTuple):
    """What a refresh did: the ARNs of CAs whose CRL was published, of CAs that are gone for good, and what failed.

    `kept` are the CAs whose time is over and whose key could not be destroyed, which the next refresh tries again.
    """

    published: list[str]
    removed: list[str]
    failed: dict[str, str]
    kept: dict[str, str]


def refresh(parts: Parts, *, retry_at_once: bool = True, progress: Progress = unwatched) -> Refreshed:
    """Publish every CRL that is due, remove CAs whose deletion window is over and forget tokens past their window.

    Whoever calls this again and again turns `retry_at_once` off, so that a bucket that fails is left alone for a while.
    """
    done = Refreshed([], [], {}, {})
    with parts.store.read() as snapshot:
        authorities = snapshot.authorities()
    gone = [authority for authority in authorities if states.gone(authority, parts.context.now())]
    for authority in watched(authorities, progress, _PUBLISHING, len(authorities)):
        if authority in gone:
            continue
        crls = publication.publish_due(parts, authority.arn, retry_at_once=retry_at_once)
        if crls.keys:
            done.published.append(str(authority.arn))
        if crls.problems:
            done.failed[str(authority.arn)] = " ".join(crls.problems)
    for authority in gone:
        _remove(parts, authority, done)
    with parts.store.write() as transaction:
        idempotency.forget_unusable(transaction, parts.context.now())
    return done


def _remove(parts: Parts, authority: CertificateAuthority, done: Refreshed) -> None:
    """Remove a CA with its key. One that is outside of the store goes first: without the record nobody knows of it."""
    name = str(authority.arn)
    try:
        parts.keys.destroy(authority.key_reference)
    except PcaError as problem:
        done.kept[name] = problem.message
        return
    with parts.store.write() as transaction:
        current = transaction.authority(authority.arn)
        if current is not None and states.gone(current, parts.context.now()):
            transaction.remove_authority(authority.arn)
            done.removed.append(name)
