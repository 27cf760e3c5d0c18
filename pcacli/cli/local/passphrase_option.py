"""Where the passphrase of a backup comes from: a file, or the person at the terminal."""

import sys
from pathlib import Path

import click

from pcacli.cli.session import Session
from pcacli.errors import UsageProblem

passphrase_file_option = click.option(
    "--passphrase-file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Its first line is the passphrase.  [default: the file that PCACLI_PASSPHRASE_FILE names, else asked for]",
)


def backup_passphrase(session: Session, passphrase_file: Path | None, *, confirm: bool) -> bytes:
    """Return the passphrase; `confirm` lets a person type it twice.

    Raises:
        ConfigurationProblem: the file cannot be used.
        UsageProblem: no file is named and nobody can be asked.
    """
    from pcacli.engine.keys.passphrase import VARIABLE, read_passphrase

    file = passphrase_file or session.settings.passphrase_file
    if file is not None:
        return read_passphrase(file)
    if not sys.stdin.isatty():
        raise UsageProblem(f"A backup needs a passphrase: give --passphrase-file or set {VARIABLE}.")
    text: str = click.prompt("Passphrase of the backup", hide_input=True, confirmation_prompt=confirm, err=True)
    return text.encode()
