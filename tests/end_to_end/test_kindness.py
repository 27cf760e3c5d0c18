"""Where pcacli is kinder than aws: working scripts see no difference, and --strict turns all of it off."""

import json
import re
from typing import NamedTuple

import pytest

from tests.support.command_line import Finished, openssl_ok
from tests.support.hierarchies import Estate

AWS = {"AWS_ENDPOINT_URL_ACM_PCA": "", "AWS_EC2_METADATA_DISABLED": "true"}
REGION = {"AWS_REGION": "us-east-1"}
ISSUE = (
    'pcacli issue-certificate --certificate-authority-arn "$ROOT" --signing-algorithm SHA256WITHECDSA '
    "--validity Value=1,Type=DAYS"
)
REPORT = (
    'pcacli create-certificate-authority-audit-report --certificate-authority-arn "$ROOT" '
    "--s3-bucket-name new-bucket --audit-report-response-format JSON"
)
# aws skips what is not base64 in a PEM; whether the rest then is base64, but no CSR, is a matter of its length.
PEM = "PEM text is taken as it is; aws would refuse it. Name the file with fileb://."
PEM_REFUSED = ((254, 255), "CSR|base64")


class Hint(NamedTuple):
    """A line that fails as with aws, and what is said besides."""

    line: str
    exit_code: int
    error: str
    hint: str
    environment: dict[str, str] = REGION


HINTS = {
    "an unknown option": Hint(
        "pcacli list-tags --certificate-authority-arn x --max-itemz 1",
        252,
        "Unknown options: --max-itemz, 1",
        "Did you mean --max-items?",
    ),
    "an action that aws does not have": Hint(
        "pcacli list-certificates",
        252,
        "argument operation: Found invalid choice 'list-certificates'",
        "pcacli pki list does it, on AWS from the report of create-certificate-authority-audit-report.",
    ),
    "text that is no base64": Hint(f"{ISSUE} --csr leaf.csr", 255, 'Invalid base64: "leaf.csr"', "write fileb://path"),
    "seconds that are no number": Hint(
        "pcacli list-certificate-authorities --cli-read-timeout soon",
        255,
        "invalid literal for int() with base 10: 'soon'",
        "--cli-read-timeout takes a whole number of seconds",
    ),
    "a template that is nearly one": Hint(
        f"{ISSUE} --csr fileb://www.example.com.csr --template-arn arn:aws:acm-pca:::template/EndEntityCertificate/V2",
        254,
        "An error occurred (InvalidArgsException) when calling the IssueCertificate operation",
        "EndEntityCertificate/V1",
    ),
    "missing credentials": Hint(
        "pcacli list-certificate-authorities", 253, "Unable to locate credentials.", "--local runs", {**AWS, **REGION}
    ),
    "a missing region": Hint(
        "pcacli list-certificate-authorities", 253, "You must specify a region.", "--local runs", AWS
    ),
}


class Leniency(NamedTuple):
    """A line that aws would refuse: what is said when we do not, and aws's refusal."""

    line: str
    notice: str
    exit_codes: tuple[int, ...]
    error: str
    environment: dict[str, str] = REGION


LENIENCIES = {
    "a PEM on the command line": Leniency(f'{ISSUE} --csr "$(cat www.example.com.csr)"', f"--csr: {PEM}", *PEM_REFUSED),
    "a PEM from a text file": Leniency(f"{ISSUE} --csr file://www.example.com.csr", f"--csr: {PEM}", *PEM_REFUSED),
    "a PEM in a document": Leniency(f"{ISSUE} --cli-input-json file://csr.json", f"Csr: {PEM}", *PEM_REFUSED),
    "a document from a pipe": Leniency(
        'echo "{\\"CertificateAuthorityArn\\": \\"$ROOT\\"}" | pcacli list-tags --cli-input-json file:///dev/stdin',
        "--cli-input-json: file:///dev/stdin is read; aws would find it empty.",
        (252,),
        "Error parsing parameter 'cli-input-json': Invalid JSON received.",
    ),
    "a bucket that is not there": Leniency(REPORT, "", (254,), r"An error occurred \(.*new-bucket"),
    "no region": Leniency("pcacli list-certificate-authorities", "", (253,), "You must specify a region.", {}),
}


