"""Asking before something that costs or cannot be taken back: a plan, a question, and `--yes` for scripts."""

import sys
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click

from pcacli.cli.showing import say
from pcacli.errors import AnswerIsNo, UsageProblem
from pcacli.output.safe_text import one_line

_Command = TypeVar("_Command", bound=Callable[..., Any])


def yes_option(command: _Command) -> _Command:
    """Give a command the flag `--yes`, as the argument `yes`."""
    return click.option("--yes", is_flag=True, help="Do it without asking, as a script has to.")(command)


def confirm(plan: Iterable[str], question: str, *, yes: bool) -> None:
    """Show a plan, line by line, on standard error and go on only if the user agrees; with `yes` go on at once.

    Raises:
        UsageProblem: there is nobody at a terminal to ask.
        AnswerIsNo: the user does not want it.
    """
    if yes:
        return
    for line in plan:
        say(line, is_message=True)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageProblem("This needs a yes: in a script, give --yes.")
    if not click.confirm(one_line(question), err=True):
        raise AnswerIsNo("Nothing was done.")
