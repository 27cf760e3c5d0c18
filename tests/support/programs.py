"""What a test does without a program or a download that it needs: it is skipped, except where everything must run."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest

REQUIRE_PROGRAMS = "PCACLI_REQUIRE_PROGRAMS"

# Debian keeps the programs of each version of PostgreSQL's server off the PATH.
_POSTGRESQL_PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def find_program(name: str) -> str | None:
    """Return where a program is, None if it is not installed."""
    return shutil.which(name, path=os.pathsep.join([*os.get_exec_path(), *map(str, _POSTGRESQL_PROGRAMS)]))


def do_without(what: str) -> NoReturn:
    """Skip the test, or let it fail if PCACLI_REQUIRE_PROGRAMS=1 (as in `.ci/run`)."""
    _give_up(f"{what} is not installed")


def do_without_download(what: str, complaint: str) -> NoReturn:
    """Do without something of which a registry or the way to it said, when it was asked for the last time, this."""
    _give_up(f"{what} could not be downloaded", f"\n{complaint}")


def _give_up(reason: str, details: str = "") -> NoReturn:
    if os.environ.get(REQUIRE_PROGRAMS) == "1":
        pytest.fail(f"{reason}, but {REQUIRE_PROGRAMS}=1{details}", pytrace=False)
    pytest.skip(f"{reason}{details}")


def aws_cli_v2() -> str:
    """Find the AWS CLI v2, or do without: a virtual environment may put version 1 in front of it."""
    for folder in os.get_exec_path():
        program = shutil.which("aws", path=folder)
        if program and "aws-cli/2." in _version_of(program):
            return program
    do_without("aws (the AWS CLI v2)")


def _version_of(program: str) -> str:
    return subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
