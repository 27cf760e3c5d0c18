"""Output formats of other people's making: the README's plug-in, built and installed as pip does it."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from tests.support.command_line import Pcacli

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"<!-- (plug-in[a-z-]*) -->\n```[a-z]+\n(.*?)```", README, re.DOTALL))
LISTING = ("list-certificate-authorities", "--output", "csv")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder into which the plug-in was installed."""
    folder = tmp_path_factory.mktemp("plug-in")
    wheel = write_wheel(folder, tomllib.loads(BLOCKS["plug-in-project"])["project"], BLOCKS["plug-in"])
    target = folder / "installed"
    words = ("install", "--quiet", "--no-index", "--no-deps", "--disable-pip-version-check", "--target", str(target))
    subprocess.run([sys.executable, "-m", "pip", *words, str(wheel)], check=True)
    return target


def write_wheel(folder: Path, project: dict[str, Any], module: str) -> Path:
    """Write what a build of the project would give: building for real would fetch a build backend from the network."""
    name, version = project["name"].replace("-", "_"), project["version"]
    information = f"{name}-{version}.dist-info"
    points = [
        f"[{group}]\n" + "".join(f"{key} = {value}\n" for key, value in entries.items())
        for group, entries in project["entry-points"].items()
    ]
    files = {
        f"{name}.py": module,
        f"{information}/METADATA": f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {version}\n",
        f"{information}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{information}/entry_points.txt": "\n".join(points),
        f"{information}/RECORD": "",
    }
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    with ZipFile(wheel, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return wheel


@pytest.fixture
def plugged(pcacli: Pcacli, installed: Path) -> Pcacli:
    """A command line in an environment where the plug-in is installed."""
    pcacli.environment["PYTHONPATH"] += f":{installed}"
    return pcacli


def test_the_plug_in_of_the_readme_has_ten_lines() -> None:
    assert len([line for line in BLOCKS["plug-in"].splitlines() if line.strip()]) <= 10


def test_a_plug_in_formats_what_the_query_leaves(plugged: Pcacli) -> None:
    plugged.ok("pki", "init", "--common-name", "Plugged")
    done = plugged.shell(BLOCKS["plug-in-use"])
    head, *rows = done.out.splitlines()
    assert head == "Arn,Status"
    assert [row.rpartition(",")[2] for row in rows] == ["ACTIVE", "ACTIVE"]
    assert all(row.startswith("arn:aws:acm-pca:") for row in rows)


def test_a_plug_in_may_be_chosen_in_the_settings(plugged: Pcacli) -> None:
    words = ("list-certificate-authorities", "--query", "CertificateAuthorities")
    assert plugged.ok(*words, AWS_DEFAULT_OUTPUT="csv") == "\n"


def test_a_plug_in_that_fails_is_named(plugged: Pcacli) -> None:
    failed = plugged.run(*LISTING)
    assert (failed.exit_code, failed.out) == (255, "")
    assert "The formatter plug-in csv failed: " in failed.err
    assert "Traceback" not in failed.err


def test_without_the_plug_in_the_format_is_unknown(pcacli: Pcacli) -> None:
    refused = pcacli.run(*LISTING)
    assert refused.exit_code == 252
    assert refused.err.endswith("argument --output: Found invalid choice 'csv'\n")
