"""One and the same file of tests against the embedded authority, moto's server and, with `--aws`, a real account.

`MISSING` says what a backend cannot do, and why; a test names what it needs and runs on the backends that can do it.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from tests.support import hierarchies as pki
from tests.support import surroundings
from tests.support.command_line import LOCAL_ENDPOINT, Pcacli, openssl_ok
from tests.support.moto_server import ENVIRONMENT as MOTO_ENVIRONMENT
from tests.support.moto_server import moto_server

MISSING: dict[str, dict[str, str]] = {
    "local": {},
    "moto": {
        "validity": "it gives every certificate 365 days",
        "serials": "the ARN of a certificate does not hold its serial number",
        "states": "it deletes a CA in any state and issues from one that is disabled",
        "restoration": "it has no RestoreCertificateAuthority",
        "revocation": "it takes any serial number, as often as one likes",
        "permissions": "it has no CreatePermission",
    },
    "aws": {},
}
# moto has keys of no other kind.
RSA = pki.Algorithms("RSA_2048", "SHA256WITHRSA")
# AWS's cheapest mode, and the longest life that it gives to a certificate.
SHORT_LIVED, LIFE_DAYS = ("--usage-mode", "SHORT_LIVED_CERTIFICATE"), 7


class Backend(Pcacli):
    """A command line on one backend that has a root CA; what it creates is deleted at the end."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        super().__init__(folder, endpoint=environment)
        self.created: list[str] = []
        self.root = self.create("Every Root")
        self.activate(self.root)

    def create(self, name: str) -> str:
        """Create a root CA whose CSR is ready, and return its ARN."""
        arn = pki.create(self, "ROOT", name, RSA, *SHORT_LIVED)
        self.created.append(arn)
        self.ok("wait", "certificate-authority-csr-created", "--certificate-authority-arn", arn)
        return arn

    def activate(self, arn: str) -> None:
        """Give a root CA the certificate that it signs itself."""
        (csr, certificate), words = (self.work / "ca.csr", self.work / "ca.pem"), ("--certificate-authority-arn", arn)
        csr.write_text(self.text("get-certificate-authority-csr", *words))
        signed = pki.issue(self, arn, csr, RSA, template=pki.ROOT_TEMPLATE, days=30)
        certificate.write_text(self.fetch(arn, signed)[0])
        self.ok("import-certificate-authority-certificate", *words, "--certificate", f"fileb://{certificate}")

    def issue(self, name: str) -> str:
        """Issue a TLS certificate below the root CA and return its ARN."""
        return pki.issue(self, self.root, pki.openssl_csr(self.work, name), RSA, days=LIFE_DAYS)

    def fetch(self, issuer: str, certificate: str) -> list[str]:
        """Wait for a certificate; return its PEM and then those above it."""
        words = ("--certificate-authority-arn", issuer, "--certificate-arn", certificate)
        self.ok("wait", "certificate-issued", *words)
        return pki.fetch(self, issuer, certificate)

    def describe(self, arn: str) -> Any:
        """Return what is known about a CA."""
        words = ("describe-certificate-authority", "--certificate-authority-arn", arn)
        return self.json(*words, "--query", "CertificateAuthority")

    def disable(self, arn: str) -> None:
        """Let a CA issue no more."""
        self.ok("update-certificate-authority", "--certificate-authority-arn", arn, "--status", "DISABLED")

    def delete(self, arn: str) -> None:
        """Delete a CA for good in as few days as AWS allows."""
        words = ("--certificate-authority-arn", arn, "--permanent-deletion-time-in-days", "7")
        self.ok("delete-certificate-authority", *words)

    def delete_everything(self) -> None:
        """Delete every CA that is left."""
        for arn in self.created:
            status = self.describe(arn)["Status"]
            if status == "ACTIVE":
                self.disable(arn)
            if status != "DELETED":
                self.delete(arn)


