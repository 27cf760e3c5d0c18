"""The options for a PKCS #12 file, and its password: from a file, the environment or a prompt, never from argv."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from pcacli.errors import UsageProblem

PASSWORD_VARIABLE = "PCACLI_PKCS12_PASSWORD"  # noqa: S105 - the name of a variable

_Command = TypeVar("_Command", bound=Callable[..., Any])


def pkcs12_options(command: _Command) -> _Command:
    """Give a command `--pkcs12` and `--pkcs12-password-file`, as arguments of these names."""
    pkcs12 = click.option(
        "--pkcs12", is_flag=True, help="Also write key, certificate and chain as cert.p12 (PKCS #12)."
    )
    return pkcs12(pkcs12_password_option(command))


def pkcs12_password_option(command: _Command) -> _Command:
    """Give a command `--pkcs12-password-file` alone."""
    text = f"The password of cert.p12, the first line of this file; default: {PASSWORD_VARIABLE}, else you are asked."
    path = click.Path(path_type=Path)
    return click.option("--pkcs12-password-file", metavar="FILE", type=path, help=text)(command)


def pkcs12_password(password_file: Path | None, *, is_needed: bool = True) -> Callable[[], bytes]:
    """Read the password if it is given; return a function that returns it, for which it may ask.

    Raises:
        UsageProblem: the file cannot be read; or, if it `is_needed`, there is no password and nobody to ask for it,
            which the function raises, too.
    """
    given = given_password(password_file)

    def password() -> bytes:
        text = given
        if text is None and _is_somebody_there():
            text = click.prompt("Password for cert.p12", hide_input=True, confirmation_prompt=True, err=True)
        if not text:
            raise UsageProblem(
                f"cert.p12 needs a password: name a file with --pkcs12-password-file or set {PASSWORD_VARIABLE}."
            )
        return text.encode()

    if is_needed and (given is not None or not _is_somebody_there()):
        password()
    return password


def _is_somebody_there() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def given_password(password_file: Path | None) -> str | None:
    """Return the password from its file, else from the environment, None if it is in neither.

    Raises:
        UsageProblem: the file cannot be read.
    """
    return os.environ.get(PASSWORD_VARIABLE) if password_file is None else _first_line(password_file)


def password_source(password_file: Path | None) -> str:
    """Return where OpenSSL finds the password: its notation (openssl-passphrase-options(1))."""
    return f"env:{PASSWORD_VARIABLE}" if password_file is None else f"file:{password_file}"


def _first_line(path: Path) -> str:
    from pcacli.limits.readers import PASSWORD_FILE
    from pcacli.params.text_file import read_text

    return read_text(path, f"--pkcs12-password-file {path}", PASSWORD_FILE).partition("\n")[0].removesuffix("\r")
