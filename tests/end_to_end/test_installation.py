"""The program can be called by its name."""

import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

from pcacli import __version__
from tests.support.command_line import Pcacli, run_program
from tests.support.programs import do_without


@pytest.fixture
def console_script() -> Path:
    """The program that `pip install` put beside this Python."""
    try:
        distribution("pcacli")
    except PackageNotFoundError:
        do_without("pcacli itself")
    return Path(sys.executable).with_name("pcacli")


def test_installing_makes_a_console_script(console_script: Path, pcacli: Pcacli) -> None:
    environment = {name: value for name, value in pcacli.environment.items() if name != "PYTHONPATH"}
    finished = run_program(str(console_script), "--version", cwd=pcacli.work, **environment)
    assert finished.exit_code == 0, finished.err
    assert finished.out.startswith(f"pcacli/{__version__} ")


def test_the_module_runs_too(pcacli: Pcacli) -> None:
    assert pcacli.ok("--version").startswith(f"pcacli/{__version__} ")
