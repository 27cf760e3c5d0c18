"""How far a long command is and how long it still takes: on a terminal's standard error only."""

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import Progress


# Drawing for every one of a million steps would take longer than the steps.
_UPDATES = 1000


class ProgressBar:
    """A bar for so many steps, which goes away at the end; nothing where nobody looks."""

    def __init__(self, text: str, steps: int) -> None:
        self._text = text
        self._steps = steps
        self._done = 0
        self._progress: Progress | None = None

    def __enter__(self) -> Self:
        if not sys.stderr.isatty():
            return self
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._progress = Progress(*columns, console=Console(stderr=True), transient=True)
        self._progress.add_task(self._text, total=self._steps)
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._progress is not None:
            self._progress.stop()

    def advance(self) -> None:
        """Say that one more step is done."""
        self._done += 1
        if self._progress is not None and self._done % (self._steps // _UPDATES + 1) == 0:
            self._progress.update(self._progress.task_ids[0], completed=min(self._done, self._steps))
