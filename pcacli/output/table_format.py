"""The `table` format (ours): for people, drawn with rich. Scripts should not read it; its look may change."""

from io import StringIO

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from pcacli.output.state_styles import STATE_STYLES
from pcacli.output.table_layout import EMPTY, Block, Grid, Lines, Sheet, blocks
from pcacli.output.table_widths import sheet_widths, widest
from pcacli.output.terminal import Terminal

_INDENT_COLUMNS = 2


def format_value(value: object, terminal: Terminal) -> str:
    """Draw a value as one or more titled tables; what is too long folds, nothing is cut."""
    stream = StringIO()
    console = drawing_console(stream, terminal)
    for index, block in enumerate(blocks(value, terminal.width_columns)):
        if index:
            console.print()
        if block.title:
            console.print(Text(block.title, style="bold"), soft_wrap=True)
        console.print(_drawn(block, terminal), soft_wrap=isinstance(block, Lines))
    return stream.getvalue()


def drawing_console(stream: StringIO, terminal: Terminal) -> Console:
    """Return what rich draws on: nothing but the terminal's facts decides how that looks."""
    return Console(
        file=stream,
        width=terminal.width_columns,
        height=25,  # without it rich would ask the environment for both
        color_system="standard" if terminal.colour else None,
        force_terminal=terminal.colour,
        no_color=not terminal.colour,
        legacy_windows=False,
    )


def _drawn(block: Block, terminal: Terminal) -> Table | Text:
    if isinstance(block, Lines):
        return _text(block.text.removesuffix("\n"))
    frame = box.SQUARE if terminal.unicode else box.ASCII
    if isinstance(block, Grid):
        return _grid(block, frame)
    return _sheet(block, frame, terminal.width_columns)


def _grid(grid: Grid, frame: box.Box) -> Table:
    cells = [(cell, width) for row in grid.rows for cell, width in zip(row, grid.widths, strict=True)]
    folds = any("\n" in cell or widest([cell]) > width for cell, width in cells)
    table = Table(box=frame, show_header=bool(grid.header), show_lines=folds, header_style="bold")
    for name, width in zip(grid.header or [""] * len(grid.widths), grid.widths, strict=True):
        table.add_column(Text(name), width=width, overflow="fold")
    for row in grid.rows:
        table.add_row(*map(_text, row))
    return table


def _sheet(sheet: Sheet, frame: box.Box, width_columns: int) -> Table:
    names = [" " * _INDENT_COLUMNS * row.depth + row.name for row in sheet.rows]
    name_width, text_width = sheet_widths(names, [row.text or "" for row in sheet.rows], width_columns)
    table = Table(box=frame, show_header=False)
    table.add_column(width=name_width, overflow="fold", style="cyan")
    table.add_column(width=text_width, overflow="fold")
    for row in sheet.rows:
        name = Text(row.name, style="bold" if row.text is None else "")
        # Padding, unlike spaces in front of the name, also indents what folds.
        table.add_row(Padding(name, (0, 0, 0, _INDENT_COLUMNS * row.depth)), _text(row.text or ""))
    return table


def _text(text: str) -> Text:
    # As a rich Text, so that square brackets in a value are not taken for markup.
    return Text(text, style="dim" if text == EMPTY else STATE_STYLES.get(text, ""))
