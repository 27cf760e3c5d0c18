"""Commits what the requests of one process change."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from pcacli.engine.call import Change, Response
from pcacli.engine.shared_commit import Outcome, commit_together
from pcacli.engine.store.port import Store

MAXIMUM_CHANGES = 16
"""How many changes one commit holds at most, so that other processes get their turn to write."""


class Committer:
    """Commits changes in a thread of its own; those that come while it is at work share the next commit."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="commit")
        self._waiting: list[tuple[Change, asyncio.Future[Outcome]]] = []
        self._work: asyncio.Task[None] | None = None

    async def commit(self, change: Change) -> Response:
        """Make a change and return its response when it has been committed."""
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[Outcome] = loop.create_future()
        self._waiting.append((change, outcome))
        if self._work is None:
            # It begins after the other requests that have come in the same moment, so that they share its first commit.
            self._work = loop.create_task(self._commit_all())
        response = await outcome
        if isinstance(response, Exception):
            raise response
        return response

    def close(self) -> None:
        """End after the commit in hand."""
        self._thread.shutdown()

    async def _commit_all(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            taken, self._waiting = self._waiting[:MAXIMUM_CHANGES], self._waiting[MAXIMUM_CHANGES:]
            changes = [change for change, _ in taken]
            outcomes = await loop.run_in_executor(self._thread, commit_together, self._store, changes)
            for (_, waiting), outcome in zip(taken, outcomes, strict=True):
                if not waiting.done():
                    waiting.set_result(outcome)
        self._work = None
