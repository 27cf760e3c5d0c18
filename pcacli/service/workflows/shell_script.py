"""Write a workflow down as a shell script of `aws acm-pca` commands, for `--print-commands`.

A script stops at the first failure (`set -eu`) and works in a temporary directory of its own, `$work`. A word is a
text, which is quoted where it has to be, or `Shell`, which stands as it is.
"""

import json
import shlex
from collections.abc import Mapping
from typing import Any, NamedTuple

from pcacli.api.catalogue import OPERATIONS, WAITERS, command_name
from pcacli.output.safe_text import one_line

_HEAD = """#!/bin/sh
# {purpose}
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 077"""


class Shell(NamedTuple):
    """Text of the shell's own language, which must not be quoted any more, such as `"$work"/csr.pem`."""

    text: str


Word = str | Shell

# Columns of a command on one line, and what comes before an option on a line of its own.
_WIDTH, _CONTINUED = 100, " \\\n    "


def variable(name: str) -> Shell:
    """Return the value of a variable of the script as one word."""
    return Shell(f'"${name}"')


def work_file(name: str) -> Shell:
    """Return the path of a file in the script's temporary directory."""
    return Shell(f'"$work"/{shlex.quote(name)}')


def operand(path: object) -> str:
    """Return a path that no command takes for an option (POSIX, Utility Syntax Guidelines, guideline 10)."""
    text = str(path)
    return f"./{text}" if text.startswith("-") else text


def blob(path: Word) -> Shell:
    """Return the word that hands the content of a file to an option."""
    return Shell(f"fileb://{_quoted(path)}")


def aws(operation: str, request: Mapping[str, Any], *, query: str | None = None) -> tuple[Word, ...]:
    """Return the words of one action.

    The request's values are texts, numbers, `Shell`, or structures and lists, which are written as JSON. `query` is the
    one value wanted, as bare text.
    """
    words: list[Word] = ["aws", "acm-pca", command_name(operation)]
    # In the order of the API, so that the same request gives the same script.
    for member in OPERATIONS[operation].input.members:
        if member.name in request:
            words += [f"--{command_name(member.name)}", _value(request[member.name])]
    if query is not None:
        words += ["--query", query, "--output", "text"]
    return tuple(words)


def aws_wait(waiter: str, request: Mapping[str, Any]) -> tuple[Word, ...]:
    """Return the words that wait for something to be there."""
    options = aws(WAITERS[waiter].operation, request)[3:]
    return ("aws", "acm-pca", "wait", command_name(waiter), *options)


class ShellScript:
    """A script that grows line by line."""

    def __init__(self, purpose: str, settings: Mapping[str, str]) -> None:
        """Begin a script; `settings` are variables of the environment that it has to set, such as AWS_REGION."""
        self._lines = [_HEAD.format(purpose=one_line(purpose))]
        self._lines += [f"export {name}={_quoted(value)}" for name, value in settings.items()]

    def comment(self, sentence: str) -> None:
        """Say what the next lines are for; a name or a path in the sentence ends no line, and begins no command."""
        self._lines += ["", f"# {one_line(sentence)}"]

    def run(self, *words: Word, output: Word | None = None) -> None:
        """Run a command; `output` is the file that takes what it prints."""
        redirection = "" if output is None else f" >{_quoted(output)}"
        self._lines.append(_command(words) + redirection)

    def assign(self, name: str, *words: Word) -> Shell:
        """Keep what a command prints in a variable; return the variable's value."""
        self._lines.append(f"{name}=$({_command(words)})")
        return variable(name)

    def set(self, name: str, value: str) -> Shell:
        """Keep a text in a variable; return the variable's value."""
        self._lines.append(f"{name}={_quoted(value)}")
        return variable(name)

    def text(self) -> str:
        """Return the whole script."""
        return "\n".join(self._lines) + "\n"


def _value(value: Any) -> Word:
    if isinstance(value, Shell):
        return value
    return value if isinstance(value, str) else json.dumps(value)


def _command(words: tuple[Word, ...]) -> str:
    """Return a command on one line, or with a line for each option where that would be too long."""
    quoted = [_quoted(word) for word in words]
    line = " ".join(quoted)
    if len(line) <= _WIDTH:
        return line
    return "".join(_CONTINUED + word if word.startswith("--") else f" {word}" for word in quoted).lstrip()


def _quoted(word: Word) -> str:
    """Quote a word for sh, in characters that a terminal may show.

    Others are written as numbers, which `printf` reads. The shell takes line ends off the end of what a command prints,
    so that those stay as they are.
    """
    if isinstance(word, Shell):
        return word.text
    if one_line(word) == word:
        return shlex.quote(word)
    kept = word.rstrip("\n")
    ends = word[len(kept) :]
    printed = f'"$(printf {shlex.quote(_for_printf(kept))})"'
    return printed + shlex.quote(ends) if ends else printed


def _for_printf(text: str) -> str:
    r"""Write a text as the format of `printf`, which some shells would take for an option if it began with a dash.

    Source: POSIX, printf, "Extended description": `\ddd` in octal.
    """
    pieces = [
        character if one_line(character) == character and character not in "%\\" else _octal(character)
        for character in text
    ]
    return "".join([_octal("-") if text.startswith("-") else "", *pieces[text.startswith("-") :]])


def _octal(character: str) -> str:
    """Write each byte; names of files may hold bytes that are no text, which Python keeps as surrogates."""
    return "".join(f"\\{byte:03o}" for byte in character.encode("utf-8", "surrogateescape"))
