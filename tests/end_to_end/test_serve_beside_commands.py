"""What commands change while a server runs counts from the server's next request on, whatever it keeps in memory."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.boto import active_root, issue
from tests.support.command_line import Pcacli, openssl_ok
from tests.support.serving import REGION, Server, serving

LEAF = ("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "leaf.key")


class Served:
    """A server, a client of it, a root CA, and the command line on the same store."""

    def __init__(self, pcacli: Pcacli, server: Server) -> None:
        self.pcacli = pcacli
        self.server = server
        self.client = server.client()
        self.arn = active_root(self.client)
        openssl_ok(pcacli.work, *LEAF, "-subj", "/CN=leaf.example", "-out", "leaf.csr")
        self.csr = (pcacli.work / "leaf.csr").read_bytes()

    def issue(self) -> str:
        return issue(self.client, self.arn, self.csr)

    def command(self, *words: str) -> None:
        self.pcacli.ok(*words, "--certificate-authority-arn", self.arn, "--region", REGION)

    def refusal(self) -> str:
        with pytest.raises(ClientError) as caught:
            self.issue()
        code: str = caught.value.response["Error"]["Code"]
        return code


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    pcacli = Pcacli(tmp_path)
    with serving(pcacli) as server:
        yield Served(pcacli, server)


def test_a_ca_that_is_disabled_or_deleted_issues_no_more(served: Served) -> None:
    served.issue()
    served.command("update-certificate-authority", "--status", "DISABLED")
    assert served.refusal() == "InvalidStateException"
    served.command("update-certificate-authority", "--status", "ACTIVE")
    served.issue()
    served.command("update-certificate-authority", "--status", "DISABLED")
    served.command("delete-certificate-authority", "--permanent-deletion-time-in-days", "7")
    described: dict[str, Any] = served.client.describe_certificate_authority(CertificateAuthorityArn=served.arn)
    assert described["CertificateAuthority"]["Status"] == "DELETED"
    assert served.refusal() == "InvalidStateException"


def test_a_certificate_that_is_revoked_is_not_revoked_twice(served: Served) -> None:
    serial = served.issue().rpartition("/")[2]
    served.command("revoke-certificate", "--certificate-serial", serial, "--revocation-reason", "SUPERSEDED")
    again = {"CertificateSerial": serial, "RevocationReason": "SUPERSEDED"}
    with pytest.raises(ClientError, match="RequestAlreadyProcessedException"):
        served.client.revoke_certificate(CertificateAuthorityArn=served.arn, **again)


def test_crls_that_are_switched_on_stand_in_the_next_certificate(served: Served) -> None:
    served.issue()
    crl = "CrlConfiguration={Enabled=true,ExpirationInDays=7,S3BucketName=bucket}"
    served.command("update-certificate-authority", "--revocation-configuration", crl)
    certificate = served.client.get_certificate(CertificateAuthorityArn=served.arn, CertificateArn=served.issue())
    served.pcacli.work.joinpath("leaf.pem").write_text(certificate["Certificate"])
    shown = openssl_ok(served.pcacli.work, "x509", "-in", "leaf.pem", "-noout", "-ext", "crlDistributionPoints")
    assert "crl" in str(shown)


def test_an_access_key_that_is_deleted_opens_nothing(served: Served) -> None:
    served.issue()
    served.pcacli.ok("local", "credentials", "delete", served.server.access_key["AccessKeyId"])
    assert served.refusal() == "UnrecognizedClientException"
