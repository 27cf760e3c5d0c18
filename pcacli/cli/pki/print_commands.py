"""The option `--print-commands`: show a workflow as a shell script for the AWS CLI instead of doing it.

A command takes the option and, when it is set, prints a script and does nothing else:

    script = new_script(session, "Revoke a certificate")
    script.run(*aws("RevokeCertificate", request))
    print_script(script)

What the script depends on is read for real (which CA, which state); nothing is changed.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from pcacli.cli.session import Session

if TYPE_CHECKING:
    from pcacli.service.workflows.shell_script import ShellScript

_Command = TypeVar("_Command", bound=Callable[..., Any])

# What was given as an option has to be said again in the script; environment and profile reach `aws` by themselves.
_SETTINGS = {
    "AWS_PROFILE": "--profile",
    "AWS_REGION": "--region",
    "AWS_DEFAULT_REGION": "--region",  # version 1 of the AWS CLI knows no AWS_REGION
    "AWS_ENDPOINT_URL_ACM_PCA": "--endpoint-url",
}


def print_commands_option(command: _Command) -> _Command:
    """Give a command the flag `--print-commands`, as the argument `print_commands`."""
    text = "Print a shell script of the aws acm-pca commands that do the same, and do nothing."
    return click.option("--print-commands", is_flag=True, help=text)(command)


def new_script(session: Session, purpose: str) -> "ShellScript":
    """Begin a script that calls the account, the region and the endpoint that the command line named."""
    from pcacli.service.endpoints import Aws, backend_of
    from pcacli.service.workflows.shell_script import ShellScript

    given = {variable: session.options.text(option) for variable, option in _SETTINGS.items()}
    # The AWS CLI knows no `local:`; such a script is for AWS.
    return ShellScript(
        purpose,
        {name: value for name, value in given.items() if value and isinstance(backend_of(value), Aws)},
    )


def print_script(script: "ShellScript") -> None:
    """Print a script to standard output, as it is: control characters in it are quoted already."""
    click.echo(script.text(), nl=False)
