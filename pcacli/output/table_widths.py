"""How wide the columns of a table become. All widths are in columns of the terminal, without the frame."""

from collections.abc import Iterable, Sequence

from rich.cells import cell_len

# A column may shrink to this and fold its cells: the date and the time of day of a timestamp stay on one line.
_READABLE_WIDTH = 19

# One space on either side of a cell and the line after it; the line before the first column comes on top.
_FRAME_WIDTH = 3


def available(count: int, width_columns: int) -> int:
    """Say how much of the terminal's width is left for the contents of `count` columns."""
    return max(width_columns - count * _FRAME_WIDTH - 1, count)


def widest(texts: Iterable[str]) -> int:
    """Measure the longest line; an ideograph is two columns wide."""
    return max((cell_len(line) for text in texts for line in text.split("\n")), default=0)


def grid_widths(header: Sequence[str], rows: Sequence[Sequence[str]], width_columns: int) -> list[int] | None:
    """Share the terminal's width among the columns of a grid; None where they would be too narrow to read.

    Names never fold. The columns that need least get all they need, the others an equal share of the rest.
    """
    columns = list(zip(*rows, strict=True))
    names = header or [""] * len(columns)
    natural = [widest([name, *cells]) for name, cells in zip(names, columns, strict=True)]
    widths = [max(cell_len(name), min(full, _READABLE_WIDTH)) for name, full in zip(names, natural, strict=True)]
    spare = available(len(columns), width_columns) - sum(widths)
    if spare < 0:
        return None
    needs = [full - width for full, width in zip(natural, widths, strict=True)]
    for served, index in enumerate(sorted(range(len(needs)), key=needs.__getitem__)):
        grant = min(needs[index], spare // (len(needs) - served))
        widths[index] += grant
        spare -= grant
    return widths


def sheet_widths(names: Iterable[str], texts: Iterable[str], width_columns: int) -> tuple[int, int]:
    """Divide the terminal's width between names and values; names take at most half of it, and fold."""
    room = available(2, width_columns)
    name_width = max(min(widest(names), room // 2), 1)
    return name_width, max(min(widest(texts), room - name_width), 1)
