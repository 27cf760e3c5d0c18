"""A store whose CRLs and audit reports go to an S3 endpoint."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import hierarchies as pki
from tests.support.command_line import Pcacli
from tests.support.dump import logical_dump
from tests.support.s3_server import CREDENTIALS, emptied, s3_client

PROBE = "acm-pca-permission-test-key"


@pytest.fixture
def s3(s3_url: str) -> Iterator[Any]:
    """A client of the S3 server, which has the buckets of the commands below."""
    client = s3_client(s3_url)
    for bucket in (pki.BUCKET, "audits"):
        client.create_bucket(Bucket=bucket)
    yield client
    emptied(s3_url)


@pytest.fixture
def on_s3(tmp_path: Path, s3_url: str) -> Pcacli:
    made = Pcacli(tmp_path)
    made.environment.update(CREDENTIALS)
    made.ok("local", "init", "--s3-endpoint-url", s3_url)
    return made


def keys_of(s3: Any, bucket: str) -> list[str]:
    return [found["Key"] for found in s3.list_objects_v2(Bucket=bucket).get("Contents", ())]


@pytest.mark.fact("5.3")
def test_crls_and_audit_reports_go_to_the_buckets_of_the_endpoint(on_s3: Pcacli, s3: Any) -> None:
    root = pki.create(on_s3, "ROOT", "Root", pki.P256, "--revocation-configuration", pki.PUBLISHING)
    assert keys_of(s3, pki.BUCKET) == [PROBE]
    pki.activate(on_s3, root, root)
    pki.issue(on_s3, root, pki.openssl_csr(on_s3.work, "www.example.com"))
    crl = f"crl/{pki.authority_id(root)}.crl"
    assert keys_of(s3, pki.BUCKET) == [PROBE, crl]
    assert s3.head_object(Bucket=pki.BUCKET, Key=crl)["ContentType"] == "application/pkix-crl"
    words = ("--certificate-authority-arn", root, "--s3-bucket-name", "audits")
    made = on_s3.json("create-certificate-authority-audit-report", *words, "--audit-report-response-format", "CSV")
    assert keys_of(s3, "audits") == [made["S3Key"]]
    assert not (on_s3.store / "buckets").exists()


@pytest.mark.fact("5.3")
def test_a_bucket_that_is_not_there_is_refused_in_the_words_of_aws(on_s3: Pcacli, s3_url: str) -> None:
    emptied(s3_url)
    before = logical_dump(on_s3.store)
    configuration = "KeyAlgorithm=EC_prime256v1,SigningAlgorithm=SHA256WITHECDSA,Subject={CommonName=Root}"
    words = ("--certificate-authority-type", "ROOT", "--certificate-authority-configuration", configuration)
    refused = on_s3.run("create-certificate-authority", *words, "--revocation-configuration", pki.PUBLISHING)
    assert refused.exit_code == 254
    assert "(ValidationException) when calling the CreateCertificateAuthority operation" in refused.err
    assert f"Permission error with your S3 bucket '{pki.BUCKET}'. Check that your bucket policy" in refused.err
    assert logical_dump(on_s3.store) == before


def test_folders_are_not_offered_as_buckets_of_a_store_on_s3(on_s3: Pcacli) -> None:
    refused = on_s3.run("local", "bucket", "create", "audits")
    assert refused.exit_code == 253
    assert "are in S3 (http://127.0.0.1" in refused.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--s3-endpoint-url", "ftp://files.example.com"), "Bad S3 endpoint ftp://files.example.com"),
        (("--s3-endpoint-url", "https://user:secret@s3.example.com"), "must not hold credentials"),
        (("--s3-region", "eu-central-1"), "--s3-region needs --s3-endpoint-url"),
    ],
)
def test_an_endpoint_that_is_none_makes_no_store(pcacli: Pcacli, words: tuple[str, ...], message: str) -> None:
    refused = pcacli.run("local", "init", *words)
    assert refused.exit_code == 252
    assert message in refused.err
    assert "secret" not in refused.err
    assert not pcacli.store.exists()
