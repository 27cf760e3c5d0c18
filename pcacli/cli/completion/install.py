"""`pcacli completion install`: wire the user's shell.

What is written only asks pcacli for its script, when Tab is first pressed: shells start as quickly as before, and the
completions are those of the installed version, whichever that is.
"""

import os
from pathlib import Path
from typing import NamedTuple

import click

from pcacli.cli.completion.scripts import SCRIPTS
from pcacli.cli.showing import say
from pcacli.errors import PcaError, UsageProblem
from pcacli.limits.readers import START_FILE
from pcacli.limits.reading import read_file


class _StartUp(NamedTuple):
    """Where a shell reads what it does at its start (below which directory, by which variable), and what to add.

    `reload` says how the shell that runs now gets it.
    """

    directory_variable: str
    directory: str
    file: str
    text: str
    reload: str


_BASH = """_pcacli_load() { eval "$(pcacli completion bash)" && return 124; }
complete -F _pcacli_load pcacli
"""
# As an array of options, `compinit` has to run before; where a user's own start-up does not, this does.
_ZSH = """(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }
_pcacli_load() { eval "$(pcacli completion zsh)" && _pcacli "$@"; }
compdef _pcacli_load pcacli
"""
_FISH = "pcacli completion fish | source\n"

_START_UPS = {
    "bash": _StartUp("HOME", "~", ".bashrc", _BASH, "source ~/.bashrc"),
    "zsh": _StartUp("ZDOTDIR", "~", ".zshrc", _ZSH, "exec zsh"),
    "fish": _StartUp("XDG_CONFIG_HOME", "~/.config", "fish/completions/pcacli.fish", _FISH, ""),
}
_MARK = "# Completion of pcacli, added by `pcacli completion install`.\n"


@click.command("install", epilog="\b\nExample:\n  pcacli completion install")
@click.argument("shell", type=click.Choice(list(SCRIPTS)), required=False)
def command(shell: str | None) -> None:
    """Let your shell complete pcacli from now on, and say what was done.

    Adds two or three lines to ~/.bashrc or ~/.zshrc, or makes a file of fish's. Run again, it changes nothing. The
    shell is the one that SHELL names, if none is given.
    """
    start_up = _START_UPS[shell or _users_shell()]
    path = Path(os.environ.get(start_up.directory_variable) or start_up.directory).expanduser() / start_up.file
    try:
        added = _add(path, _MARK + start_up.text)
    except OSError as error:
        raise PcaError(f"Completion could not be set up: {path}: {error.strerror}.") from error
    say(f"{path} loads the completion of pcacli{'' if added else ' already'}.")
    if added and start_up.reload:
        say(f"It works in new shells; in this one after: {start_up.reload}")


def _users_shell() -> str:
    """Return the name of the user's shell.

    Raises:
        UsageProblem: it is none that pcacli knows.
    """
    name = Path(os.environ.get("SHELL", "")).name
    if name not in _START_UPS:
        raise UsageProblem(f"SHELL does not name a shell that pcacli knows; say which: {', '.join(_START_UPS)}.")
    return name


def _add(path: Path, text: str) -> bool:
    """Add a text at the end of a file, which is made if it is missing; False if the text is in it."""
    present = read_file(path, START_FILE).decode("utf-8", "surrogateescape") if path.exists() else ""
    if text in present:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(("\n" if present else "") + text)
    return True
