"""What a test can do with `PrivateCA`: call it as boto3 does, let time pass, let it fail, look into its buckets."""

import json
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ParamValidationError, WaiterError

from pcacli.errors import UsageProblem
from pcacli.testing import PrivateCA
from pcacli.testing.template import Template, make_template
from tests.support.crafted import leaf_csr
from tests.support.policies import for_account

OTHER_ACCOUNT = "444455556666"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return make_template(tmp_path_factory.mktemp("template") / "store")


@pytest.fixture
def private_ca(template: Template, tmp_path: Path) -> Iterator[PrivateCA]:
    with PrivateCA.copy_of(template, tmp_path / "store") as copy:
        yield copy


def issue(private_ca: PrivateCA, client: Any = None) -> dict[str, str]:
    """Issue a certificate; return the members that name it."""
    arn = private_ca.certificate_authority_arn
    issued = (client or private_ca.client).issue_certificate(
        CertificateAuthorityArn=arn,
        Csr=leaf_csr(),
        SigningAlgorithm="SHA256WITHECDSA",
        Validity={"Type": "DAYS", "Value": 30},
    )
    return {"CertificateAuthorityArn": arn, "CertificateArn": issued["CertificateArn"]}


def publish_crls(private_ca: PrivateCA) -> str:
    """Let the issuing CA publish CRLs, the first with its first certificate; return the key of its CRL."""
    arn = private_ca.certificate_authority_arn
    crl = {"Enabled": True, "ExpirationInDays": 10, "S3BucketName": "crls"}
    configuration = {"CrlConfiguration": crl}
    private_ca.client.update_certificate_authority(CertificateAuthorityArn=arn, RevocationConfiguration=configuration)
    issue(private_ca)
    return f"crl/{arn.rpartition('/')[2]}.crl"


