"""One commit for the changes of several calls.

Most of the time of a small change goes to the disk. Changes that wait at the same time are therefore made in one
transaction, one after the other, and committed together.
"""

from collections.abc import Sequence

from pcacli.engine.call import Change, Response
from pcacli.engine.store.port import Store

Outcome = Response | Exception


def commit_together(store: Store, changes: Sequence[Change]) -> list[Outcome]:
    """Make changes and return what came of each: its response, after the commit that holds it, or what it raised.

    If one of them cannot be made, nothing of this is kept and each gets a transaction of its own: one that fails takes
    no other with it. A commit that fails, fails for all.
    """
    responses: list[Response] = []
    try:
        for change in changes:
            change.before()
        with store.write() as transaction:
            responses.extend(change.apply(transaction) for change in changes)
    except Exception as failure:  # noqa: BLE001 - it is raised again where the change comes from
        if len(changes) == 1 or len(responses) == len(changes):
            return [failure] * len(changes)
    else:
        return list(responses)
    return [outcome for change in changes for outcome in commit_together(store, [change])]