def said(finished: Finished) -> str:
    assert "Traceback" not in finished.err
    return finished.err


@pytest.mark.parametrize("row", HINTS.values(), ids=HINTS)
def test_an_error_comes_with_a_hint_unless_strict(pristine: Estate, row: Hint) -> None:
    kind = pristine.shell(row.line, ROOT=pristine.root, **row.environment)
    strict = pristine.shell(f"{row.line} --strict", ROOT=pristine.root, **row.environment)
    assert (kind.exit_code, strict.exit_code) == (row.exit_code, row.exit_code)
    assert row.error in said(kind)
    assert row.hint in said(kind)
    assert row.error in said(strict)
    assert row.hint not in said(strict)
    assert said(kind).endswith(said(strict))


@pytest.mark.parametrize("row", LENIENCIES.values(), ids=LENIENCIES)
def test_what_can_mean_one_thing_only_is_understood_unless_strict(estate: Estate, row: Leniency) -> None:
    csr = (estate.work / "www.example.com.csr").read_text()
    (estate.work / "csr.json").write_text(json.dumps({"Csr": csr}))
    strict = estate.shell(row.line, ROOT=estate.root, PCACLI_STRICT="1", **row.environment)
    kind = estate.shell(row.line, ROOT=estate.root, **row.environment)
    assert (kind.exit_code, said(kind)) == (0, f"pcacli: {row.notice}\n" if row.notice else "")
    assert strict.exit_code in row.exit_codes
    assert strict.out == ""
    assert re.search(row.error, said(strict))


def test_a_bucket_that_was_made_is_enough_for_strict(estate: Estate) -> None:
    estate.ok("local", "bucket", "create", "new-bucket")
    assert estate.shell(f"{REPORT} --strict", ROOT=estate.root, **REGION).exit_code == 0


def test_names_that_are_near_are_aws_own_kindness(pristine: Estate) -> None:
    """They stand in aws's message, and so --strict leaves them there."""
    strict = pristine.run("list-tag", "--strict")
    assert strict.exit_code == 252
    assert said(strict).endswith("Maybe you meant:\n\n  * list-tags\n")


def test_a_signing_algorithm_that_does_not_fit_is_answered_with_those_that_do(pristine: Estate) -> None:
    """They stand in the service's message."""
    configuration = "KeyAlgorithm=RSA_2048,SigningAlgorithm=SHA256WITHECDSA,Subject={CommonName=x}"
    words = ("--certificate-authority-type", "ROOT", "--certificate-authority-configuration", configuration)
    refused = pristine.run("create-certificate-authority", *words)
    assert refused.exit_code == 254
    assert "Valid signing algorithms are: SHA256WITHRSA" in said(refused)


def test_a_short_rsa_key_is_taken_with_a_remark_unless_strict(estate: Estate) -> None:
    words = ("req", "-new", "-newkey", "rsa:1024", "-nodes", "-keyout", "k.pem", "-subj", "/CN=a", "-out", "short.csr")
    openssl_ok(estate.work, *words)
    line = f"{ISSUE} --csr fileb://short.csr".replace("$ROOT", estate.issuing)
    kind, strict = estate.shell(line, **REGION), estate.shell(f"{line} --strict", **REGION)
    assert (kind.exit_code, strict.exit_code, strict.err) == (0, 0, "")
    assert "an RSA key of 1024 bits; many programs refuse keys below 2048 bits." in said(kind)
    line += " --template-arn arn:aws:acm-pca:::template/SubordinateCACertificate_PathLen0/V1"
    refused = estate.shell(line.replace(estate.issuing, estate.root), **REGION)
    assert refused.exit_code == 254
    assert "the key of a CA has at least 2048" in said(refused)
