"""`pcacli completion`: print the completion script of a shell."""

import click

from pcacli.cli.command_tree import command_tree
from pcacli.cli.completion.scripts import SCRIPTS


@click.command("completion", epilog='\b\nExample:\n  eval "$(pcacli completion bash)"')
@click.argument("shell", type=click.Choice(list(SCRIPTS)))
def command(shell: str) -> None:
    """Print the script that makes a shell complete commands, options and values.

    Load it where the shell starts. In ~/.bashrc: `eval "$(pcacli completion bash)"`. In ~/.zshrc, below compinit:
    `source <(pcacli completion zsh)`. In ~/.config/fish/config.fish: `pcacli completion fish | source`.
    """
    click.echo(SCRIPTS[shell](command_tree()), nl=False)
