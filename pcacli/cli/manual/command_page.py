"""The pages of commands that are no mirrored actions: `pki`, `local`, `completion` and what is below, and `wait`."""

import re
from collections.abc import Iterator

from pcacli.api.catalogue import OPERATIONS, command_name
from pcacli.api.shapes import Waiter
from pcacli.cli.command_tree import PROGRAM, Command
from pcacli.cli.manual import parts, roff
from pcacli.cli.manual.action_page import action_options

_UNFILLED = "\b\n"


def command_page(tree: Command, command: Command) -> str:
    """Return the page of one command or group of commands."""
    return parts.page(
        command,
        roff.section("SYNOPSIS", parts.synopsis(command)),
        roff.section("DESCRIPTION", *map(_paragraph, command.description)),
        roff.section("COMMANDS", *map(parts.command_item, command.commands)),
        roff.section("OPTIONS", parts.option_items(command.options), parts.common_options(tree)),
        parts.exit_status(),
        parts.examples(command.example),
        parts.see_also([*_above(command), *(child.page for child in command.commands)]),
    )


def wait_page(tree: Command, command: Command) -> str:
    """Return the page of all waiters."""
    waiters = [(child, child.declaration) for child in command.commands if isinstance(child.declaration, Waiter)]
    polled = sorted({f"{PROGRAM}-{command_name(waiter.operation)}" for _, waiter in waiters})
    return parts.page(
        command,
        roff.section("SYNOPSIS", *(parts.synopsis(child) for child in command.commands)),
        roff.section("DESCRIPTION", *map(_paragraph, command.description)),
        roff.section("WAITERS", *(_waiter(child, waiter) for child, waiter in waiters)),
        roff.section("COMMON OPTIONS", parts.common_options(tree)),
        parts.exit_status(),
        parts.examples(*(child.example for child in command.commands)),
        parts.see_also([PROGRAM, *polled]),
    )


def _waiter(command: Command, waiter: Waiter) -> list[str]:
    described = (line for text in command.description for line in roff.paragraph(text))
    return roff.subsection(command.path[-1], list(described), action_options(command, OPERATIONS[waiter.operation]))


def _paragraph(text: str) -> list[str]:
    """Return a paragraph of a Click command's help, in which a backspace keeps lines as they are."""
    if text.startswith(_UNFILLED):
        return roff.verbatim(text.removeprefix(_UNFILLED).splitlines())
    return roff.paragraph(re.sub(r"\s+", " ", text))


def _above(command: Command) -> Iterator[str]:
    """Yield the pages of the program and of the groups above a command."""
    yield from ("-".join((PROGRAM, *command.path[:depth])) for depth in range(len(command.path)))
