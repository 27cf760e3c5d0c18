"""What `ProgressBar` draws with rich, some times a second, from what it was told last."""

from collections.abc import Callable

from rich.console import Console, RenderableType
from rich.filesize import decimal
from rich.live import Live
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Column
from rich.text import Text

from pcacli.engine.progress import Phase

# On a narrower terminal there is no room for a bar, nor for the word behind the time.
_ROOMY_COLUMNS = 60
_DRAWINGS_A_SECOND = 8


class ProgressDisplay(Live):
    """Shows the phase, a bar, a count, and the time left; where the total is unknown, for how long it has gone on."""

    def __init__(self, told: Callable[[], tuple[Phase, int, int | None]]) -> None:
        console = Console(stderr=True)
        text = TextColumn("{task.description}", markup=False, table_column=Column())  # the one that may fold
        is_roomy = console.width >= _ROOMY_COLUMNS
        bar = [BarColumn(None, table_column=Column(ratio=1))] if is_roomy else []
        self._told = told
        self._phase: Phase | None = None
        # It only knows how to draw and to work out the pace; it is never started, so that it does not draw by itself.
        self._progress = Progress(
            text, *bar, _Count(), _Time(" left" if is_roomy else ""), console=console, expand=True
        )
        super().__init__(
            console=console,
            transient=True,
            refresh_per_second=_DRAWINGS_A_SECOND,
            get_renderable=self._drawn,
            redirect_stdout=False,  # results may go elsewhere meanwhile
        )

    def _drawn(self) -> RenderableType:
        phase, done, total = self._told()
        if phase != self._phase:
            # A task of its own, since the pace of one phase says nothing about the next.
            for task in self._progress.task_ids:
                self._progress.remove_task(task)
            self._progress.add_task(phase.text, total=None, in_bytes=phase.in_bytes)
            self._phase = phase
        (task,) = self._progress.task_ids
        self._progress.update(task, completed=done if total is None else min(done, total), total=total)
        return self._progress.get_renderable()


class _Count(ProgressColumn):
    """How much is done, and of how much."""

    def __init__(self) -> None:
        super().__init__(Column(no_wrap=True, justify="right"))

    def render(self, task: Task) -> Text:
        """Write nothing as long as there is nothing to count."""
        write: Callable[[int], str] = decimal if task.fields["in_bytes"] else "{:,}".format
        counted = [write(int(task.completed))] if task.completed or task.total is not None else []
        counted += [] if task.total is None else [write(int(task.total))]
        return Text("/".join(counted), style="progress.download")


class _Time(ProgressColumn):
    """How long it still takes; as long as nobody can tell, for how long it has gone on."""

    def __init__(self, word: str) -> None:
        super().__init__(Column(no_wrap=True))
        self._word = word
        self._left, self._gone = TimeRemainingColumn(), TimeElapsedColumn()

    def render(self, task: Task) -> Text:
        """Write hours, minutes and seconds."""
        if task.time_remaining is None:
            return self._gone.render(task)
        return Text.assemble(self._left.render(task), self._word)
