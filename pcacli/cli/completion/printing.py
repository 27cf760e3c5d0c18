"""`pcacli completion bash`, `zsh` and `fish`: print the completion script of a shell."""

import click

from pcacli.cli.command_tree import command_tree
from pcacli.cli.completion.scripts import SCRIPTS


def _command(shell: str) -> click.Command:
    """Return the command that prints one script."""

    @click.command(shell, epilog=f"\b\nExample:\n  pcacli completion {shell} > completion-of-pcacli")
    def command() -> None:
        click.echo(SCRIPTS[shell](command_tree()), nl=False)

    command.help = f"Print the completion script for {shell}.\n\n`pcacli completion install` has the shell load it."
    return command


bash, zsh, fish = map(_command, ("bash", "zsh", "fish"))
