"""The `text` format: lines of values between TABs, for `cut`, `awk` and `read`.

A structure's plain values are one line, sorted by member name; a nested structure or list follows on lines that
begin with the name of its member in capitals. Structures in one list share their columns: the names that hold a
plain value in any of them.
Source: `awscli/text.py` of the AWS CLI v2; behaviour recorded from version 2.36.7.
"""

from collections.abc import Iterator, Mapping, Sequence

from pcacli.output.terminal import Terminal


def format_value(value: object, _terminal: Terminal) -> str:
    """Write a value as lines of text; an empty list or structure has none."""
    return "".join(f"{line}\n" for line in _lines(value, label=None))


def _lines(value: object, label: str | None) -> Iterator[str]:
    if isinstance(value, Mapping):
        plain = sorted(name for name, member in value.items() if not _is_nested(member))
        yield from _structure_lines(value, plain, label)
    elif isinstance(value, list):
        yield from _list_lines(value, label)
    else:
        yield str(value)


def _structure_lines(structure: Mapping[str, object], columns: Sequence[str], label: str | None) -> Iterator[str]:
    if columns:
        cells = [str(structure.get(name, "")) for name in columns]
        yield "\t".join(cells if label is None else [label.upper(), *cells])
    for name in sorted(structure.keys() - set(columns)):
        yield from _lines(structure[name], label=name)


def _list_lines(elements: list[object], label: str | None) -> Iterator[str]:
    structures = [element for element in elements if isinstance(element, Mapping)]
    if structures:
        columns = sorted({name for one in structures for name, member in one.items() if not _is_nested(member)})
        for element in elements:
            if isinstance(element, Mapping):
                yield from _structure_lines(element, columns, label)
            else:
                yield from _lines(element, label)
        return
    plain = [str(element) for element in elements if not _is_nested(element)]
    if plain:
        yield from ["\t".join(plain)] if label is None else [f"{label.upper()}\t{element}" for element in plain]
    for element in elements:
        if _is_nested(element):
            yield from _lines(element, label)


def _is_nested(value: object) -> bool:
    return isinstance(value, Mapping | list)
