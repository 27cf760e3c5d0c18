"""moto's own tests of ACM PCA, from its source archive, in its server mode against `pcacli local serve`.

This module is two things: what a test of ours calls (`source_of_suite`, `run_suite`), and the plug-in of the pytest
that runs moto's tests, which gives each of them a fresh store.
"""

import importlib.metadata
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.support.command_line import PROGRAM, Pcacli
from tests.support.downloads import download
from tests.support.serving import Server

ACCOUNT = "123456789012"
"""The account that moto's tests expect to be theirs."""

FRESH = "fresh"
"""The snapshot of the store with which each test begins."""

_SUITE = "tests/test_acmpca/test_acmpca.py"
_RUN_SECONDS = 600
_RUN_THOUGH_SKIPPED = "PCACLI_TESTS_RUN_THOUGH_SKIPPED"


def source_of_suite(folder: Path) -> Path:
    """Fetch the source archive of the installed moto through pip and unpack its tests of ACM PCA; return the file."""
    version = importlib.metadata.version("moto")
    words = (sys.executable, "-m", "pip", "download", "--quiet", "--dest", str(folder))
    what = ("--no-deps", "--no-binary", "moto", f"moto=={version}")
    download(f"The source archive of moto {version}", *words, *what, cwd=folder)
    (archive,) = folder.glob("moto-*.tar.gz")
    target = folder / "suite" / Path(_SUITE).name
    target.parent.mkdir()
    with tarfile.open(archive) as source:
        suite = source.extractfile(f"moto-{version}/{_SUITE}")
        assert suite is not None
        target.write_bytes(suite.read())
    return target


def run_suite(suite: Path, pcacli: Pcacli, server: Server, *, though_skipped: list[str]) -> dict[str, str]:
    """Run moto's tests and return what each of them failed with, "" for those that passed.

    `though_skipped` are tests that moto skips in its server mode; the others must not be skipped.
    """
    report = suite.with_name("report.xml")
    options = ("-p", __name__, "-p", "no:cacheprovider", "-c", os.devnull, f"--junit-xml={report}", "-vv")
    subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(suite)],
        cwd=suite.parent,
        env={
            **pcacli.environment,
            **server.environment,
            "PYTHONPATH": os.pathsep.join((pcacli.environment["PYTHONPATH"], str(Path(__file__).parents[2]))),
            "TEST_SERVER_MODE": "true",
            "TEST_SERVER_MODE_ENDPOINT": server.url,
            "MOTO_CALL_RESET_API": "false",
            _RUN_THOUGH_SKIPPED: ",".join(though_skipped),
        },
        capture_output=True,
        timeout=_RUN_SECONDS,
        check=False,
    )
    cases = ET.parse(report).iter("testcase")
    return {case.attrib["name"]: "".join(_failure(case)) for case in cases}


def _failure(case: ET.Element) -> Iterator[str]:
    for outcome in case:
        if outcome.tag in ("failure", "error", "skipped"):
            yield f"{outcome.tag}: {outcome.attrib['message']}"


@pytest.fixture(autouse=True)
def fresh_store() -> None:
    """Put the server's store back into the state before the first test."""
    subprocess.run([*PROGRAM, "local", "snapshot", "load", FRESH], check=True)


@pytest.fixture(autouse=True)
def server_mode(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep moto from exchanging our access key for one of its own, and from skipping what needs no skipping."""
    from moto import settings
    from moto.core.config import default_user_config

    monkeypatch.setitem(default_user_config["core"], name="mock_credentials", value=False)
    monkeypatch.setattr(
        settings, "TEST_SERVER_MODE", request.node.name not in os.environ[_RUN_THOUGH_SKIPPED].split(",")
    )
