"""What is said of S3 alone: access lists, encryption, large objects, refusals, and which endpoint is used."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from pcacli.engine.artifacts.port import BucketProblem, BucketUnavailable
from pcacli.engine.artifacts.s3 import S3Artifacts
from pcacli.engine.endpoint_setting import Endpoint

CRL = "application/pkix-crl"
MEBIBYTE = 1024 * 1024
EVERYBODY = "http://acs.amazonaws.com/groups/global/AllUsers"

pytestmark = pytest.mark.fact("5.3")


@pytest.fixture
def artifacts(s3_url: str, s3_buckets: Any) -> S3Artifacts:
    s3_buckets.create_bucket(Bucket="bucket")
    return S3Artifacts(Endpoint(s3_url, None))


def deny(s3_buckets: Any, action: str, resource: str) -> None:
    statement = {"Effect": "Deny", "Principal": "*", "Action": action, "Resource": resource}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    s3_buckets.put_bucket_policy(Bucket="bucket", Policy=json.dumps(policy))


def test_an_object_has_the_type_and_the_access_list_that_it_was_given(artifacts: S3Artifacts, s3_buckets: Any) -> None:
    artifacts.put("bucket", "public", [b"crl"], content_type=CRL, object_acl="PUBLIC_READ")
    artifacts.put("bucket", "private", [b"crl"], content_type=CRL, object_acl="BUCKET_OWNER_FULL_CONTROL")
    readers = {
        key: {grant["Grantee"].get("URI") for grant in s3_buckets.get_object_acl(Bucket="bucket", Key=key)["Grants"]}
        for key in ("public", "private")
    }
    assert EVERYBODY in readers["public"]
    assert EVERYBODY not in readers["private"]
    assert s3_buckets.head_object(Bucket="bucket", Key="public")["ContentType"] == CRL


@pytest.mark.fact("5.3", "encryption")
@pytest.mark.parametrize("algorithm", ["AES256", "aws:kms"])
def test_the_encryption_of_an_object_is_the_default_of_its_bucket(
    artifacts: S3Artifacts, s3_buckets: Any, algorithm: str
) -> None:
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm}}
    s3_buckets.put_bucket_encryption(Bucket="bucket", ServerSideEncryptionConfiguration={"Rules": [rule]})
    artifacts.put("bucket", "key", [b"crl"], content_type=CRL)
    assert s3_buckets.head_object(Bucket="bucket", Key="key")["ServerSideEncryption"] == algorithm


def test_a_large_object_is_sent_in_parts(artifacts: S3Artifacts, s3_buckets: Any) -> None:
    artifacts.put("bucket", "report", (b"x" * MEBIBYTE for _ in range(20)), content_type="text/csv")
    head = s3_buckets.head_object(Bucket="bucket", Key="report")
    assert head["ContentLength"] == 20 * MEBIBYTE
    assert head["ETag"].strip('"').endswith("-3")


@contextmanager
def answering_acl(status: int, code: str) -> Iterator[str]:
    """Run an endpoint that knows the location of a bucket and answers the question for its access list like this."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            of_acl = self.path.endswith("?acl")
            body = f"<Error><Code>{code}</Code></Error>" if of_acl else "<LocationConstraint/>"
            self.send_response(status if of_acl else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads, server.block_on_close = True, False
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.mark.usefixtures("s3_buckets")
@pytest.mark.parametrize(
    ("status", "code", "problem"),
    [(403, "AccessDenied", BucketProblem), (503, "SlowDown", BucketUnavailable)],
)
def test_a_bucket_that_does_not_show_its_access_list_fails_the_check(
    monkeypatch: pytest.MonkeyPatch, status: int, code: str, problem: type[BucketProblem]
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with answering_acl(status, code) as url, pytest.raises(BucketProblem, match=code) as refusal:
        S3Artifacts(Endpoint(url, None)).check("bucket")
    assert type(refusal.value) is problem


@pytest.mark.usefixtures("s3_buckets")
def test_a_service_without_access_lists_will_do() -> None:
    with answering_acl(501, "NotImplemented") as url:
        S3Artifacts(Endpoint(url, None)).check("bucket")


def test_a_bucket_that_takes_no_objects_fails_when_one_is_written(artifacts: S3Artifacts, s3_buckets: Any) -> None:
    deny(s3_buckets, "s3:PutObject", "arn:aws:s3:::bucket/*")
    artifacts.check("bucket")
    with pytest.raises(BucketProblem, match="PutObject operation: Forbidden") as refusal:
        artifacts.put("bucket", "key", [b"crl"], content_type=CRL)
    assert not isinstance(refusal.value, BucketUnavailable)


@pytest.mark.usefixtures("s3_buckets")
def test_an_endpoint_that_nobody_listens_at_is_no_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(BucketUnavailable, match="bucket bucket cannot be reached"):
        S3Artifacts(Endpoint("http://127.0.0.1:1", None)).check("bucket")


@pytest.mark.usefixtures("s3_buckets")
def test_missing_credentials_are_named(monkeypatch: pytest.MonkeyPatch, s3_url: str) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(BucketProblem, match="Unable to locate credentials"):
        S3Artifacts(Endpoint(s3_url, None)).check("bucket")


def test_the_profile_that_a_command_names_gives_the_credentials(
    artifacts: S3Artifacts, s3_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    artifacts.check("bucket")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    with pytest.raises(BucketProblem, match=r"config profile \(nobody\) could not be found"):
        S3Artifacts(Endpoint(s3_url, None), "nobody").check("bucket")


def test_an_endpoint_of_the_embedded_authority_is_not_taken_for_one_of_s3(
    artifacts: S3Artifacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"):
        monkeypatch.setenv(name, "local:")
    artifacts.check("bucket")
    # AWS's own S3 is reached through a proxy that is not there: the attempt shows that https was meant, not local.
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(BucketUnavailable, match="proxy"):
        S3Artifacts(Endpoint(None, "eu-central-1")).check("bucket")