def test_the_client_answers_as_boto3_does_on_aws(private_ca: PrivateCA) -> None:
    named = issue(private_ca)
    private_ca.client.get_waiter("certificate_issued").wait(**named)
    found = private_ca.client.get_certificate(**named)
    assert found["CertificateChain"].count("BEGIN CERTIFICATE") == 2
    assert found["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert found["ResponseMetadata"]["RetryAttempts"] == 0


def test_errors_are_the_classes_of_the_client(private_ca: PrivateCA) -> None:
    with pytest.raises(private_ca.client.exceptions.ResourceNotFoundException) as refused:
        private_ca.client.get_policy(ResourceArn=private_ca.arns["root"])
    assert refused.value.response["Error"]["Code"] == "ResourceNotFoundException"
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    with pytest.raises(ParamValidationError, match="CertificateAuthorityArn"):
        private_ca.client.list_tags()


def test_paginators_turn_pages(private_ca: PrivateCA) -> None:
    paginator = private_ca.client.get_paginator("list_certificate_authorities")
    pages = list(paginator.paginate(PaginationConfig={"PageSize": 1}))
    assert [len(page["CertificateAuthorities"]) for page in pages] == [1, 1]


def test_a_waiter_gives_up_on_an_error(private_ca: PrivateCA) -> None:
    private_ca.fail("get_certificate", "AccessDeniedException")
    with pytest.raises(WaiterError, match="AccessDeniedException"):
        private_ca.client.get_waiter("certificate_issued").wait(**issue(private_ca))


@pytest.mark.parametrize("operation", ["list_tags", "ListTags", None])
def test_a_failure_comes_as_often_as_it_was_asked_for(private_ca: PrivateCA, operation: str | None) -> None:
    named = {"CertificateAuthorityArn": private_ca.arns["root"]}
    private_ca.fail(operation, "ThrottlingException", message="Slow down.", times=1)
    with pytest.raises(ClientError, match=r"\(ThrottlingException\).* Slow down\."):
        private_ca.client.list_tags(**named)
    assert private_ca.client.list_tags(**named)


def test_a_client_with_retries_survives_a_failure(private_ca: PrivateCA) -> None:
    private_ca.fail("list_tags", "ThrottlingException", times=1)
    client = private_ca.new_client(config=Config(retries={"total_max_attempts": 2, "mode": "standard"}))
    answer = client.list_tags(CertificateAuthorityArn=private_ca.arns["root"])
    assert answer["ResponseMetadata"]["RetryAttempts"] == 1


def test_failures_can_be_stopped(private_ca: PrivateCA) -> None:
    private_ca.fail(None, "InternalFailure")
    private_ca.stop_failing()
    assert private_ca.client.list_certificate_authorities()["CertificateAuthorities"]


@pytest.mark.parametrize(
    ("operation", "error", "complaint"),
    [
        ("list_certificates", "ThrottlingException", "ACM PCA has no action 'list_certificates'"),
        ("list_tags", "PermissionAlreadyExistsException", "is no error of ListTags; there are: "),
    ],
)
def test_a_failure_that_aws_never_has_is_a_mistake_in_the_test(
    private_ca: PrivateCA, operation: str, error: str, complaint: str
) -> None:
    with pytest.raises(UsageProblem, match=complaint):
        private_ca.fail(operation, error)


def test_time_passes_and_what_becomes_due_is_done(private_ca: PrivateCA) -> None:
    key = publish_crls(private_ca)
    first, before = private_ca.read_object("crls", key), private_ca.now
    assert private_ca.advance(weeks=1, days=1) - before >= timedelta(days=8)
    assert first is not None
    assert first != private_ca.read_object("crls", key)
    assert private_ca.read_object("crls", "crl/nothing.crl") is None


def test_a_ca_expires_with_time(private_ca: PrivateCA) -> None:
    private_ca.advance(days=6 * 365)
    arn = private_ca.certificate_authority_arn
    described = private_ca.client.describe_certificate_authority(CertificateAuthorityArn=arn)
    assert described["CertificateAuthority"]["Status"] == "EXPIRED"


def test_another_account_is_let_in_by_the_policy_only(private_ca: PrivateCA) -> None:
    arn = private_ca.certificate_authority_arn
    stranger = private_ca.new_client(account_id=OTHER_ACCOUNT)
    with pytest.raises(ClientError, match="AccessDeniedException"):
        stranger.describe_certificate_authority(CertificateAuthorityArn=arn)
    private_ca.client.put_policy(ResourceArn=arn, Policy=for_account(arn, OTHER_ACCOUNT))
    assert stranger.describe_certificate_authority(CertificateAuthorityArn=arn)


def test_another_region_has_cas_of_its_own(private_ca: PrivateCA) -> None:
    client = private_ca.new_client(region_name="eu-central-1")
    assert client.list_certificate_authorities()["CertificateAuthorities"] == []


def test_a_client_of_another_account_stays_one_while_every_client_is_answered(private_ca: PrivateCA) -> None:
    stranger = private_ca.new_client(account_id=OTHER_ACCOUNT)
    with private_ca.answering_every_client():
        assert stranger.list_certificate_authorities()["CertificateAuthorities"] == []


def test_every_client_of_the_process_is_answered(private_ca: PrivateCA) -> None:
    session = boto3.Session("testing", "testing", region_name="us-east-1")
    client = session.client("acm-pca", endpoint_url="https://pca.example.com")
    with private_ca.answering_every_client():
        issue(private_ca, client)
    assert len(json.loads(private_ca.run("pki", "list", "--template", "EndEntityCertificate", "--output", "json"))) == 1


def test_a_command_of_pcacli_works_on_the_same_store(private_ca: PrivateCA) -> None:
    listed = json.loads(private_ca.run("list-certificate-authorities", "--output", "json"))
    assert [ca["Arn"] for ca in listed["CertificateAuthorities"]] == list(private_ca.arns.values())
    with pytest.raises(subprocess.CalledProcessError) as refused:
        private_ca.run("get-policy", "--resource-arn", private_ca.arns["root"])
    assert refused.value.returncode == 254
    assert "ResourceNotFoundException" in refused.value.__notes__[0]


def test_the_configuration_of_whoever_runs_the_tests_does_not_count(
    private_ca: PrivateCA, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "missing")
    monkeypatch.setenv("AWS_ENDPOINT_URL_ACM_PCA", "local:")
    assert private_ca.new_client().list_certificate_authorities()["CertificateAuthorities"]
