"""How `local` and `pki` commands show what they found: as lines for people, or as data in the format of `--output`."""

from collections.abc import Iterable

import click

from pcacli.cli.session import Session
from pcacli.output.safe_text import one_line


def say(text: object, *, is_message: bool = False) -> None:
    """Print one line on standard output, or on standard error if it is a message."""
    click.echo(one_line(str(text)), err=is_message)


def show(session: Session, value: object, lines: Iterable[str]) -> None:
    """Print a value: through --query and --output if one of them is given, else as its lines."""
    show_styled(session, value, map(one_line, lines))


def show_styled(session: Session, value: object, lines: Iterable[str]) -> None:
    """Do the same with lines that are printed as they are, colours included; foreign text in them is escaped."""
    if session.options.text("--output") is None and session.query is None:
        for line in lines:
            click.echo(line, color=True)
        return
    from pcacli.output.render import render_value

    text = render_value(value, format_name=session.settings.output, query=session.query, facts=session.terminal)
    click.echo(text, nl=False)
