"""`pcacli pki batch`: one action a line in, one result a line out, in one process."""

import io
import json
import shlex
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from typing import Any, NamedTuple

import click

from pcacli.cli.global_options import take_global_options
from pcacli.cli.root import WAIT, command_first, is_mirrored
from pcacli.cli.session import Session
from pcacli.errors import AnswerIsNo, PcaError, UsageProblem
from pcacli.limits.readers import BATCH_LINE
from pcacli.limits.reading import read_lines
from pcacli.output.safe_text import in_document

# Global options that choose or shape the connection; a line that has one gets a backend of its own, which is kept.
_OF_THE_BACKEND = frozenset(
    {
        "--local",
        "--endpoint-url",
        "--profile",
        "--region",
        "--no-verify-ssl",
        "--no-sign-request",
        "--ca-bundle",
        "--cli-read-timeout",
        "--cli-connect-timeout",
    }
)

# `--local` is short for one `--endpoint-url`: a line that gives the one does not want the other.
_EXCLUSIVE = frozenset({"--local", "--endpoint-url"})


class _Answer(NamedTuple):
    """What came of one command: what it printed on both streams, and why it failed, if it did."""

    printed: str = ""
    noticed: str = ""
    is_json: bool = False
    problem: PcaError | None = None


@click.command("batch", epilog="\b\nExample:\n  echo list-certificate-authorities | pcacli --local pki batch")
@click.option("--stop-on-error", is_flag=True, help="End at the first command that fails.")
@click.pass_context
def command(context: click.Context, *, stop_on_error: bool) -> None:
    r"""Run one action for each line of standard input and print one line of JSON for each, at once.

    A line is what stands behind pcacli on the command line, quoted as for a shell; pcacli or aws acm-pca in front of it
    does no harm. The actions and wait are understood. Empty lines and lines that begin with # are passed over. Program
    and store are opened once, so that a test suite can drive this as a co-process.

    A result has line (its number in the input), ok, exitCode (as the command alone would have), output (parsed, where
    it is JSON; null if nothing was printed), and perhaps error (code, message and hint) and notices (what went to
    standard error). Exit code 1: a command failed.
    """
    runner = _Runner(context)
    failures = done = 0
    for number, words in _lines(read_lines(sys.stdin.buffer, BATCH_LINE)):
        answer = _Answer(problem=words) if isinstance(words, PcaError) else runner.run(words)
        done += 1
        result = json.dumps(_result(number, answer), ensure_ascii=False, separators=(",", ":"))
        click.echo(in_document(result))
        sys.stdout.flush()
        failures += answer.problem is not None
        if failures and stop_on_error:
            break
    runner.close()
    if failures:
        raise AnswerIsNo(f"{failures} of {done} commands failed.")


def _lines(raw_lines: Iterable[bytes | None]) -> Iterator[tuple[int, list[str] | PcaError]]:
    """Yield the words of each command with its line's number, or what is wrong with the line."""
    for number, raw in enumerate(raw_lines, start=1):
        if raw is None:
            yield (
                number,
                UsageProblem(
                    f"The line cannot be read: It has more than {BATCH_LINE.size}. Nothing behind it is read."
                ),
            )
            continue
        try:
            # A file that was written on Windows may begin with a byte order mark.
            text = raw.decode("utf-8-sig" if number == 1 else "utf-8").strip()
            if text and not text.startswith("#"):
                yield number, shlex.split(text)
        except ValueError as error:
            yield number, UsageProblem(f"The line cannot be read: {error}.")


class _Runner:
    """Runs commands; what they share is opened when the first needs it."""

    def __init__(self, context: click.Context) -> None:
        self._context = context.find_root()
        self._session: Session = context.obj
        self._commands: dict[str, click.Command] = {}
        self._others: dict[tuple[tuple[str, str], ...], Session] = {}

    def run(self, words: list[str]) -> _Answer:
        """Run one command to its end, however that is."""
        from pcacli.cli.main import told

        printed, noticed, session, problem = io.StringIO(), io.StringIO(), self._session, None
        with redirect_stdout(printed), redirect_stderr(noticed):
            try:
                given, rest = take_global_options(_without_program(words))
                session = self._session_for(given.given)
                self._invoke(session, rest)
            except click.exceptions.Exit:
                # Help was asked for, and printed.
                pass
            except Exception as error:  # noqa: BLE001 - a line that fails is an answer, whatever the failure is
                problem = told(error)
        is_json = problem is None and session.settings.output == "json"
        return _Answer(printed.getvalue(), noticed.getvalue(), is_json, problem)

    def close(self) -> None:
        """Close the further backends; the first belongs to the program."""
        for session in self._others.values():
            session.close()

    def _invoke(self, session: Session, rest: list[str]) -> None:
        words = command_first(rest)
        if words is None or not is_mirrored(words[0]):
            named = words[0] if words else "nothing"
            raise UsageProblem(f"batch runs the actions of AWS Private CA and {WAIT}, and not: {named}")
        name, *arguments = words
        if name not in self._commands:
            parent = self._context.command
            found = parent.get_command(self._context, name) if isinstance(parent, click.Group) else None
            if found is None:
                raise UsageProblem(f"There is no {name}.")
            self._commands[name] = found
        command = self._commands[name]
        # A query that cannot be read is complained of before anything else, as on the command line.
        _ = session.query
        with command.make_context(name, arguments, parent=self._context, obj=session) as context:
            command.invoke(context)

    def _session_for(self, given: Mapping[str, str]) -> Session:
        """Return the session for a line with these global options."""
        if not given:
            return self._session
        backend = tuple(sorted((name, value) for name, value in given.items() if name in _OF_THE_BACKEND))
        if not backend:
            return self._session.with_options(given)
        if backend not in self._others:
            from pcacli.cli.global_options import GlobalOptions

            inherited = {name: value for name, value in self._session.options.given.items() if name not in _EXCLUSIVE}
            self._others[backend] = Session(GlobalOptions({**inherited, **dict(backend)}))
        return self._others[backend].with_options(given)


def _without_program(words: list[str]) -> list[str]:
    """Leave out `pcacli`, or `aws` and the first `acm-pca` behind it."""
    if words[:1] == ["pcacli"]:
        return words[1:]
    if words[:1] == ["aws"] and "acm-pca" in words:
        service = words.index("acm-pca")
        return words[1:service] + words[service + 1 :]
    return words


def _result(number: int, answer: _Answer) -> dict[str, Any]:
    problem = answer.problem
    result: dict[str, Any] = {
        "line": number,
        "ok": problem is None,
        "exitCode": 0 if problem is None else problem.exit_code,
        "output": _output(answer),
    }
    if problem is not None:
        members = {"code": problem.code, "message": problem.message, "hint": problem.hint}
        result["error"] = {name: member for name, member in members.items() if member is not None}
    if answer.noticed:
        result["notices"] = answer.noticed.splitlines()
    return result


def _output(answer: _Answer) -> Any:
    """Return what was printed: parsed where it is JSON, else as text, None for nothing."""
    if not answer.printed:
        return None
    if answer.is_json:
        try:
            return json.loads(answer.printed)
        except ValueError:
            # Help, or a template in YAML.
            pass
    return answer.printed
