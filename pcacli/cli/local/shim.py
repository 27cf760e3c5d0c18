"""`pcacli local shim`: an `aws` for scripts that nobody wants to edit."""

import os
import shlex
import sys
from pathlib import Path

import click

from pcacli.cli.session import Session
from pcacli.cli.showing import say
from pcacli.engine.files import publish_once, temporary_beside
from pcacli.errors import ConfigurationProblem, UsageProblem

_NAME = "aws"
_MARK = "# Written by `pcacli local shim`."
# -P: what lies in the folder where a script runs is not to be imported.
_SHIM = """#!/bin/sh
{mark} It sends `aws acm-pca` to pcacli, and all else to the next aws on the PATH.
exec {python} -P -m pcacli.aws_shim "$0" "$@"
"""
_PROGRAM_MODE = 0o755


@click.command("shim", epilog="\b\nExample:\n  pcacli local shim ./bin")
@click.argument("directory", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace an aws that is there and is something else.")
@click.pass_obj
def command(session: Session, directory: Path, *, force: bool) -> None:
    """Write a program aws into a folder; first on the PATH, it lets scripts for `aws acm-pca` run as they are.

    `aws … acm-pca …` becomes `pcacli …`, which takes the same options, settings and profiles: set
    AWS_ENDPOINT_URL_ACM_PCA=local: to use the embedded authority. Everything else goes to the real aws, the next one on
    the PATH; without one the exit code is 127, as for any command that is not there.

    Makes the folder if need be and prints the path of the program. Deleting the file undoes it.
    """
    place = directory.absolute() / _NAME
    try:
        may_replace = force or (os.path.lexists(place) and _is_shim(place))
        if not write_shim(place, _SHIM.format(mark=_MARK, python=shlex.quote(sys.executable)), may_replace=may_replace):
            raise UsageProblem(f"{place} is there and was not written by pcacli; --force replaces it.")
    except OSError as error:
        raise ConfigurationProblem(f"{error.filename or place} cannot be written: {error.strerror}.") from error
    say(place)
    if _first_on_path() != place:
        session.notice(f'Put it in front: export PATH={shlex.quote(str(place.parent))}:"$PATH"')


def _is_shim(place: Path) -> bool:
    if not place.is_file():
        return False
    with place.open("rb") as file:
        return _MARK.encode() in file.read(len(_SHIM))


def write_shim(place: Path, text: str, *, may_replace: bool) -> bool:
    """Write a program; False if something is there that may not be replaced, even if it has only just appeared.

    A link is replaced, not followed, and who runs the old program goes on with it.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    with temporary_beside(place) as unfinished:
        unfinished.write_text(text, encoding="utf-8")
        unfinished.chmod(_PROGRAM_MODE)
        if may_replace:
            unfinished.replace(place)
        return may_replace or publish_once(unfinished, place)


def _first_on_path() -> Path | None:
    from shutil import which

    found = which(_NAME)
    return Path(found).absolute() if found else None
