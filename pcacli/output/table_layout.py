"""What the `table` format shows, before it is drawn: titled blocks.

* One structure is a sheet of names and values, nested structures indented below their name.
* A list is a grid with a column for each member, nested ones named `Outer.Inner`. Where the columns would get too
  narrow to read, each element becomes a sheet of its own.
* Text of several lines (PEM) is printed as it is, so that it can be copied.

A title is the JMESPath expression that selects the block from the whole. Nothing is left out.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from pcacli.output.safe_text import on_lines
from pcacli.output.table_widths import grid_widths

EMPTY = "(none)"


class Row(NamedTuple):
    """A name and its value, `depth` levels in; `text` is None for the heading of a nested structure."""

    depth: int
    name: str
    text: str | None


class Sheet(NamedTuple):
    """The members of one structure, one below the other."""

    title: str
    rows: list[Row]


class Grid(NamedTuple):
    """Rows of cells under a header, which is empty where the columns have no names."""

    title: str
    header: list[str]
    rows: list[list[str]]
    widths: list[int]


class Lines(NamedTuple):
    """Text that is printed without a frame."""

    title: str
    text: str


Block = Sheet | Grid | Lines


def blocks(value: object, width_columns: int, title: str = "") -> Iterator[Block]:
    """Divide a value into blocks that can be read on a terminal of that width."""
    if isinstance(value, Mapping) and value:
        yield from _structure_blocks(value, width_columns, title)
    elif isinstance(value, list) and value:
        yield from _list_blocks(value, width_columns, title)
    else:
        yield Lines(title, _cell(value))


def _structure_blocks(structure: Mapping[str, object], width_columns: int, title: str) -> Iterator[Block]:
    apart = [name for name, member in structure.items() if _stands_apart(member, alone=len(structure) == 1)]
    together = {name: member for name, member in structure.items() if name not in apart}
    if together:
        yield Sheet(title, list(_rows(together)))
    for name in apart:
        yield from blocks(structure[name], width_columns, f"{title}.{name}" if title else name)


def _list_blocks(elements: list[object], width_columns: int, title: str) -> Iterator[Block]:
    cells = [dict(_named_cells(element)) for element in elements]
    names = list(dict.fromkeys(name for row in cells for name in row))
    header = names if any(isinstance(element, Mapping) for element in elements) else []
    rows = [[row.get(name, "") for name in names] for row in cells]
    widths = grid_widths(header, rows, width_columns)
    if widths:
        yield Grid(title, header, rows, widths)
    else:
        for index, element in enumerate(elements):
            yield from blocks(element, width_columns, f"{title}[{index}]")


def _stands_apart(member: object, *, alone: bool) -> bool:
    """Say whether a member of the outermost structure is a block of its own, not a row or a heading in the sheet."""
    if isinstance(member, Mapping):
        return alone and bool(member)
    return _has_parts(member) or (isinstance(member, str) and "\n" in member.strip())


def _rows(value: object, depth: int = 0) -> Iterator[Row]:
    for name, part in _parts(value):
        if _has_parts(part):
            yield Row(depth, name, None)
            yield from _rows(part, depth + 1)
        else:
            yield Row(depth, name, _cell(part))


def _named_cells(element: object) -> Iterator[tuple[str, str]]:
    """Write one element of a list as cells, with the names of their columns."""
    if not isinstance(element, Mapping | list):
        yield "", _cell(element)
    for name, part in _parts(element):
        if isinstance(part, Mapping) and part:
            yield from ((f"{name}.{inner}", cell) for inner, cell in _named_cells(part))
        else:
            yield name, _cell(part)


def _has_parts(value: object) -> bool:
    """Say whether a value takes several rows of a sheet: a structure, or a list of structures or lists."""
    if isinstance(value, list):
        return any(isinstance(element, Mapping | list) and element for element in value)
    return isinstance(value, Mapping) and bool(value)


def _parts(value: object) -> Iterable[tuple[str, object]]:
    if isinstance(value, Mapping):
        return value.items()
    return ((f"[{index}]", element) for index, element in enumerate(value)) if isinstance(value, list) else ()


def _cell(value: object) -> str:
    """Write a value as the text of one cell; each part of what is nested has a line of its own."""
    if isinstance(value, Mapping):
        return "\n".join(f"{name}: {cell}" for name, cell in _named_cells(value)) or EMPTY
    if isinstance(value, list):
        return "\n".join(_cell(element) for element in value) or EMPTY
    return on_lines(str(value))
