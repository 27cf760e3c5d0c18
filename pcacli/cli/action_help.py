"""The help of an action as a person reads it: options in groups, how structured values are written, the example."""

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence

from pcacli.api.shapes import Member, Operation, Structure
from pcacli.cli.action_command import INPUT_OPTIONS, metavar_of, option_of, shown_members
from pcacli.params import syntax

COMMON_OPTIONS = "See `pcacli --help`: --local, --region, --output, --query and more."
_INDENT = "  "
_TEXT_INDENT = _INDENT * 3
_SYNTAX_PIECE = re.compile(r"(?:[^,]|,(?= ?\.\.\.))+,? ?")
_BEHIND_EQUALS = re.compile(r"(?<==)")
_OPTION_START = re.compile(r" (?=--)")

Section = tuple[str, list[str]]


def sections(
    operation: Operation, example: str, width_columns: int, options: Mapping[str, Mapping[str, tuple[str, str]]]
) -> Iterator[Section]:
    """Yield headings and the lines below them; those that would be empty are left out.

    `options` are groups of options that the command has beside those for the members of the input.
    """
    members = shown_members(operation)
    required = [member for member in members if member.required]
    optional = [member for member in members if not member.required]
    groups = {
        "Required": [line for member in required for line in _member_lines(member, width_columns)],
        "Optional": [line for member in optional for line in _member_lines(member, width_columns)],
        **{heading: list(_plain_options(group, width_columns)) for heading, group in options.items()},
        "Input": list(_plain_options(INPUT_OPTIONS, width_columns)),
        "Common options": _filled(COMMON_OPTIONS, _INDENT, width_columns),
        "Data types": list(_type_lines(members, width_columns)),
        "Example": [f"{_INDENT}{line}" for line in example_lines(example, width_columns - len(_INDENT))],
    }
    yield from ((heading, lines) for heading, lines in groups.items() if lines)


def example_lines(example: str, width_columns: int) -> list[str]:
    """Break a command line before options, with the backslashes that let it be pasted into a shell."""
    lines: list[str] = []
    for piece in _OPTION_START.split(example):
        if lines and len(lines[-1]) + len(piece) + len(" ") + len(" \\") <= width_columns:
            lines[-1] += f" {piece}"
        else:
            lines.append(f"{_INDENT * 2}{piece}" if lines else piece)
    return [*(f"{line} \\" for line in lines[:-1]), lines[-1]]


def syntax_lines(text: str, width_columns: int) -> list[str]:
    """Break a syntax behind commas, but not before "..."; behind "=" too where a member is longer than a line."""
    lines = [""]
    for piece in _pieces(text, width_columns):
        if lines[-1] and len(lines[-1]) + len(piece.rstrip()) > width_columns:
            lines.append("")
        lines[-1] += piece
    return [line.rstrip() for line in lines]


def _pieces(text: str, width_columns: int) -> Iterator[str]:
    for piece in _SYNTAX_PIECE.findall(text):
        yield from [piece] if len(piece.rstrip()) <= width_columns else _BEHIND_EQUALS.split(piece)


def _member_lines(member: Member, width_columns: int) -> Iterator[str]:
    yield f"{_INDENT}{option_of(member.name)} {metavar_of(member)}"
    yield from _filled(_with_limits(member), _TEXT_INDENT, width_columns)
    if syntax.is_structured(member.shape):
        yield from _syntax("Shorthand: ", syntax.shorthand(member.shape), width_columns)
        yield from _syntax("JSON:      ", syntax.json_syntax(member.shape), width_columns)
        yield from _member_limits(syntax.element(member.shape), width_columns)


def _with_limits(member: Member) -> str:
    limit = syntax.unsaid_limits(member)
    return f"{member.help} {limit[0].upper()}{limit[1:]}." if limit else member.help


def _plain_options(options: Mapping[str, tuple[str, str]], width_columns: int) -> Iterator[str]:
    for name, (metavar, text) in options.items():
        yield f"{_INDENT}{name} {metavar}"
        yield from _filled(text, _TEXT_INDENT, width_columns)


def _type_lines(members: Sequence[Member], width_columns: int) -> Iterator[str]:
    """Show the structures inside the options' values; those that are an option's whole value are shown there."""
    shown = {syntax.element(member.shape).name for member in members}
    for structure in syntax.data_types(member.shape for member in members):
        if structure.name not in shown:
            yield f"{_INDENT}<{structure.name}>"
            yield from _syntax("", f"{{{syntax.shorthand(structure)}}}", width_columns)
            yield from _member_limits(structure, width_columns)


def _syntax(label: str, text: str, width_columns: int) -> Iterator[str]:
    """Yield the label and, beside it, the syntax."""
    room = width_columns - len(_TEXT_INDENT) - len(label)
    for position, line in enumerate(syntax_lines(text, room)):
        yield f"{_TEXT_INDENT}{label if position == 0 else ' ' * len(label)}{line}"


def _member_limits(shape: object, width_columns: int) -> list[str]:
    if not isinstance(shape, Structure):
        return []
    return _filled(" ".join(syntax.member_limits(shape)), _TEXT_INDENT, width_columns)


def _filled(text: str, indent: str, width_columns: int) -> list[str]:
    """Break prose into lines; a sample in it that is longer than a line is broken as a syntax."""
    room = width_columns - len(indent)
    lines = textwrap.wrap(text, room, break_on_hyphens=False, break_long_words=False)
    return [f"{indent}{part}" for line in lines for part in syntax_lines(line, room)]
