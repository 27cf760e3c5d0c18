"""Output formats of other people's making: the plug-in of docs/settings.md, built and installed as pip does it."""

import csv
import io
from pathlib import Path

import pytest

from tests.support.command_line import Pcacli
from tests.support.documents import ROOT, files_of
from tests.support.plug_in import install

PAGE = ROOT / "docs" / "settings.md"
PROJECT = "pcacli-csv"
LISTING = ("list-certificate-authorities", "--output", "csv")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder into which the plug-in was installed."""
    folder = tmp_path_factory.mktemp("plug-in")
    (folder / PROJECT).mkdir()
    for name, content in files_of(PAGE).items():
        (folder / name).write_text(content)
    install(folder / PROJECT, folder / "installed")
    return folder / "installed"


@pytest.fixture
def plugged(pcacli: Pcacli, installed: Path) -> Pcacli:
    """A command line in an environment where the plug-in is installed."""
    pcacli.environment["PYTHONPATH"] += f":{installed}"
    return pcacli


def test_the_plug_in_of_the_page_has_ten_lines() -> None:
    module = files_of(PAGE)[f"{PROJECT}/pcacli_csv.py"]
    assert len([line for line in module.splitlines() if line.strip()]) <= 10


def test_a_plug_in_gets_every_column_that_occurs(plugged: Pcacli) -> None:
    """The CAs' certificates, which come first, have no alternative names."""
    plugged.ok("pki", "init", "--common-name", "Plugged")
    plugged.ok("pki", "request", "--dns-name", "www.example.com", "--out-dir", "www")
    root, issuing, leaf = csv.DictReader(io.StringIO(plugged.ok("pki", "list", "--output", "csv")))
    assert root["Subject"] == "CN=Plugged Root CA"
    assert root["SubjectAlternativeNames"] == issuing["SubjectAlternativeNames"] == ""
    assert "www.example.com" in leaf["SubjectAlternativeNames"]


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
