"""`pcacli local serve` as SDKs and the AWS CLI see it: each makes a root CA, issues, revokes and asks for a report."""

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cbor2
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from cryptography import x509

from tests.support.boto import CONFIGURATION, ROOT_TEMPLATE, active_root, issue
from tests.support.command_line import Pcacli, openssl_ok, run_program
from tests.support.serving import REGION, Server, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(Pcacli(tmp_path_factory.mktemp("serve"))) as running:
        yield running


@pytest.fixture(scope="module")
def leaf_csr(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("leaf")
    words = ("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "leaf.key")
    openssl_ok(folder, *words, "-subj", "/CN=leaf.example", "-out", "leaf.csr")
    return (folder / "leaf.csr").read_bytes()


def test_boto3_completes_the_life_of_a_ca(server: Server, leaf_csr: bytes, tmp_path: Path) -> None:
    client = server.client()
    arn = active_root(client)
    certificate_arn = issue(client, arn, leaf_csr)
    found = client.get_certificate(CertificateAuthorityArn=arn, CertificateArn=certificate_arn)
    (tmp_path / "leaf.pem").write_text(found["Certificate"])
    (tmp_path / "root.pem").write_text(found["CertificateChain"])
    openssl_ok(tmp_path, "verify", "-x509_strict", "-CAfile", "root.pem", "leaf.pem")
    serial = f"{x509.load_pem_x509_certificate(found['Certificate'].encode()).serial_number:x}"
    client.revoke_certificate(CertificateAuthorityArn=arn, CertificateSerial=serial, RevocationReason="SUPERSEDED")
    report = client.create_certificate_authority_audit_report(
        CertificateAuthorityArn=arn, S3BucketName="reports", AuditReportResponseFormat="JSON"
    )
    words = {"CertificateAuthorityArn": arn, "AuditReportId": report["AuditReportId"]}
    client.get_waiter("audit_report_created").wait(**words)
    described = client.describe_certificate_authority(CertificateAuthorityArn=arn)["CertificateAuthority"]
    assert (described["Status"], described["OwnerAccount"]) == ("ACTIVE", "000000000000")
    assert described["CreatedAt"].microsecond % 1000 == 0


def test_paginators_of_boto3_follow_the_pages(server: Server) -> None:
    client = server.client(region_name="sa-east-1")
    made = [
        client.create_certificate_authority(
            CertificateAuthorityType="ROOT", CertificateAuthorityConfiguration=CONFIGURATION
        )["CertificateAuthorityArn"]
        for _ in range(3)
    ]
    pages = client.get_paginator("list_certificate_authorities").paginate(PaginationConfig={"PageSize": 2})
    assert [[one["Arn"] for one in page["CertificateAuthorities"]] for page in pages] == [made[:2], made[2:]]


@pytest.mark.fact("10.1", "empty-body")
def test_an_action_without_a_result_answers_with_an_empty_body(server: Server) -> None:
    client = server.client()
    arn = client.create_certificate_authority(
        CertificateAuthorityType="ROOT", CertificateAuthorityConfiguration=CONFIGURATION
    )["CertificateAuthorityArn"]
    answered = client.tag_certificate_authority(CertificateAuthorityArn=arn, Tags=[{"Key": "a", "Value": "b"}])
    headers = answered["ResponseMetadata"]["HTTPHeaders"]
    assert (headers["content-length"], headers["content-type"]) == ("0", "application/x-amz-json-1.1")
    assert answered["ResponseMetadata"]["RequestId"] == headers["x-amzn-requestid"]


@pytest.mark.fact("10.1", "exceptions")
def test_a_refusal_is_the_exception_of_the_model(server: Server) -> None:
    client = server.client()
    arn = f"arn:aws:acm-pca:{REGION}:000000000000:certificate-authority/00000000-0000-4000-8000-000000000000"
    with pytest.raises(client.exceptions.ResourceNotFoundException, match="Could not find certificate authority"):
        client.describe_certificate_authority(CertificateAuthorityArn=arn)
    with pytest.raises(ClientError, match="2 validation errors detected: Value null at 'certificateAuthority") as wrong:
        client.create_certificate_authority()
    assert wrong.value.response["Error"]["Code"] == "ValidationException"


def test_each_access_key_calls_for_its_own_account_until_it_is_deleted(tmp_path: Path) -> None:
    pcacli = Pcacli(tmp_path)
    with serving(pcacli) as server:
        arn = active_root(server.client())
        other = pcacli.json("local", "credentials", "create", AWS_ACCOUNT_ID="444455556666")
        theirs = server.client(aws_access_key_id=other["AccessKeyId"], aws_secret_access_key=other["SecretAccessKey"])
        assert theirs.list_certificate_authorities()["CertificateAuthorities"] == []
        with pytest.raises(ClientError, match="AccessDeniedException"):
            theirs.describe_certificate_authority(CertificateAuthorityArn=arn)
        for form in ((), ("--output", "json"), ("--output", "text")):
            listed = pcacli.ok("local", "credentials", "list", *form)
            assert other["AccessKeyId"] in listed
            assert other["SecretAccessKey"] not in listed
        accounts = pcacli.json("local", "credentials", "list", "--query", "[].AccountId")
        assert accounts == ["000000000000", "444455556666"]
        pcacli.ok("local", "credentials", "delete", other["AccessKeyId"])
        with pytest.raises(ClientError, match="UnrecognizedClientException"):
            theirs.list_certificate_authorities()
        log = server.stop()
    assert {line.get("account") for line in log if line.get("action")} >= {"000000000000", "444455556666"}
    assert other["SecretAccessKey"] not in json.dumps(log)


def aws_cli_of_pypi() -> str | None:
    return shutil.which("aws", path=str(Path(sys.executable).parent))


def aws_cli_of_system() -> str | None:
    return shutil.which("aws", path="/usr/bin:/usr/local/bin")


@pytest.mark.parametrize("find", [aws_cli_of_pypi, aws_cli_of_system])
def test_the_aws_cli_completes_the_life_of_a_ca(
    find: Callable[[], str | None], server: Server, leaf_csr: bytes, tmp_path: Path
) -> None:
    program = find()
    if program is None:
        pytest.skip("that AWS CLI is not installed")
    environment = {**server.environment, "HOME": str(tmp_path), "PATH": os.environ["PATH"], "AWS_PAGER": ""}

    def aws(*words: str) -> str:
        done = run_program(
            program, "acm-pca", *words, "--endpoint-url", server.url, "--output", "text", cwd=tmp_path, **environment
        )
        assert done.exit_code == 0, done.err
        return done.out.strip()

    (tmp_path / "leaf.csr").write_bytes(leaf_csr)
    kind = ("--certificate-authority-type", "ROOT")
    named = (
        "--certificate-authority-arn",
        aws("create-certificate-authority", *kind, "--certificate-authority-configuration", json.dumps(CONFIGURATION)),
    )
    (tmp_path / "ca.csr").write_text(aws("get-certificate-authority-csr", *named))
    order = ("issue-certificate", *named, "--signing-algorithm", "SHA256WITHECDSA")
    years = ("--validity", "Value=10,Type=YEARS")
    own = aws(*order, "--csr", "fileb://ca.csr", "--template-arn", ROOT_TEMPLATE, *years)
    (tmp_path / "ca.pem").write_text(aws("get-certificate", *named, "--certificate-arn", own))
    aws("import-certificate-authority-certificate", *named, "--certificate", "fileb://ca.pem")
    leaf = aws(*order, "--csr", "fileb://leaf.csr", "--validity", "Value=30,Type=DAYS")
    aws("wait", "certificate-issued", *named, "--certificate-arn", leaf)
    serial = leaf.rpartition("/")[2]
    aws("revoke-certificate", *named, "--certificate-serial", serial, "--revocation-reason", "KEY_COMPROMISE")
    report = ("--s3-bucket-name", "reports", "--audit-report-response-format", "CSV", "--query", "AuditReportId")
    made = aws("create-certificate-authority-audit-report", *named, *report)
    aws("wait", "audit-report-created", *named, "--audit-report-id", made)


class CborClient:
    """Smithy RPC v2 CBOR by hand, signed by botocore."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._credentials = Credentials(server.access_key["AccessKeyId"], server.access_key["SecretAccessKey"])

    def call(self, action: str, request: Any, prefix: str = "", **headers: str) -> tuple[Any, Any]:
        """Call an action; return the response and what its body says."""
        path = f"{prefix}/service/ACMPrivateCA/operation/{action}"
        fixed = {"Smithy-Protocol": "rpc-v2-cbor", "Content-Type": "application/cbor", "Accept": "application/cbor"}
        given = {**fixed, **{name.replace("_", "-"): value for name, value in headers.items()}}
        signed = AWSRequest("POST", self._server.url + path, headers=given, data=cbor2.dumps(request))
        SigV4Auth(self._credentials, "acm-pca", REGION).add_auth(signed)
        response, body = self._server.send("POST", path, signed.data, **dict(signed.headers.items()))
        return response, cbor2.loads(body) if body else None


@pytest.mark.fact("10.2", "actions")
def test_cbor_completes_the_life_of_a_ca(server: Server, leaf_csr: bytes) -> None:
    client = CborClient(server)

    def result(action: str, **request: Any) -> Any:
        response, body = client.call(action, request)
        assert response.status == 200, body
        assert response.headers["smithy-protocol"] == "rpc-v2-cbor"
        assert response.headers.get("content-type") == (None if body is None else "application/cbor")
        return body

    arn = result(
        "CreateCertificateAuthority", CertificateAuthorityType="ROOT", CertificateAuthorityConfiguration=CONFIGURATION
    )["CertificateAuthorityArn"]
    csr = result("GetCertificateAuthorityCsr", CertificateAuthorityArn=arn)["Csr"].encode()
    order = {"CertificateAuthorityArn": arn, "SigningAlgorithm": "SHA256WITHECDSA"}
    years = {"Type": "YEARS", "Value": 10}
    own = result("IssueCertificate", **order, Csr=csr, TemplateArn=ROOT_TEMPLATE, Validity=years)["CertificateArn"]
    pem = result("GetCertificate", CertificateAuthorityArn=arn, CertificateArn=own)["Certificate"].encode()
    assert result("ImportCertificateAuthorityCertificate", CertificateAuthorityArn=arn, Certificate=pem) is None
    leaf = result("IssueCertificate", **order, Csr=leaf_csr, Validity={"Type": "DAYS", "Value": 9})["CertificateArn"]
    serial = leaf.rpartition("/")[2]
    revocation = {"CertificateSerial": serial, "RevocationReason": "SUPERSEDED"}
    assert result("RevokeCertificate", CertificateAuthorityArn=arn, **revocation) is None
    report = {"S3BucketName": "reports", "AuditReportResponseFormat": "JSON"}
    assert result("CreateCertificateAuthorityAuditReport", CertificateAuthorityArn=arn, **report)["S3Key"]
    described = result("DescribeCertificateAuthority", CertificateAuthorityArn=arn)["CertificateAuthority"]
    assert described["Status"] == "ACTIVE"
    assert described["CreatedAt"].tzinfo is not None


@pytest.mark.fact("10.3", "status")
@pytest.mark.fact("10.2", "routing")
def test_cbor_routes_by_the_last_four_segments_and_names_exceptions_absolutely(server: Server) -> None:
    client = CborClient(server)
    response, body = client.call("ListCertificateAuthorities", {}, prefix="/some/where")
    assert response.status == 200
    arn = f"arn:aws:acm-pca:{REGION}:000000000000:certificate-authority/00000000-0000-4000-8000-000000000000"
    response, body = client.call("DescribeCertificateAuthority", {"CertificateAuthorityArn": arn})
    assert (response.status, body["__type"]) == (400, "com.amazonaws.acmpca#ResourceNotFoundException")
    assert "Could not find" in body["message"]


@pytest.mark.fact("10.2", "target")
def test_cbor_with_a_target_is_rejected(server: Server) -> None:
    response, body = CborClient(server).call("ListTags", {}, X_Amz_Target="ACMPrivateCA.ListTags")
    assert (response.status, body["__type"]) == (400, "com.amazonaws.acmpca#SerializationException")


def test_health_and_metrics_are_there(server: Server, leaf_csr: bytes) -> None:
    client = server.client()
    arn = active_root(
        client,
        RevocationConfiguration={"CrlConfiguration": {"Enabled": True, "ExpirationInDays": 7, "S3BucketName": "crls"}},
    )
    issue(client, arn, leaf_csr)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        client.get_policy(ResourceArn=arn)
    assert server.send("GET", "/healthz")[1] == b"ok\n"
    response, body = server.send("GET", "/metrics")
    assert response.headers["content-type"].startswith("application/openmetrics-text")
    for series in (
        'pcacli_actions_total{action="IssueCertificate",result="success"}',
        'pcacli_actions_total{action="GetPolicy",result="ResourceNotFoundException"}',
        'pcacli_action_seconds_bucket{action="IssueCertificate",le="10.0"}',
        'pcacli_crl_generated_total{result="success"}',
        "# TYPE pcacli_misconfigured_crl_bucket counter",
    ):
        assert series in body.decode()
    assert body.endswith(b"# EOF\n")
