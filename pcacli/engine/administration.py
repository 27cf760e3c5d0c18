"""The embedded authority's own controls, behind `pcacli local …`: what no action of the API does."""

from typing import NamedTuple

from pcacli.engine import publication, states
from pcacli.engine.artifacts.port import BucketProblem
from pcacli.engine.call import Parts


class Refreshed(NamedTuple):
    """What a refresh did: the ARNs of CAs whose CRL was published, of CAs that are gone for good, and what failed."""

    published: list[str]
    removed: list[str]
    failed: dict[str, str]


def refresh(parts: Parts) -> Refreshed:
    """Publish every CRL that is due and remove CAs whose deletion window is over. Meant for cron."""
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
        try:
            if publication.publish_if_due(parts, authority.arn):
                done.published.append(name)
        except BucketProblem as problem:
            done.failed[name] = str(problem)
    return done
