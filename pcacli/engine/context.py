"""What the rules may not fetch for themselves: the time, randomness, identifiers, and who is calling."""

import os
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

SERVICE_SUFFIX = ".amazonaws.com"
"""How the names of AWS's service principals end."""

_PARTITION_OF_REGION_PREFIX = {"cn-": "aws-cn", "us-gov-": "aws-us-gov", "eusc-": "aws-eusc"}


class Context(NamedTuple):
    """The sources of everything that differs from one run to the next."""

    now: Callable[[], datetime]
    random_bytes: Callable[[int], bytes]
    new_uuid: Callable[[], str]


class Caller(NamedTuple):
    """Who calls, in which account and region; `arn` names them in the audit trail and in refusals.

    `service_principal` is set when an AWS service such as ACM calls for the account. `organization_id` and
    `organization_path` (`o-…/r-…/ou-…/`, as policies write it) say where AWS Organizations has the account.
    """

    account: str
    region: str
    arn: str
    service_principal: str | None = None
    organization_id: str | None = None
    organization_path: str | None = None

    @property
    def partition(self) -> str:
        """The partition of the caller's region: aws, aws-cn, aws-us-gov or aws-eusc."""
        for prefix, partition in _PARTITION_OF_REGION_PREFIX.items():
            if self.region.startswith(prefix):
                return partition
        return "aws"


def system_context() -> Context:
    """Return the real clock, in UTC with milliseconds as AWS keeps it, and the system's random source."""
    return Context(now=_now, random_bytes=os.urandom, new_uuid=lambda: str(uuid.uuid4()))


def root_of_account(account: str, region: str) -> Caller:
    """Return the caller that a command line is: the owner of the account."""
    caller = Caller(account, region, arn="")
    return caller._replace(arn=f"arn:{caller.partition}:iam::{account}:root")


def service_in_account(principal: str, account: Caller) -> Caller:
    """Return an AWS service that calls for an account."""
    return account._replace(service_principal=principal, arn=principal)


def _now() -> datetime:
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)
