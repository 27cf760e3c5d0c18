"""All man pages, by the names of their files."""

from pcacli.api.shapes import Operation
from pcacli.cli.command_tree import Command
from pcacli.cli.manual.action_page import action_page
from pcacli.cli.manual.command_page import command_page, wait_page
from pcacli.cli.manual.program_page import program_page

_WAIT = ("wait",)


def pages(tree: Command) -> dict[str, str]:
    """Return every page; the waiters share one."""
    paged = [command for command in tree.walk() if command.path[:-1] != _WAIT]
    return {f"{command.page}.1": _page(tree, command) for command in paged}


def _page(tree: Command, command: Command) -> str:
    if isinstance(command.declaration, Operation):
        return action_page(tree, command, command.declaration)
    if command.path == _WAIT:
        return wait_page(tree, command)
    return command_page(tree, command) if command.path else program_page(tree)
