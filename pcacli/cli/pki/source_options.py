"""The options of commands that look at a certificate from anywhere, and the reading that they ask for."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from pcacli.cli.session import Session

if TYPE_CHECKING:
    from pcacli.service.workflows.certificate_source import Reading

_Command = TypeVar("_Command", bound=Callable[..., Any])


class SourceOptions(NamedTuple):
    """What was given of them."""

    timeout: str
    servername: str | None
    pkcs12_password_file: Path | None = None


def source_options(command: _Command) -> _Command:
    """Give a command `--timeout` and `--servername`, as arguments of these names."""
    servername = click.option(
        "--servername", metavar="NAME", help="With HOST:PORT: the name to ask the server for (SNI); default: HOST."
    )
    timeout = click.option(
        "--timeout",
        metavar="DURATION",
        default="10s",
        show_default=True,
        help="How long servers, CRLs and OCSP responders may take to answer.",
    )
    return timeout(servername(command))


def pkcs12_password_option(command: _Command) -> _Command:
    """Give a command the option for the password of a PKCS #12 file that it reads."""
    return click.option(
        "--pkcs12-password-file",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="With a PKCS #12 file: its password, the first line of this file; default: PCACLI_PKCS12_PASSWORD.",
    )(command)


def reading(session: Session, given: SourceOptions) -> "Reading":
    """Return how to read sources in this run."""
    from pcacli.cli.pki.pkcs12_options import given_password
    from pcacli.cli.standard_input import standard_input
    from pcacli.limits.readers import DOCUMENT
    from pcacli.service.workflows.certificate_source import Reading

    password = given_password(given.pkcs12_password_file)
    return Reading(
        service=lambda: session.service,
        standard_input=lambda: standard_input(DOCUMENT),
        timeout_seconds=timeout_seconds(given.timeout),
        server_name=None if given.servername is None else host_name("--servername", given.servername),
        password=None if password is None else password.encode(),
    )


def host_name(option: str, text: str) -> str:
    """Return the name in an option as TLS and certificates have it, with letters of other scripts in A-labels.

    Raises:
        UsageProblem: it is none.
    """
    from pcacli.errors import UsageProblem
    from pcacli.pki.host_names import ascii_host_name

    try:
        return ascii_host_name(text)
    except ValueError as problem:
        raise UsageProblem(f"{option} {text!r} is not a host name: {problem}.") from problem


def timeout_seconds(text: str) -> float:
    """Read a duration of more than nothing.

    Raises:
        UsageProblem: it is none.
    """
    from pcacli.errors import UsageProblem
    from pcacli.params.durations import parse_duration

    seconds = parse_duration(text).total_seconds()
    if not seconds:
        raise UsageProblem("--timeout must be longer than nothing.")
    return seconds
