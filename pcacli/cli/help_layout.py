"""How the help of `pki`, `local` and `completion` is laid out: as that of the actions, options above their text.

Click puts both side by side, where a long name or a list of choices leaves little room for words.
"""

import re
import textwrap
from collections.abc import Iterable

import click

# What Click writes in place of a value where only some are allowed: [first|second].
_CHOICES = re.compile(r"\[([^\]|]+(?:\|[^\]|]+)+)\]")
_TEXT_INDENT_COLUMNS = 4


class OptionsAboveText(click.HelpFormatter):
    """Writes a list of options with each option on a line of its own; other lists as Click does."""

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write names and their descriptions."""
        rows = list(rows)
        if not any(name.startswith("-") for name, _ in rows):
            super().write_dl(rows, col_max, col_spacing)
            return
        margin = " " * self.current_indent
        indent = margin + " " * _TEXT_INDENT_COLUMNS
        for name, text in rows:
            heading, choices = _without_choices(name)
            sentence, _, facts = text.partition("  [")
            words = " ".join(filter(None, (sentence, choices, facts and f"[{facts}")))
            lines = textwrap.wrap(words, self.width - len(indent), break_long_words=False, break_on_hyphens=False)
            self.write("".join(f"{line}\n" for line in (margin + heading, *(indent + line for line in lines))))


class HelpContext(click.Context):
    """The context of a command with that layout."""

    formatter_class = OptionsAboveText


def lay_out(command: click.Command) -> None:
    """Give a command, and those inside it, that layout."""
    command.context_class = HelpContext
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            lay_out(inner)


def _without_choices(name: str) -> tuple[str, str]:
    """Take a list of choices out of an option's line: return the line, and a sentence that has the choices."""
    found = _CHOICES.search(name)
    if found is None:
        return name, ""
    option = name[: found.start()].rpartition(",")[2].strip()
    metavar = option.rpartition("-")[2].upper()
    return _CHOICES.sub(metavar, name), f"One of {', '.join(found[1].split('|'))}."
