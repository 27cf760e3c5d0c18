"""A service whose answers are cut off: botocore takes them for empty ones, and so does the mirror."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command_line import Pcacli, openssl_ok
from tests.support.s3_server import CREDENTIALS
from tests.unit.service.stub_endpoint import Reply, serving

AUTHORITY = "arn:aws:acm-pca:us-east-1:111122223333:certificate-authority/11111111-2222-3333-4444-555555555555"
CERTIFICATE = f"{AUTHORITY}/certificate/0123456789abcdef0123456789abcdef"
ISSUING = ("--certificate-authority-arn", AUTHORITY, "--csr", "fileb://x.csr", "--signing-algorithm", "SHA256WITHECDSA")
ISSUING_OPTIONS = (*ISSUING, "--validity", "Value=1,Type=DAYS")


@pytest.fixture
def stranded(tmp_path: Path) -> Iterator[Pcacli]:
    """A command line whose requests get answers that end too early."""
    with serving(Reply(body=b'{"Certificate')) as endpoint:
        there = {**CREDENTIALS, "AWS_ENDPOINT_URL_ACM_PCA": endpoint.url, "AWS_REGION": "us-east-1"}
        pcacli = Pcacli(tmp_path, endpoint=there)
        key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "x.key")
        openssl_ok(pcacli.work, "req", "-new", *key, "-subj", "/CN=x", "-out", "x.csr")
        yield pcacli


@pytest.mark.parametrize(
    ("words", "action", "member"),
    [
        (("init", "--yes"), "ListCertificateAuthorities", "CertificateAuthorities"),
        (
            ("activate", "--certificate-authority-arn", AUTHORITY),
            "DescribeCertificateAuthority",
            "CertificateAuthority",
        ),
        (
            ("request", "--dns-name", "x.example.com", "--out-dir", "x"),
            "ListCertificateAuthorities",
            "CertificateAuthorities",
        ),
        (("export", CERTIFICATE, "--out-dir", "x"), "GetCertificate", "Certificate"),
        (("inspect", AUTHORITY), "GetCertificateAuthorityCertificate", "Certificate"),
        (("inspect", CERTIFICATE), "GetCertificate", "Certificate"),
        (("preview", *ISSUING_OPTIONS), "DescribeCertificateAuthority", "CertificateAuthority"),
        (("revoke", "--reason", "SUPERSEDED", "--yes", CERTIFICATE), "GetCertificate", "Certificate"),
        (("status",), "ListCertificateAuthorities", "CertificateAuthorities"),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, tuple) else "",
)
def test_a_workflow_says_what_it_did_not_get(
    stranded: Pcacli, words: tuple[str, ...], action: str, member: str
) -> None:
    done = stranded.run("pki", *words)
    assert (done.exit_code, done.out) == (255, "")
    assert done.err.endswith(f"The answer to {action} lacks {member}: was the connection cut off?\n")


def test_the_mirror_prints_the_empty_answer_as_aws_does(stranded: Pcacli) -> None:
    done = stranded.run("issue-certificate", *ISSUING_OPTIONS)
    assert (done.exit_code, done.out) == (0, "")
    assert stranded.ok("list-tags", "--certificate-authority-arn", AUTHORITY, "--query", "keys(@)") == "[]\n"
