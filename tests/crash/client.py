"""A process that issues, revokes, imports, disables, deletes, restores, rotates and backs up until it is killed."""

import os
import shlex
import shutil
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from unittest.mock import patch

from pcacli.errors import DamagedStore, PcaError, ServiceError
from pcacli.service.port import Service
from tests.crash.journal import BACKUP_SUFFIX, Journal
from tests.support.hierarchies import BUCKET, ISSUING_TEMPLATE, P256, serial_of

MAXIMUM_CALLS_OF_A_SERVICE = 4
TOKENS_OF_A_ROUND = 20
_OUTAGE_PAUSE_SECONDS = 0.05

Connect = Callable[[], AbstractContextManager[Service]]
"""Opens what is called, for as long as a block."""


class Administration(NamedTuple):
    """What commands for the store itself need: their environment, and a passphrase (a file) and a folder for backups.

    A database has backups of its own. Of two machines each has a key file, so that a rotation would stop the other.
    """

    environment: Mapping[str, str]
    passphrase: Path
    backups: Path | None
    rotates: bool = True


class Task(NamedTuple):
    """What every client of a store works with: two CAs and a CSR in a file.

    `served` says that servers are called, which may be gone for a while; else commands issue, too. A database that
    crashes may be gone for a while, and a server then answers that it has failed. All this is an error otherwise.
    """

    root: str
    issuing: str
    csr: Path
    administration: Administration
    round_number: int
    served: bool
    database_crashes: bool


