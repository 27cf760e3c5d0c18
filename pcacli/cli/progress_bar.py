"""How far a long command is and how long it still takes: on a terminal's standard error only."""

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from threading import Timer

    from pcacli.cli.progress_display import ProgressDisplay
    from pcacli.engine.progress import Phase

PATIENCE_SECONDS = 1.0
"""What is done by then needs no bar."""


class ProgressBar:
    """A bar with a count and the time left, or a count alone where the total is unknown; it goes away at the end.

    Call it as an `engine.progress.Progress`. It begins with a text and is there as soon as the work inside has taken a
    second, whether or not that has told anything yet. The work must not ask the user for anything.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._told: tuple[Phase, int, int | None] | None = None
        self._timer: Timer | None = None
        self._display: ProgressDisplay | None = None

    def __call__(self, phase: "Phase", done: int, total: int | None) -> None:
        """Take in how far the work is, which must cost next to nothing: the display asks for it when it is drawn."""
        self._told = (phase, done, total)

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            from threading import Timer

            self._timer = Timer(PATIENCE_SECONDS, self._show)
            self._timer.daemon = True
            self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer.join()  # It may be about to begin.
        if self._display is not None:
            self._display.stop()

    def _show(self) -> None:
        from pcacli.cli.progress_display import ProgressDisplay
        from pcacli.engine.progress import Phase

        beginning = (Phase(self._text), 0, None)
        self._display = ProgressDisplay(lambda: self._told or beginning)
        self._display.start()
