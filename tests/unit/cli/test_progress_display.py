"""How progress looks. When it is shown at all, tests/end_to_end/test_terminal.py tells."""

import sys
from io import StringIO

import pytest
from rich.console import Console

from pcacli.cli.progress_display import ProgressDisplay
from pcacli.engine.progress import Phase

CRLS = Phase("Publishing CRLs")
BACKUP = Phase("Writing the backup", in_bytes=True)


class Screen:
    """A terminal on which progress is drawn whenever the test wants it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, width_columns: int) -> None:
        monkeypatch.setenv("COLUMNS", str(width_columns))
        self.told: tuple[Phase, int, int | None] = (CRLS, 0, None)
        self._width_columns = width_columns
        self._display = ProgressDisplay(lambda: self.told)

    def draw(self) -> str:
        text = StringIO()
        Console(file=text, width=self._width_columns, color_system=None).print(self._display.get_renderable())
        return text.getvalue()


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ((CRLS, 3, 1200), "3/1,200"),
        ((CRLS, 12345, None), "12,345"),
        ((BACKUP, 1_500_000, 352_000_000), "1.5 MB/352.0 MB"),
        # The size of what is written is an estimate.
        ((BACKUP, 2048, 1000), "1.0 kB/1.0 kB"),
    ],
)
@pytest.mark.parametrize("width_columns", [40, 60, 80, 140])
def test_what_is_done_and_of_how_much_stands_on_a_line(
    monkeypatch: pytest.MonkeyPatch, told: tuple[Phase, int, int | None], shown: str, width_columns: int
) -> None:
    screen = Screen(monkeypatch, width_columns)
    screen.told = told
    first, *more = screen.draw().splitlines()
    assert shown in first.split(maxsplit=1)[1]
    assert len(first) <= width_columns
    assert not more or width_columns == 40


def test_before_anything_is_counted_no_number_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "0" not in Screen(monkeypatch, 80).draw().rpartition(" ")[0]


def test_a_new_phase_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen(monkeypatch, 80)
    screen.told = (CRLS, 5, 5)
    screen.draw()
    screen.told = (Phase("Checking"), 7, None)
    drawn = screen.draw()
    assert "Publishing" not in drawn
    assert "/" not in drawn
    assert " 7 " in drawn


def test_the_time_left_is_told_as_soon_as_there_is_a_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen(monkeypatch, 80)
    for done in (0, 100, 200):
        screen.told = (CRLS, done, 1_000_000_000)
        drawn = screen.draw()
    assert "left" in drawn


class TerminalStream(StringIO):
    """A standard error that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_results_do_not_go_where_progress_is_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    terminal = TerminalStream()
    monkeypatch.setattr(sys, "stderr", terminal)
    with ProgressDisplay(lambda: (CRLS, 1, 2)):
        print("result")
        sys.stderr.write("notice\n")
    assert capsys.readouterr().out == "result\n"
    assert "notice" in terminal.getvalue()
    assert "result" not in terminal.getvalue()
