"""Groups of commands, and groups of which only the command that is called gets imported."""

from collections.abc import Mapping
from importlib import import_module

import click

from pcacli.cli.help_layout import lay_out
from pcacli.cli.root import unknown_choice

WHOLE_SENTENCE = 1000
"""Click cuts a first sentence that is longer than this many characters."""


class CommandGroup(click.Group):
    """A group that understands `help` like `--help`, and says which names are near one that is not there."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Understand `help`, alone or in front of a command."""
        return super().parse_args(ctx, [*args[1:], "--help"] if args[:1] == ["help"] else args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which names are near."""
        command = self.get_command(ctx, args[0])
        if command is None:
            raise unknown_choice("subcommand", args[0], self.list_commands(ctx))
        return args[0], command, ["--help"] if args[1:] == ["help"] else args[1:]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands in whole sentences."""
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl([(name, one.get_short_help_str(WHOLE_SENTENCE)) for name, one in commands if one])


class LazyGroup(CommandGroup):
    """A group whose commands are named by place and short help, and imported when they are called.

    The place is a module, which calls its command `command`, or `module:attribute`. What has no help is not listed.
    """

    def __init__(self, name: str, *, commands: Mapping[str, tuple[str, str]], help: str) -> None:  # noqa: A002 - Click's name
        super().__init__(name, help=help)
        self._modules = commands

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        del ctx
        return list(self._modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        del ctx
        if cmd_name not in self._modules:
            return None
        module, _, attribute = self._modules[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), attribute or "command")
        lay_out(command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in self._modules.items() if text])