class Client:
    """One process's work. What it makes is its own: no other client touches it."""

    def __init__(self, task: Task, connect: Connect, journal: Journal, random: Random) -> None:
        self._task = task
        self._connect = connect
        self._journal = journal
        self._random = random
        self._csr = task.csr.read_bytes()
        self._revocable: list[str] = []
        self._active: list[str] = []
        self._deleted: list[str] = []

    def work(self) -> None:
        """Work until killed, or until the process is gone that would do so."""
        parent = os.getppid()
        while os.getppid() == parent:
            try:
                with self._connect() as self._service:
                    for _ in range(self._random.randint(1, MAXIMUM_CALLS_OF_A_SERVICE)):
                        self._act()
            except PcaError as problem:
                if self._is_outage(problem):
                    self._journal.outage()
                    time.sleep(_OUTAGE_PAUSE_SECONDS)
                # A CA that would be one too many for its account is no matter of crashes.
                elif problem.code != "LimitExceededException":
                    self._journal.complain(f"{type(problem).__name__} {problem.code}: {problem.message}")
            except Exception as bug:  # noqa: BLE001 - a process that is forked must not go on with what its parent does
                self._journal.complain(repr(bug))

    def _is_outage(self, problem: PcaError) -> bool:
        match problem:
            case ServiceError():
                return self._task.database_crashes and problem.code == "InternalFailure"
            case DamagedStore():
                return False
            case _:
                return self._task.served or self._task.database_crashes

    def _act(self) -> None:
        (action,) = self._random.choices(list(_ACTIONS), list(_ACTIONS.values()))
        action(self)

    def _call(self, operation: str, authority: str, **members: Any) -> Mapping[str, Any]:
        return self._service.call(operation, {"CertificateAuthorityArn": authority, **members})

    def _text(self, response: Mapping[str, Any], member: str) -> str:
        """Return a member of a response; botocore takes one that was cut off by a kill for an empty one."""
        if member not in response:
            raise PcaError("The response was cut off.")
        text: str = response[member]
        return text

    def _issued(self, authority: str, csr: bytes, **members: Any) -> str:
        asked = {"SigningAlgorithm": P256.signing, "Validity": {"Type": "DAYS", "Value": 30}, **members}
        certificate = self._text(self._call("IssueCertificate", authority, Csr=csr, **asked), "CertificateArn")
        self._journal.issued(certificate, members.get("IdempotencyToken", ""))
        return certificate

    def issue(self) -> None:
        """Issue a certificate below any CA."""
        authority = self._random.choice([self._task.issuing, *self._active])
        self._revocable.append(self._issued(authority, self._csr))

    def issue_for_token(self) -> None:
        """Issue a certificate for a token with which others ask at the same time."""
        token = f"{self._task.round_number}-{self._random.randrange(TOKENS_OF_A_ROUND)}"
        self._issued(self._task.issuing, self._csr, IdempotencyToken=token)

    def issue_by_command(self) -> None:
        """Run the command line, which prints into the journal."""
        if self._task.served:
            return
        words = ("issue-certificate", "--certificate-authority-arn", self._task.issuing, "--output", "text")
        asked = ("--csr", f"fileb://{self._task.csr}", "--validity", "Value=30,Type=DAYS")
        self._run(*words, *asked, "--signing-algorithm", P256.signing)

    def revoke(self) -> None:
        """Revoke a certificate of one's own."""
        if not self._revocable:
            return
        certificate = self._revocable.pop(self._random.randrange(len(self._revocable)))
        authority, serial = certificate.partition("/certificate/")[0], serial_of(certificate)
        self._call("RevokeCertificate", authority, CertificateSerial=serial, RevocationReason="SUPERSEDED")
        self._journal.revoked(certificate)

    def import_certificate(self) -> None:
        """Make a CA, and install the certificate that the root signs for it."""
        crl_type = self._random.choice(["COMPLETE", "PARTITIONED"])
        crl = {"Enabled": True, "ExpirationInDays": 7, "S3BucketName": BUCKET, "CrlType": crl_type}
        configuration = {"KeyAlgorithm": P256.key, "SigningAlgorithm": P256.signing, "Subject": {"CommonName": "Child"}}
        request = {
            "CertificateAuthorityType": "SUBORDINATE",
            "CertificateAuthorityConfiguration": configuration,
            "RevocationConfiguration": {"CrlConfiguration": crl},
        }
        created = self._service.call("CreateCertificateAuthority", request)
        authority = self._text(created, "CertificateAuthorityArn")
        self._journal.state(authority, "PENDING_CERTIFICATE")
        csr = self._text(self._call("GetCertificateAuthorityCsr", authority), "Csr").encode()
        template = f"arn:aws:acm-pca:::template/{ISSUING_TEMPLATE}"
        issued = self._issued(self._task.root, csr, TemplateArn=template, Validity={"Type": "DAYS", "Value": 365})
        found = self._call("GetCertificate", self._task.root, CertificateArn=issued)
        blobs = {name: self._text(found, name).encode() for name in ("Certificate", "CertificateChain")}
        self._journal.trying(authority, "ACTIVE")
        self._call("ImportCertificateAuthorityCertificate", authority, **blobs)
        self._journal.state(authority, "ACTIVE")
        self._active.append(authority)

    def delete(self) -> None:
        """Disable a CA of one's own and delete it."""
        if not self._active:
            return
        authority = self._active.pop()
        self._revocable = [one for one in self._revocable if not one.startswith(authority)]
        self._journal.trying(authority, "DISABLED")
        self._call("UpdateCertificateAuthority", authority, Status="DISABLED")
        self._journal.state(authority, "DISABLED")
        self._journal.trying(authority, "DELETED")
        self._call("DeleteCertificateAuthority", authority, PermanentDeletionTimeInDays=7)
        self._journal.state(authority, "DELETED")
        self._deleted.append(authority)

    def restore(self) -> None:
        """Restore a CA that was deleted, and let it issue again."""
        if not self._deleted:
            return
        authority = self._deleted.pop()
        self._journal.trying(authority, "DISABLED")
        self._call("RestoreCertificateAuthority", authority)
        self._journal.state(authority, "DISABLED")
        self._journal.trying(authority, "ACTIVE")
        self._call("UpdateCertificateAuthority", authority, Status="ACTIVE")
        self._journal.state(authority, "ACTIVE")
        self._active.append(authority)

    def rotate_key(self) -> None:
        """Encrypt the keys of all CAs anew, while others use them."""
        if self._task.administration.rotates:
            self._run("local", "rotate-key")

    def back_up(self) -> None:
        """Write a backup, and beside it what has been promised by then."""
        administration = self._task.administration
        if administration.backups is None:
            return
        file = administration.backups / f"{self._random.getrandbits(64):016x}{BACKUP_SUFFIX}"
        shutil.copytree(self._journal.path.parent, promises_of(file))
        self._run("local", "backup", str(file), "--passphrase-file", str(administration.passphrase))

    def _run(self, *words: str) -> None:
        """Run the command line beside everybody else; it prints into the journal."""
        from pcacli.cli.main import run

        with patch.dict(os.environ, self._task.administration.environment, clear=True):
            exit_code = run(words)
        if exit_code and not self._task.database_crashes:
            self._journal.complain(f"exit code {exit_code} of {shlex.join(words)}")


def promises_of(backup: Path) -> Path:
    """Return the folder with the journals of all processes as they were before a backup was begun."""
    return backup.with_suffix(".journals")


_ACTIONS: Mapping[Callable[[Client], None], int] = {
    Client.issue: 30,
    Client.issue_for_token: 10,
    Client.issue_by_command: 10,
    Client.revoke: 30,
    Client.import_certificate: 6,
    Client.delete: 4,
    Client.restore: 2,
    Client.rotate_key: 2,
    Client.back_up: 2,
}
"""What clients do, and how often in comparison."""


def become(environment: Mapping[str, str], journal: Journal, work: Path, *, may_complain: bool) -> None:
    """Let this process be one of the command line: its environment, its folder, and the journal for its output.

    Whatever it says on standard error is a complaint in the journal, unless it may complain.
    """
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(work)
    os.dup2(journal.descriptor, 1)
    os.dup2(os.open(os.devnull, os.O_WRONLY) if may_complain else journal.descriptor, 2)
