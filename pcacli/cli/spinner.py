"""A sign of life while something takes long: on a terminal's standard error only."""

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import Progress


class Spinner:
    """Shows what is waited for and for how long, from the second attempt on; call it with the number of each."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._progress: Progress | None = None

    def __call__(self, attempt: int) -> None:
        """Begin to turn when the first attempt was not enough."""
        if attempt == 1 or self._progress is not None or not sys.stderr.isatty():
            return
        from rich.console import Console
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        self._progress = Progress(*columns, console=Console(stderr=True), transient=True)
        self._progress.add_task(self._text, total=None)
        self._progress.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._progress is not None:
            self._progress.stop()
