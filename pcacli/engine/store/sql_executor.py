"""What a database has to do for the SQL of a store: what differs from one to the next is behind this port."""

from collections.abc import Iterator
from typing import Any, Protocol

from pcacli.engine.store.codec import Value
from pcacli.errors import DamagedStore

Row = tuple[Any, ...]


class Executor(Protocol):
    """Runs statements in one transaction; `?` stands for the next parameter, `?1` for the first.

    Every method raises RuntimeError after the end of the transaction, and an error of our tree where the database
    fails.
    """

    def row(self, statement: str, *parameters: Value) -> Row | None:
        """Return the first row that a query finds, or None."""
        ...

    def rows(self, statement: str, *parameters: Value) -> list[Row]:
        """Return every row that a query finds."""
        ...

    def stream(self, statement: str, *parameters: Value) -> Iterator[Row]:
        """Yield every row that a query finds, in bounded memory."""
        ...

    def change(self, statement: str, *parameters: Value) -> int:
        """Run a statement that changes rows and return how many."""
        ...

    def unreadable(self, error: Exception) -> DamagedStore:
        """Return the error which says that a record cannot be read."""
        ...

    def storage_problems(self) -> Iterator[str]:
        """Yield what the database itself finds wrong with its pages, indexes and references."""
        ...
