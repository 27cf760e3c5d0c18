"""The group `wait`: one command for each waiter of the API."""

import click

from pcacli.api.catalogue import OPERATIONS, WAITERS, command_name
from pcacli.api.shapes import Waiter
from pcacli.cli.action_command import ActionCommand
from pcacli.cli.lazy_group import CommandGroup
from pcacli.cli.root import command_first
from pcacli.cli.session import Session
from pcacli.errors import UsageProblem

_TOO_FEW = "usage: pcacli [options] wait <subcommand> [parameters]\npcacli: [ERROR]: too few arguments"
_WAITERS = {command_name(name): waiter for name, waiter in WAITERS.items()}


class WaitGroup(CommandGroup):
    """The waiters by name."""

    def __init__(self) -> None:
        super().__init__("wait", help="Wait until a CSR, a certificate or an audit report is ready.")

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Demand the name of a waiter in the AWS CLI's words."""
        words = command_first(args)
        if words is None:
            raise UsageProblem(f"Unknown options: {','.join(args)}" if args else _TOO_FEW)
        return super().parse_args(ctx, words)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the waiters."""
        del ctx
        return list(_WAITERS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Build the command of one waiter."""
        del ctx
        waiter = _WAITERS.get(cmd_name)
        return None if waiter is None else WaitCommand(waiter)


class WaitCommand(ActionCommand):
    """A waiter takes the options of the action that it polls and prints nothing."""

    def __init__(self, waiter: Waiter) -> None:
        super().__init__(OPERATIONS[waiter.operation])
        self.waiter = waiter
        self.name = command_name(waiter.name)
        self.help = (
            f"{waiter.summary}\n\nAsks every {waiter.delay_seconds} s, {waiter.max_attempts} times at the most. "
            "Prints nothing; exit code 255 says that it failed or took too long."
        )
        self.short_help = waiter.summary
        self.example = waiter.example

    def _run(self, session: Session, **words: tuple[str, ...] | None) -> None:
        from pcacli.cli.invocation import wait_for

        given = {option.opts[0]: words[option.name or ""] for option in self.params}
        wait_for(session, self.waiter, {name: value for name, value in given.items() if value is not None})
