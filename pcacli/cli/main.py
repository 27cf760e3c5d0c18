"""The terminal edge: every failure becomes text and an exit code here, and nowhere else."""

import os
import sys
from collections.abc import Sequence

import click

from pcacli.cli.global_options import take_global_options
from pcacli.cli.root import root
from pcacli.cli.session import Session
from pcacli.errors import Interrupted, PcaError, UsageProblem


def run(words: Sequence[str]) -> int:
    """Run one command line; return its exit code. Nothing is raised."""
    try:
        root.main(args=list(words), prog_name="pcacli", standalone_mode=False)
        sys.stdout.flush()
    except PcaError as error:
        return _report(error, words)
    except click.UsageError as error:
        return _report(UsageProblem(error.format_message()), words)
    except (KeyboardInterrupt, click.Abort):
        return Interrupted.exit_code
    except BrokenPipeError:
        return _reader_has_gone()
    except Exception as error:  # noqa: BLE001 - a bug is one sentence too; --debug shows where it is
        return _report(_bug(error), words)
    return 0


def _report(error: PcaError, words: Sequence[str]) -> int:
    """Say on standard error what went wrong, in the style that this command line wants."""
    from pcacli.output.error_format import DEFAULT_STYLE, format_error
    from pcacli.output.terminal import Terminal

    style, strict, debug, facts = DEFAULT_STYLE, False, "--debug" in words, Terminal()
    try:
        session = Session(take_global_options(words)[0])
        style, strict = session.settings.cli_error_format, session.strict
    except PcaError:
        # The options or settings are themselves what is wrong.
        pass
    if debug:
        import traceback

        traceback.print_exception(error)
    sys.stdout.flush()
    sys.stderr.write(format_error(error, style, facts))
    if error.hint and not strict:
        sys.stderr.write(f"pcacli: {error.hint}\n")
    return error.exit_code


def _bug(error: Exception) -> PcaError:
    problem = PcaError(f"{type(error).__name__}: {error} (a bug in pcacli; --debug shows where)")
    problem.__cause__ = error
    return problem


def _reader_has_gone() -> int:
    """The reader of our output has had enough (`| head -1`): what was asked for has been done."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
