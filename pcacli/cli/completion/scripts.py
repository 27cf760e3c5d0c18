"""The shells for which there are completion scripts."""

from collections.abc import Callable

from pcacli.cli.command_tree import Command
from pcacli.cli.completion import bash, fish, zsh

SCRIPTS: dict[str, Callable[[Command], str]] = {"bash": bash.script, "zsh": zsh.script, "fish": fish.script}
FILE_NAMES = {"bash": "pcacli.bash", "zsh": "_pcacli", "fish": "pcacli.fish"}
