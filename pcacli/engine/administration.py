"""The embedded authority's own controls, behind `pcacli local …`: what no action of the API does."""

from typing import NamedTuple

from pcacli.engine import publication, states
from pcacli.engine.call import Parts


class Refreshed(NamedTuple):
    """What a refresh did: the ARNs of CAs whose CRL was published, of CAs that are gone for good, and what failed."""

    published: list[str]
    removed: list[str]
    failed: dict[str, str]


def refresh(parts: Parts, *, retry_at_once: bool = True) -> Refreshed:
    """Publish every CRL that is due and remove CAs whose deletion window is over.

    Whoever calls this again and again turns `retry_at_once` off, so that a bucket that fails is left alone for a while.
    """
    done = Refreshed([], [], {})
    with parts.store.read() as snapshot:
        authorities = snapshot.authorities()
    for authority in authorities:
        name = str(authority.arn)
        if states.gone(authority, parts.context.now()):
            with parts.store.write() as transaction:
                current = transaction.authority(authority.arn)
                if current is not None and states.gone(current, parts.context.now()):
                    transaction.remove_authority(authority.arn)
                    done.removed.append(name)
            continue
        crls = publication.publish_due(parts, authority.arn, retry_at_once=retry_at_once)
        if crls.keys:
            done.published.append(name)
        if crls.problems:
            done.failed[name] = " ".join(crls.problems)
    return done
