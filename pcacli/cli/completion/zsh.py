"""The completion script for zsh, as a file for `fpath` or to be sourced."""

import shlex
from collections.abc import Iterable

from pcacli.cli.command_tree import Command
from pcacli.cli.completion.case_branches import branches, filled_template, grouped_branches
from pcacli.cli.completion.tables import EVERYWHERE, Named, tables


def script(tree: Command) -> str:
    """Return the script."""
    found = tables(tree)
    own = {path: named for path, named in found.options.items() if path != EVERYWHERE}
    return filled_template(
        "template.zsh",
        commands=grouped_branches({path: _reply(_described(named)) for path, named in found.commands.items()}),
        options=grouped_branches({path: _reply(_described(named)) for path, named in own.items()}),
        everywhere=_lines(_described(found.options[EVERYWHERE])),
        values=grouped_branches({pair: f"reply=({shlex.join(values)})" for pair, values in found.values.items()}),
        takes=branches("REPLY", found.takes),
    )


def _described(named: Iterable[Named]) -> list[str]:
    return [f"{name}:{summary}" for name, summary in named]


def _reply(words: Iterable[str]) -> str:
    return f"reply=(\n{_lines(words)}\n    )"


def _lines(words: Iterable[str]) -> str:
    return "\n".join(f"        {shlex.quote(word)}" for word in words)
