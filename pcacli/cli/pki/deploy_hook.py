"""The command that tells a server of its new certificate."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from pcacli.errors import PcaError
from pcacli.service.workflows import certificate_files

# Not PCACLI_…: a hook may call pcacli, and those are its settings.
_PATHS = {
    "RENEWED_KEY": certificate_files.KEY,
    "RENEWED_CERTIFICATE": certificate_files.CERTIFICATE,
    "RENEWED_CHAIN": certificate_files.CHAIN,
    "RENEWED_FULLCHAIN": certificate_files.FULL_CHAIN,
    "RENEWED_ROOT": certificate_files.ROOT,
}

_Arn = TypeVar("_Arn")


def hook_environment(folder: Path, certificate_arn: _Arn) -> Mapping[str, str | _Arn]:
    """Return what a hook is told beside its environment; paths are absolute."""
    place = folder.absolute()
    paths = {name: str(place / file) for name, file in _PATHS.items()}
    return {"RENEWED_DIRECTORY": str(place), "RENEWED_CERTIFICATE_ARN": certificate_arn, **paths}


def run_hook(command: str, folder: Path, certificate_arn: str) -> None:
    """Run a shell command; what it prints goes to standard error, because standard output is for the result.

    Raises:
        PcaError: it failed.
    """
    sys.stdout.flush()
    done = subprocess.run(  # noqa: S602 - the command is the user's own, and a shell command by contract
        command,
        shell=True,
        check=False,
        env={**os.environ, **hook_environment(folder, certificate_arn)},
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr.fileno(),
    )
    if done.returncode != 0:
        raise PcaError(
            f"The deploy hook failed with exit code {done.returncode}. The new files are in {folder}: {certificate_arn}"
        )
