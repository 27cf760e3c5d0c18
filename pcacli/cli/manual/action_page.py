"""The page of an action: its options, the data types that they use, what it prints and how it fails."""

import re
from collections.abc import Iterator

from pcacli.api.catalogue import OPERATIONS, WAITERS, command_name
from pcacli.api.shapes import Member, Operation, Shape, String, Structure
from pcacli.cli.action_command import metavar_of, option_of, shown_members
from pcacli.cli.action_help import syntax_lines
from pcacli.cli.command_tree import PROGRAM, Command, Parameter
from pcacli.cli.manual import parts, roff
from pcacli.params import syntax


def action_page(tree: Command, command: Command, operation: Operation) -> str:
    """Return the page."""
    return parts.page(
        command,
        roff.section("SYNOPSIS", parts.synopsis(command)),
        roff.section("DESCRIPTION", *map(roff.paragraph, command.description)),
        roff.section("OPTIONS", action_options(command, operation), parts.common_options(tree)),
        roff.section("OUTPUT", *_output(operation)),
        roff.section("DATA TYPES", *_data_types(operation)),
        roff.section("ERRORS", *_errors(operation)),
        parts.exit_status(),
        parts.examples(command.example),
        parts.see_also([PROGRAM, *sorted(_related(operation))]),
    )


def action_options(command: Command, operation: Operation) -> list[str]:
    """Return one entry for each option: members of the input, the required ones first, then those of all actions."""
    members = sorted(shown_members(operation), key=lambda member: not member.required)
    names = {option_of(member.name) for member in members}
    others = [option for option in command.options if names.isdisjoint(option.names)]
    return [*(line for member in members for line in _member_option(member)), *parts.option_items(others)]


def _member_option(member: Member) -> list[str]:
    term = parts.option_term(Parameter((option_of(member.name),), metavar_of(member), ""))
    return roff.item(term, roff.text(_described(member)), *_syntaxes(member.shape))


def _described(member: Member) -> str:
    """Return a member's help, whether it must be given, and its limits, with the pattern that --help leaves out."""
    facts = [syntax.unsaid_limits(member)]
    if isinstance(member.shape, String) and member.shape.pattern:
        facts.append(f"pattern `{member.shape.pattern}`")
    limits = ", ".join(filter(None, facts))
    required = "Required" if member.required else ""
    sentence = "; ".join(filter(None, (required, limits)))
    return f"{member.help} {sentence[0].upper()}{sentence[1:]}." if sentence else member.help


def _syntaxes(shape: Shape) -> Iterator[list[str]]:
    """Show how a structured value is written in both ways."""
    if syntax.is_structured(shape):
        yield roff.inside_item(
            *_code("Shorthand:", syntax.shorthand(shape)), *_code("JSON:", syntax.json_syntax(shape))
        )


def _code(label: str, content: str) -> Iterator[list[str]]:
    yield roff.paragraph(label)
    yield roff.verbatim(syntax_lines(content, parts.CODE_COLUMNS))


def _data_types(operation: Operation) -> Iterator[list[str]]:
    """Yield the types of the input, then those that only the output has, and which are never written as shorthand."""
    given = _types_within(operation.input)
    answered = _types_within(operation.output) if operation.output else []
    yield from (_data_type(structure, *_shorthand(structure)) for structure in given)
    yield from (_data_type(structure) for structure in answered if structure not in given)


def _types_within(structure: Structure) -> list[Structure]:
    return syntax.data_types(member.shape for member in structure.members)


def _shorthand(structure: Structure) -> Iterator[list[str]]:
    return _code("Shorthand:", f"{{{syntax.shorthand(structure)}}}")


def _data_type(structure: Structure, *syntaxes: list[str]) -> list[str]:
    members = (roff.item(roff.bold(member.name), roff.text(_described(member))) for member in structure.members)
    return roff.subsection(structure.name, *syntaxes, *_code("JSON:", syntax.json_syntax(structure)), *members)


def _output(operation: Operation) -> Iterator[list[str]]:
    if operation.output is None:
        yield roff.paragraph("Nothing is printed.")
        return
    yield roff.paragraph("In JSON; other formats and `--query` see the same members.")
    yield roff.verbatim(syntax_lines(syntax.json_syntax(operation.output), parts.CODE_COLUMNS))
    for member in operation.output.members:
        yield roff.item(roff.bold(member.name), roff.text(member.help))


def _errors(operation: Operation) -> Iterator[list[str]]:
    yield roff.paragraph("Besides the exceptions that all services of AWS have, the service may answer with:")
    yield roff.flowing([", ".join(map(roff.bold, operation.errors))])


def _related(operation: Operation) -> Iterator[str]:
    """Yield the pages of the actions that the operation's texts mention, and that of the waiters if one polls it."""
    told = " ".join((operation.summary, operation.returns, *(member.help for member in operation.input.members)))
    words = set(re.findall(r"[a-z]+(?:-[a-z]+)+", told)) - {command_name(operation.name)}
    yield from (f"{PROGRAM}-{name}" for name in map(command_name, OPERATIONS) if name in words)
    if any(waiter.operation == operation.name or command_name(waiter.name) in words for waiter in WAITERS.values()):
        yield f"{PROGRAM}-wait"
