"""Every example of the help runs as it stands, in a shell, where the variables and files that it names are there."""

import json
import shutil
from pathlib import Path

import pytest

from pcacli.cli.command_tree import Command, command_tree
from pcacli.cli.root import FIRST_STEPS
from tests.support import hierarchies as pki
from tests.support.command_line import Pcacli
from tests.support.hierarchies import P256, Estate

EXAMPLES = Path(__file__).parents[2] / "examples"
COMMANDS = [command for command in command_tree().walk() if not command.commands]

# What ends only when it is stopped, or reads from AWS, with where it is run instead.
RUN_ELSEWHERE = {"pcacli local serve": "test_serve.py", "pcacli local clone": "test_local_clone.py"}
# What has to be done before, because it would be in another example's way.
BEFORE = {
    "pcacli delete-permission": (
        "pcacli create-permission --certificate-authority-arn $CA_ARN --principal acm.amazonaws.com "
        "--actions IssueCertificate"
    ),
    "pcacli pki renew": "pcacli pki request --dns-name www.example.com --out-dir www.example.com",
    "pcacli local restore": "pcacli local backup pki.backup --passphrase-file passphrase.txt",
}
# What worked and says no.
SAYS_NO = {"pcacli pki list"}


class Town(Estate):
    """A test store in which every example finds what it names; `variables` are those of the shell."""

    variables: dict[str, str]

    def furnish(self) -> None:
        """Make CAs in every state, a certificate, a report, a policy, a share, an access key, a snapshot and files."""
        self.ok("local", "init", "--test")
        self.build()
        named = ("--certificate-authority-arn", self.issuing)
        self.ok("local", "bucket", "create", "audit-reports")
        report = ("--s3-bucket-name", "audit-reports", "--audit-report-response-format", "JSON")
        self.ok("local", "share", "add", *named, "--principal", "555566667777")
        disabled, deleted, pending = (pki.create(self, "ROOT", name) for name in ("Disabled", "Deleted", "Pending"))
        pki.activate(self, disabled, disabled)
        self.ok("update-certificate-authority", "--certificate-authority-arn", disabled, "--status", "DISABLED")
        self.ok("delete-certificate-authority", "--certificate-authority-arn", deleted)
        self._write_files(pending)
        self.ok("local", "snapshot", "save", "fresh")
        self.variables = {
            "CA_ARN": self.issuing,
            "ROOT_CA_ARN": self.root,
            "DISABLED_CA_ARN": disabled,
            "DELETED_CA_ARN": deleted,
            "PENDING_CA_ARN": pending,
            "CERTIFICATE_ARN": self.leaf,
            "SERIAL": pki.serial_of(self.leaf),
            "AUDIT_REPORT_ID": self.text(
                "create-certificate-authority-audit-report", *named, *report, "--query", "AuditReportId"
            ),
            "SHARE_ID": self.json("local", "share", "list")[0]["ShareId"],
            "ACCESS_KEY_ID": json.loads(self.ok("local", "credentials", "create"))["AccessKeyId"],
        }

    def _write_files(self, pending: str) -> None:
        """Write the files that examples name."""
        configuration = {
            "KeyAlgorithm": P256.key,
            "SigningAlgorithm": P256.signing,
            "Subject": {"CommonName": "Example Root"},
        }
        (self.work / "ca_config.json").write_text(json.dumps(configuration))
        pki.openssl_csr(self.work, "app.example.com").rename(self.work / "csr.pem")
        (self.work / "ca.csr").write_text(
            self.text("get-certificate-authority-csr", "--certificate-authority-arn", pending)
        )
        arn = pki.issue(self, pending, self.work / "ca.csr", template=pki.ROOT_TEMPLATE, days=3000)
        (self.work / "cert.pem").write_text(pki.fetch(self, pending, arn)[0])
        (self.work / "policy.json").write_text(json.dumps(policy(self.issuing)))
        shutil.copy(EXAMPLES / "estate.yaml", self.work)
        (self.work / "passphrase.txt").touch(0o600)
        (self.work / "passphrase.txt").write_text("correct horse battery staple\n")


def policy(arn: str) -> dict[str, object]:
    """Return a policy that lets another account read a CA and issue leaves from it."""
    principal = {"AWS": "444455556666"}
    reading = ["DescribeCertificateAuthority", "GetCertificate", "GetCertificateAuthorityCertificate"]
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "read",
                "Effect": "Allow",
                "Principal": principal,
                "Action": [f"acm-pca:{name}" for name in (*reading, "ListPermissions", "ListTags")],
                "Resource": arn,
            },
            {
                "Sid": "issue",
                "Effect": "Allow",
                "Principal": principal,
                "Action": ["acm-pca:IssueCertificate"],
                "Resource": arn,
                "Condition": {
                    "StringEquals": {"acm-pca:TemplateArn": "arn:aws:acm-pca:::template/EndEntityCertificate/V1"}
                },
            },
        ],
    }


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Town:
    town = Town(tmp_path_factory.mktemp("furnished"))
    town.furnish()
    return town


@pytest.fixture
def town(furnished: Town, tmp_path: Path) -> Town:
    copy = Town.copy_of(furnished, tmp_path)
    copy.variables = furnished.variables
    return copy


def test_every_command_has_an_example() -> None:
    assert [command.name for command in COMMANDS if not command.example] == []


@pytest.mark.parametrize(
    "command", [command for command in COMMANDS if command.name not in RUN_ELSEWHERE], ids=lambda command: command.name
)
def test_example_runs(town: Town, command: Command) -> None:
    script = "\n".join((BEFORE.get(command.name, ""), command.example))
    done = town.shell(script, **town.variables, SHELL="/bin/bash")
    assert done.exit_code == (1 if command.name in SAYS_NO else 0), f"{command.example}\n{done.err}"


def test_the_first_steps_work_one_after_the_other(pcacli: Pcacli) -> None:
    *steps, last = FIRST_STEPS
    done = pcacli.shell("\n".join((*steps, f"{last} --yes")))
    assert done.exit_code == 0, done.err
    assert "Verdict     good" in done.out
    assert "REVOKED  " in done.out
    assert all(f"  {step}\n" in pcacli.ok("--help") for step in FIRST_STEPS)
