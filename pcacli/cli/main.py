"""The terminal edge: every failure becomes text and an exit code here, and nowhere else."""

import os
import sys
from collections.abc import Sequence

import click
from click.exceptions import NoArgsIsHelpError

from pcacli.cli.global_options import take_global_options
from pcacli.cli.root import root
from pcacli.cli.session import Session
from pcacli.cli.standard_streams import failure_of_output
from pcacli.errors import AnswerIsNo, Interrupted, PcaError, UsageProblem
from pcacli.output.safe_text import in_document, on_lines, one_line

_DOCUMENT_STYLES = frozenset({"json", "yaml"})


def run(words: Sequence[str]) -> int:
    """Run one command line; return its exit code. Nothing is raised."""
    exit_code = _answer(words)
    sys.stdout.flush()
    lost = failure_of_output()
    if lost is None or isinstance(lost, BrokenPipeError):
        # The reader of our output has had enough (`| head -1`): the answer is the same.
        return exit_code
    if exit_code not in (0, AnswerIsNo.exit_code):
        return exit_code
    return _report(PcaError(f"Standard output cannot be written to: {lost.strerror}."), words)


def _answer(words: Sequence[str]) -> int:
    try:
        root.main(args=list(words), prog_name="pcacli", standalone_mode=False)
    except SystemExit:
        # Click leaves by itself when a reader goes while it is still writing.
        return 0
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - a bug is one sentence too
        return _exit_code(error, words)
    return 0


def _exit_code(error: Exception | KeyboardInterrupt, words: Sequence[str]) -> int:
    """Say what went wrong and return the exit code for it."""
    match error:
        case KeyboardInterrupt() | click.Abort():
            return Interrupted.exit_code
        case NoArgsIsHelpError():
            # A group without a subcommand: its help says which there are.
            sys.stderr.write(f"{on_lines(error.format_message())}\n")
            return UsageProblem.exit_code
        case _:
            return _report(told(error), words)


def told(error: Exception) -> PcaError:
    """Turn any exception into one that can be told."""
    if isinstance(error, PcaError):
        return error
    if isinstance(error, click.UsageError):
        problem: PcaError = UsageProblem(_message(error))
    elif isinstance(error, OSError) and error.strerror:
        # A file names itself; what has no name is a connection, or a process that was to be started.
        problem = PcaError(f"{error.filename or 'A connection or a process'} cannot be used: {error.strerror}.")
    else:
        problem = PcaError(f"{type(error).__name__}: {error} (a bug in pcacli; --debug shows where)")
    problem.__cause__ = error
    return problem


def _message(error: click.UsageError) -> str:
    """Return Click's sentence, but choices as they are written, where Click makes a column of small letters."""
    choices = error.param and error.param.type if isinstance(error, click.MissingParameter) else None
    if not isinstance(choices, click.Choice):
        return error.format_message()
    return f"{error.format_message().partition('. Choose from:')[0]}. It is one of {', '.join(choices.choices)}."


def _report(error: PcaError, words: Sequence[str]) -> int:
    """Say on standard error what went wrong, in the style that this command line wants."""
    from pcacli.output.error_format import DEFAULT_STYLE, STRUCTURED_STYLES, format_error
    from pcacli.output.terminal import Terminal
    from pcacli.service.settings import is_strict

    style, strict, facts = DEFAULT_STYLE, is_strict(words, os.environ), Terminal()
    try:
        session = Session(take_global_options(words)[0])
        strict = session.strict
        style, facts = session.settings.cli_error_format, session.terminal
    except PcaError:
        # The options or settings are themselves what is wrong.
        pass
    if "--debug" in words:
        import traceback

        from pcacli.cli.debug_log import without_secrets

        sys.stderr.write(on_lines(without_secrets("".join(traceback.format_exception(error)))))
    sys.stdout.flush()
    hint = None if strict or style in STRUCTURED_STYLES else error.hint
    text = format_error(error, style, facts)
    text = in_document(text) if style in _DOCUMENT_STYLES else on_lines(text)
    sys.stderr.write(_with_hint(text, None if hint is None else one_line(hint)))
    return error.exit_code


def _with_hint(text: str, hint: str | None) -> str:
    """Add our own line to AWS's text: below it for people, above it, behind the usage, for programs.

    Scripts look at the last line, which stays AWS's, and whoever compares messages cuts off the usage in front of
    them, which the AWS CLI prints in that place too.
    """
    if hint is None:
        return text
    if sys.stderr.isatty():
        return f"{text}pcacli: {hint}\n"
    return f"usage: pcacli [options] <command> [parameters]\npcacli: {hint}\n{text}"
