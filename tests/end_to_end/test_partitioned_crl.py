"""The CRL of a partition, judged by OpenSSL. The issuing CA of an estate is changed to partitions first."""

from pathlib import Path

import pytest
from cryptography import x509

from tests.support.command_line import openssl, openssl_ok
from tests.support.crls import crl_url_of
from tests.support.hierarchies import BUCKET, Estate, crl_file, fetch, issue, openssl_csr, serial_of

PARTITIONED = f"Enabled=true,ExpirationInDays=7,S3BucketName={BUCKET},CrlType=PARTITIONED"

pytestmark = pytest.mark.fact("5.2")


def published(estate: Estate, certificate: str) -> Path:
    """Return the file of the CRL that a certificate points to."""
    url = crl_url_of(x509.load_pem_x509_certificate(certificate.encode()))
    assert url is not None
    return estate.store / "buckets" / BUCKET / url.partition(".amazonaws.com/")[2]


def verify(estate: Estate, crl: Path) -> str:
    """Let OpenSSL judge the leaf with this CRL and return what it says."""
    pem = estate.work / "crl.pem"
    openssl_ok(estate.work, "crl", "-inform", "DER", "-in", str(crl), "-out", str(pem))
    words = ("-x509_strict", "-crl_check", "-CAfile", "root.pem", "-untrusted", "issuing.pem", "-CRLfile", str(pem))
    done = openssl(estate.work, "verify", *words, "leaf.pem")
    return done.out + done.err


def configure(estate: Estate, members: str = "") -> None:
    configuration = f"CrlConfiguration={{{PARTITIONED}{members}}}"
    words = ("--certificate-authority-arn", estate.issuing, "--revocation-configuration", configuration)
    estate.ok("update-certificate-authority", *words)


def test_openssl_takes_the_crl_of_the_right_partition_and_no_other(estate: Estate) -> None:
    configure(estate)
    arn = issue(estate, estate.issuing, openssl_csr(estate.work, "partitioned.example.com"))
    for name, content in zip(("leaf", "issuing", "root"), fetch(estate, estate.issuing, arn), strict=True):
        (estate.work / f"{name}.pem").write_text(content)
    crl = published(estate, (estate.work / "leaf.pem").read_text())

    text = openssl_ok(estate.work, "crl", "-inform", "DER", "-in", str(crl), "-noout", "-text")
    assert "Issuing Distribution Point: critical" in text
    assert f"URI:http://{BUCKET}.s3.us-east-1.amazonaws.com/crl/{crl.name}" in text
    assert "leaf.pem: OK" in verify(estate, crl)

    revocation = ("--certificate-serial", serial_of(arn), "--revocation-reason", "KEY_COMPROMISE")
    estate.ok("revoke-certificate", "--certificate-authority-arn", estate.issuing, *revocation)
    assert "certificate revoked" in verify(estate, crl)

    configure(estate, ",CustomPath=elsewhere")
    other = issue(estate, estate.issuing, openssl_csr(estate.work, "other.example.com"))
    assert "different CRL scope" in verify(estate, published(estate, fetch(estate, estate.issuing, other)[0]))
    # The estate had a complete CRL before, which goes on speaking for all certificates.
    assert "certificate revoked" in verify(estate, crl_file(estate, estate.issuing))
