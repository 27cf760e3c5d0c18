"""pcacli beside the AWS CLI v2: each makes a root CA on a fresh moto server, and they print the same."""

import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.command_line import PROGRAM, Finished, clean_environment, run_program, split_words
from tests.support.moto_server import ENVIRONMENT, moto_server, reset
from tests.support.programs import aws_cli_v2

CONFIGURATION = "KeyAlgorithm=RSA_2048,SigningAlgorithm=SHA256WITHRSA,Subject={CommonName=Example Root,Country=DE}"
ROOT_TEMPLATE = "arn:aws:acm-pca:::template/RootCACertificate/V1"
POLICY = '{"Version": "2012-10-17", "Statement": []}'


class Step(NamedTuple):
    """One command; `{ca}` and `{certificate}` are ARNs. What it prints goes into the file `keep`, if that is named."""

    line: str
    keep: str = ""


PROCEDURE = (
    Step(
        "create-certificate-authority --certificate-authority-type ROOT --tags Key=team,Value=blue Key=stage "
        f"--certificate-authority-configuration '{CONFIGURATION}' --query CertificateAuthorityArn --output text",
        keep="ca",
    ),
    Step("wait certificate-authority-csr-created --certificate-authority-arn {ca}"),
    Step("describe-certificate-authority --certificate-authority-arn {ca}"),
    Step("get-certificate-authority-csr --certificate-authority-arn {ca}"),
    Step("get-certificate-authority-csr --certificate-authority-arn {ca} --output text", keep="csr"),
    Step(
        "issue-certificate --certificate-authority-arn {ca} --csr fileb://csr --signing-algorithm SHA256WITHRSA "
        f"--template-arn {ROOT_TEMPLATE} --validity Value=10,Type=YEARS --query CertificateArn --output text",
        keep="certificate",
    ),
    Step("wait certificate-issued --certificate-authority-arn {ca} --certificate-arn {certificate}"),
    Step("get-certificate --certificate-authority-arn {ca} --certificate-arn {certificate} --output yaml"),
    Step("get-certificate --certificate-authority-arn {ca} --certificate-arn {certificate} --output text", keep="pem"),
    Step("import-certificate-authority-certificate --certificate-authority-arn {ca} --certificate fileb://pem"),
    Step("get-certificate-authority-certificate --certificate-authority-arn {ca}"),
    Step("describe-certificate-authority --certificate-authority-arn {ca} --output yaml"),
    Step("describe-certificate-authority --certificate-authority-arn {ca} --output text"),
    Step("describe-certificate-authority --certificate-authority-arn {ca} --query CertificateAuthority.[Status,Type]"),
    Step("list-certificate-authorities --page-size 1"),
    Step("list-certificate-authorities --max-items 1 --output text"),
    Step("list-certificate-authorities --output yaml-stream"),
    Step("list-tags --certificate-authority-arn {ca}"),
    Step("list-tags --certificate-authority-arn {ca} --max-items 1"),
    Step(f"put-policy --resource-arn {{ca}} --policy '{POLICY}'"),
    Step("get-policy --resource-arn {ca}"),
    Step("describe-certificate-authority --certificate-authority-arn {ca}x"),
    Step("update-certificate-authority --certificate-authority-arn {ca} --status DISABLED"),
    Step("delete-certificate-authority --certificate-authority-arn {ca} --permanent-deletion-time-in-days 7"),
    Step("describe-certificate-authority --certificate-authority-arn {ca} --query CertificateAuthority.Status"),
)

# What differs from run to run, and what stands for it.
PASSING = {
    r"arn:aws:acm-pca:us-east-1:[^\s\"]*": "<ARN>",
    r"\d{4}-\d\d-\d\dT[0-9:.]+(\+00:00)?": "<TIME>",
    r"-----BEGIN ([A-Z ]+)-----.*?-----END \1-----": r"<\1>",
}


class Printed(NamedTuple):
    """What a command did, without what differs from run to run or in the names of the programs."""

    line: str
    exit_code: int
    out: str
    error: str


def printed(line: str, finished: Finished) -> Printed:
    out, error = finished.out, finished.err[finished.err.find("An error occurred") :] if finished.exit_code else ""
    for pattern, name in PASSING.items():
        out, error = (re.sub(pattern, name, text, flags=re.DOTALL) for text in (out, error))
    return Printed(line, finished.exit_code, out, error.strip())


def go_through(program: tuple[str, ...], folder: Path, environment: Mapping[str, str]) -> list[Printed]:
    """Run the procedure with a program, in a folder of its own."""
    folder.mkdir()
    arns: dict[str, str] = {}
    found = []
    for step in PROCEDURE:
        finished = run_program(*program, *split_words(step.line, arns), cwd=folder, **environment)
        found.append(printed(step.line, finished))
        if step.keep:
            (folder / step.keep).write_text(finished.out)
            arns[step.keep] = finished.out.strip()
    return found


@pytest.fixture
def moto() -> Iterator[str]:
    with moto_server() as url:
        yield url


def test_pcacli_and_the_aws_cli_print_the_same(moto: str, tmp_path: Path) -> None:
    endpoint = ("--endpoint-url", moto)
    programs = {"aws": (aws_cli_v2(), *endpoint, "acm-pca"), "pcacli": (*PROGRAM, *endpoint)}
    found = {}
    for name, program in programs.items():
        reset(moto)
        found[name] = go_through(program, tmp_path / name, {**clean_environment(tmp_path), **ENVIRONMENT})
    assert found["pcacli"] == found["aws"]
    exit_codes = [step.exit_code for step in found["aws"]]
    assert sorted(set(exit_codes)) == [0, 254], shlex.join(programs["aws"])
    assert exit_codes.count(254) == 1
