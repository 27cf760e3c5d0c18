"""The AWS SDK for JavaScript, from npm, against `pcacli local serve`."""

import json
import os
from pathlib import Path

import pytest

from tests.support.command_line import Pcacli, openssl_ok, run_program
from tests.support.downloads import download
from tests.support.serving import serving

PACKAGE = "@aws-sdk/client-acm-pca@3.523.0"
SCRIPT = Path(__file__).with_name("serve_javascript.mjs")


@pytest.fixture
def sdk_folder(tmp_path: Path) -> Path:
    """A folder in which the SDK is installed."""
    folder = tmp_path / "node"
    folder.mkdir()
    words = ("npm", "install", "--loglevel=error", "--no-audit", "--no-fund", "--prefer-offline", PACKAGE)
    download(PACKAGE, *words, cwd=folder)
    return folder


@pytest.mark.needs("node", "npm")
def test_the_javascript_sdk_completes_the_life_of_a_ca(pcacli: Pcacli, sdk_folder: Path) -> None:
    words = ("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "leaf.key")
    openssl_ok(sdk_folder, *words, "-subj", "/CN=leaf.example", "-out", "leaf.csr")
    with serving(pcacli) as server:
        environment = {**server.environment, "PATH": os.environ["PATH"], "HOME": str(sdk_folder)}
        done = run_program("node", str(SCRIPT), "leaf.csr", cwd=sdk_folder, **environment)
    assert done.exit_code == 0, done.err
    assert json.loads(done.out) == {"status": "ACTIVE", "created": True, "refusal": "ResourceNotFoundException"}
