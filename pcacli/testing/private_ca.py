"""`PrivateCA`: a test's own store, with clients for it and a hand on its clock and its faults."""

import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from pcacli.api.catalogue import OPERATIONS, command_name
from pcacli.engine import clock, faults
from pcacli.engine.administration import refresh
from pcacli.engine.authority import EmbeddedAuthority
from pcacli.engine.context import root_of_account, system_context
from pcacli.engine.home import Home
from pcacli.errors import UsageProblem
from pcacli.service.local import DEFAULT_ACCOUNT
from pcacli.testing import boto
from pcacli.testing.template import Template

_LOG = logging.getLogger("pcacli")
_OPERATIONS = {command_name(name).replace("-", "_"): name for name in OPERATIONS} | {name: name for name in OPERATIONS}


class PrivateCA:
    """A private CA service of a test's own: AWS's API and real certificates, without a network, an account or a bill.

    It is a test store in a folder (`directory`), made as a copy, so that tests do not see each other. `arns` are its
    CAs by name: without a seed file "root" and "issuing", both active. They are in `region` and in the account
    000000000000.
    """

    def __init__(self, directory: Path, arns: Mapping[str, str], region: str) -> None:
        self.directory = directory
        self.arns = dict(arns)
        self.region = region
        self._home = Home(directory)
        self._parts = self._home.open(system_context(), _LOG.warning)
        self._authority = EmbeddedAuthority(self._parts)

    @classmethod
    @contextmanager
    def copy_of(cls, template: Template, directory: Path) -> Iterator["PrivateCA"]:
        """Copy a template into a folder that is not there yet, for the length of a block."""
        shutil.copytree(template.directory, directory)
        copy = cls(directory, template.arns, template.region)
        try:
            yield copy
        finally:
            copy.close()
            shutil.rmtree(directory)

    @property
    def certificate_authority_arn(self) -> str:
        """The ARN of the CA to issue from: the last one of the seed file, without one "issuing"."""
        return list(self.arns.values())[-1]

    @cached_property
    def client(self) -> Any:
        """A boto3 client of ACM PCA, with its errors, waiters and paginators. It does not repeat what failed."""
        return self.new_client()

    def new_client(self, *, account_id: str = DEFAULT_ACCOUNT, region_name: str | None = None, **arguments: Any) -> Any:
        """Return another boto3 client, of any account and region; further arguments are those of `boto3.client`."""
        return boto.client(self._handler(account_id), region_name or self.region, **arguments)

    @contextmanager
    def answering_every_client(self) -> Iterator[None]:
        """Answer every client of ACM PCA in this process within the block, whoever made it and when."""
        with boto.every_client_answered(self._handler(DEFAULT_ACCOUNT)):
            yield

    @property
    def now(self) -> datetime:
        """The time in the store."""
        return self._parts.context.now()

    def advance(
        self, *, weeks: float = 0, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0
    ) -> datetime:
        """Let time pass, and what comes with it: CRLs are published, CAs and certificates expire. Returns the time.

        Raises:
            UsageProblem: that would be after the year 9000.
        """
        passed = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
        clock.advance(self._parts.store, passed, self._parts.context.now)
        refresh(self._parts)
        return self.now

    def fail(self, operation: str | None, error: str, *, message: str | None = None, times: int | None = None) -> None:
        """Let an action, such as "issue_certificate" or "IssueCertificate", answer with an error; None: every action.

        `error` is the name of the exception, `message` its text unless AWS's, `times` how often (None: always). An
        error that AWS never answers with is a mistake in the test.

        Raises:
            UsageProblem: there is no such action, or it has no such error.
        """
        if operation is not None and operation not in _OPERATIONS:
            raise UsageProblem(f"ACM PCA has no action {operation!r}; there are: {', '.join(OPERATIONS)}.")
        name = None if operation is None else _OPERATIONS[operation]
        faults.require_error_of(name, error)
        with self._parts.store.write() as transaction:
            faults.add(transaction, faults.Fault(0, name, error, message, times_left=times))

    def stop_failing(self) -> None:
        """Take back every `fail`."""
        with self._parts.store.write() as transaction:
            faults.put_faults(transaction, [])

    def read_object(self, bucket: str, key: str) -> bytes | None:
        """Return what was written to a bucket, a CRL or an audit report; None if there is no such object."""
        return self._home.buckets.get(bucket, key)

    @property
    def environment(self) -> dict[str, str]:
        """The variables with which another process uses this store through pcacli, beside those that are set now."""
        return {
            "AWS_ENDPOINT_URL_ACM_PCA": f"local:{self.directory}",
            "AWS_ACCOUNT_ID": DEFAULT_ACCOUNT,
            "AWS_REGION": self.region,
        }

    def run(self, *words: str) -> str:
        """Run a command of pcacli on this store, such as `run("pki", "list")`, and return what it prints.

        Raises:
            CalledProcessError: the exit code is not zero; `stderr` says why.
        """
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PCACLI_"))}
        done = subprocess.run(  # noqa: S603 - the program is ourselves
            [sys.executable, "-P", "-m", "pcacli", *words],
            env={**kept, **self.environment, "AWS_CONFIG_FILE": os.devnull},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        try:
            done.check_returncode()
        except subprocess.CalledProcessError as error:
            error.add_note(done.stderr)
            raise
        return done.stdout

    def close(self) -> None:
        """Let go of the store."""
        self._parts.store.close()

    def _handler(self, account_id: str) -> boto.Handler:
        return boto.handler(self._authority, root_of_account(account_id, self.region))
