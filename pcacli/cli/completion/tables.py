"""What the completion scripts know, as tables: commands and options by command, values by command and option.

A command is its path below "pcacli" with spaces ("" is pcacli itself), and a pair is a command, a space and an option;
the option is empty for an argument. Options that every command takes stand under `EVERYWHERE`.
"""

from collections.abc import Iterator
from typing import NamedTuple

from pcacli.cli.command_tree import Command, Parameter, Place

EVERYWHERE = "*"
FLAG, MANY_WORDS = "flag", "many"

Named = tuple[str, str]
"""A name and its summary."""


class Tables(NamedTuple):
    """All tables. What an option takes is said only where it is not one word.

    Values are words, "file://" and "fileb://" for the beginnings of words, "@file" and "@directory", or "#" and a kind
    of values that `pcacli completion values` prints.
    """

    commands: dict[str, list[Named]]
    options: dict[str, list[Named]]
    values: dict[str, list[str]]
    takes: dict[str, str]


def tables(tree: Command) -> Tables:
    """Read the tables from the command tree."""
    nodes = {" ".join(command.path): command for command in tree.walk() if command.path} | {EVERYWHERE: tree}
    parameters = [
        (f"{path} {name}", parameter)
        for path, command in nodes.items()
        for parameter in (*command.options, *command.arguments)
        for name in parameter.names or ("",)
    ]
    return Tables(
        commands={" ".join(command.path): _named_commands(command) for command in tree.walk() if command.commands},
        options={path: list(_named_options(command)) for path, command in nodes.items() if command.options},
        values={pair: values for pair, parameter in parameters if (values := _values(parameter))},
        takes={pair: takes for pair, parameter in parameters if (takes := _takes(parameter))},
    )


def _named_commands(command: Command) -> list[Named]:
    return [(child.path[-1], child.summary) for child in command.commands]


def _named_options(command: Command) -> Iterator[Named]:
    for option in command.options:
        yield from ((name, option.summary) for name in option.names)


def _values(parameter: Parameter) -> list[str]:
    if parameter.choices or parameter.place is Place.NOWHERE:
        return list(parameter.choices)
    is_path = parameter.place in (Place.FILE, Place.DIRECTORY)
    return [f"@{parameter.place}" if is_path else parameter.place]


def _takes(parameter: Parameter) -> str:
    if not parameter.metavar:
        return FLAG
    return MANY_WORDS if parameter.takes_many else ""