@contextmanager
def environment_of(name: str) -> Iterator[dict[str, str]]:
    """Give the environment in which pcacli talks to a backend, as long as the `with` block."""
    if name == "moto":
        with moto_server() as url:
            yield {**MOTO_ENVIRONMENT, "AWS_ENDPOINT_URL_ACM_PCA": url}
    elif name == "aws":
        yield {name: value for name, value in surroundings.BEFORE.items() if leads_to_aws(name)}
    else:
        yield LOCAL_ENDPOINT


def leads_to_aws(variable: str) -> bool:
    """Tell whether a variable of the environment may say how AWS is reached, and by whom."""
    return variable == "HOME" or variable.startswith("AWS_") or variable.upper().endswith("_PROXY")


@pytest.fixture(scope="module")
def backend(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    with environment_of(request.param) as environment:
        made = Backend(tmp_path_factory.mktemp(request.param), environment)
        try:
            yield made
        finally:
            made.delete_everything()


def able_to(*features: str) -> pytest.MarkDecorator:
    """Run a test on every backend that lacks none of the features."""
    names = [name for name, missing in MISSING.items() if not missing.keys() & set(features)]
    marked = [pytest.param(name, marks=pytest.mark.aws) if name == "aws" else name for name in names]
    return pytest.mark.parametrize("backend", marked, indirect=True)


@able_to()
def test_the_root_procedure_ends_with_an_active_ca(backend: Backend) -> None:
    described = backend.describe(backend.root)
    assert described["Status"] == "ACTIVE"
    assert described["Type"] == "ROOT"
    assert described["CertificateAuthorityConfiguration"]["Subject"] == {"CommonName": "Every Root"}
    words = ("get-certificate-authority-certificate", "--certificate-authority-arn", backend.root)
    (backend.work / "root.pem").write_text(backend.ok(*words, "--output", "pem"))
    assert "CN = Every Root" in openssl_ok(backend.work, "x509", "-in", "root.pem", "-noout", "-subject")


@able_to()
def test_an_issued_certificate_verifies_against_its_chain(backend: Backend) -> None:
    certificate, *chain = backend.fetch(backend.root, backend.issue("www.example.com"))
    (backend.work / "cert.pem").write_text(certificate)
    (backend.work / "chain.pem").write_text("".join(chain))
    assert openssl_ok(backend.work, "verify", "-CAfile", "chain.pem", "cert.pem") == "cert.pem: OK\n"


@able_to("validity", "serials")
def test_a_certificate_lives_as_long_as_was_asked_and_its_arn_holds_its_serial(backend: Backend) -> None:
    arn = backend.issue("lives.example.com")
    certificate = x509.load_pem_x509_certificate(backend.fetch(backend.root, arn)[0].encode())
    life = certificate.not_valid_after_utc - certificate.not_valid_before_utc
    # AWS lets a certificate begin an hour early.
    assert LIFE_DAYS * 24 <= life.total_seconds() / 3600 <= LIFE_DAYS * 24 + 1
    assert int(pki.serial_of(arn), 16) == certificate.serial_number


@able_to()
def test_a_listing_is_the_same_in_pages_of_any_size(backend: Backend) -> None:
    backend.create("Second Root")
    listing = ("list-certificate-authorities", "--query", "CertificateAuthorities[].Arn")
    arns = backend.json(*listing)
    assert set(backend.created) <= set(arns)
    assert backend.json(*listing, "--page-size", "1") == arns
    first = backend.json("list-certificate-authorities", "--max-items", "1")
    assert [found["Arn"] for found in first["CertificateAuthorities"]] == arns[:1]
    assert backend.json(*listing, "--starting-token", first["NextToken"]) == arns[1:]


@able_to()
def test_tags_come_and_go(backend: Backend) -> None:
    arn = ("--certificate-authority-arn", backend.root)
    backend.ok("tag-certificate-authority", *arn, "--tags", "Key=team,Value=blue", "Key=stage,Value=test")
    tags = backend.json("list-tags", *arn)["Tags"]
    assert sorted(tags, key=lambda tag: tag["Key"]) == [
        {"Key": "stage", "Value": "test"},
        {"Key": "team", "Value": "blue"},
    ]
    backend.ok("untag-certificate-authority", *arn, "--tags", "Key=team,Value=blue")
    assert backend.text("list-tags", *arn) == "TAGS\tstage\ttest"


@able_to()
def test_a_policy_comes_and_goes(backend: Backend) -> None:
    arn, account = ("--resource-arn", backend.root), backend.describe(backend.root)["OwnerAccount"]
    reading = {"Action": ["acm-pca:DescribeCertificateAuthority", "acm-pca:GetCertificate"], "Sid": "1"}
    template = {"StringEquals": {"acm-pca:TemplateArn": f"arn:aws:acm-pca:::template/{pki.LEAF_TEMPLATE}"}}
    issuing = {"Action": ["acm-pca:IssueCertificate"], "Sid": "2", "Condition": template}
    common = {"Effect": "Allow", "Principal": {"AWS": account}, "Resource": backend.root}
    policy = {"Version": "2012-10-17", "Statement": [{**common, **reading}, {**common, **issuing}]}
    backend.ok("put-policy", *arn, "--policy", json.dumps(policy))
    assert json.loads(backend.json("get-policy", *arn)["Policy"]) == policy
    backend.ok("delete-policy", *arn)
    refused = backend.run("get-policy", *arn)
    assert refused.exit_code == 254
    assert "An error occurred (ResourceNotFoundException) when calling the GetPolicy operation:" in refused.err


@able_to()
def test_a_ca_is_disabled_and_deleted(backend: Backend) -> None:
    arn = backend.create("Short Root")
    backend.activate(arn)
    backend.disable(arn)
    assert backend.describe(arn)["Status"] == "DISABLED"
    backend.delete(arn)
    assert backend.describe(arn)["Status"] == "DELETED"


@able_to("states", "restoration")
def test_a_ca_that_works_is_not_deleted_and_a_deleted_one_comes_back(backend: Backend) -> None:
    arn = backend.create("Lost Root")
    refused = backend.run("delete-certificate-authority", "--certificate-authority-arn", backend.root)
    assert refused.exit_code == 254
    assert "An error occurred (InvalidStateException)" in refused.err
    backend.delete(arn)
    backend.ok("restore-certificate-authority", "--certificate-authority-arn", arn)
    assert backend.describe(arn)["Status"] == "PENDING_CERTIFICATE"


@able_to("revocation", "serials")
def test_a_certificate_is_revoked_once(backend: Backend) -> None:
    arn = backend.issue("revoked.example.com")
    backend.fetch(backend.root, arn)
    serial = ("--certificate-serial", pki.serial_of(arn), "--revocation-reason", "SUPERSEDED")
    words = ("revoke-certificate", "--certificate-authority-arn", backend.root, *serial)
    assert backend.ok(*words) == ""
    again = backend.run(*words)
    assert again.exit_code == 254
    assert "An error occurred (RequestAlreadyProcessedException)" in again.err


@able_to("permissions")
def test_a_permission_comes_and_goes(backend: Backend) -> None:
    arn, acm = ("--certificate-authority-arn", backend.root), ("--principal", "acm.amazonaws.com")
    actions = ["IssueCertificate", "GetCertificate", "ListPermissions"]
    backend.ok("create-permission", *arn, *acm, "--actions", *actions)
    (permission,) = backend.json("list-permissions", *arn)["Permissions"]
    assert sorted(permission["Actions"]) == sorted(actions)
    backend.ok("delete-permission", *arn, *acm)
    assert backend.json("list-permissions", *arn) == {"Permissions": []}


@able_to()
def test_a_ca_that_is_not_there_is_a_service_error(backend: Backend) -> None:
    missing = backend.root.replace(pki.authority_id(backend.root), "0a1b2c3d-0000-4000-8000-000000000000")
    refused = backend.run("describe-certificate-authority", "--certificate-authority-arn", missing)
    assert (refused.exit_code, refused.out) == (254, "")
    where = "when calling the DescribeCertificateAuthority operation"
    assert f"An error occurred (ResourceNotFoundException) {where}: " in refused.err
