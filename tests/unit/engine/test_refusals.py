"""Every exception of the model, and ValidationException and AccessDeniedException, which every action may answer.

`refusals.json` says what to change in a request that works (tests/support/requests.json) so that it is refused; null
takes a member out. A sentence there says why the embedded authority never answers so by itself: there a fault does.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pcacli.api.catalogue import OPERATIONS
from pcacli.engine.context import Caller, root_of_account, service_in_account
from pcacli.engine.faults import Fault, put_faults
from pcacli.engine.quotas import QUOTAS, put_limits
from pcacli.engine.store import sqlite
from pcacli.engine.timing import AWS, put_timing
from pcacli.errors import ServiceError
from tests.support import policies
from tests.support.crafted import leaf_csr
from tests.support.dump import LogicalDump, logical_dump
from tests.support.embedded import ACCOUNT, REGION
from tests.support.world import ACM, REQUESTS, World

TABLE: Mapping[str, Mapping[str, Any]] = json.loads(
    Path(__file__).with_name("refusals.json").read_text(encoding="utf-8")
)
CASES = [(operation, code) for operation, codes in TABLE.items() for code in codes]
COMPLETE_CRL = {"CrlConfiguration": {"Enabled": True, "ExpirationInDays": 7, "S3BucketName": "bucket"}}


class Town(World):
    """A world in a database where things are unfinished: what its makers make is made in this order."""

    def __init__(self, directory: Path) -> None:
        super().__init__(store=sqlite.create(directory), is_test_store=True)
        self._directory = directory
        for name in self.makers:
            self.named(name)
        self.artifacts.break_bucket("broken")

    def take_time(self) -> None:
        with self.store.write() as transaction:
            put_timing(transaction, AWS)

    def report(self, arn: str) -> str:
        asked = {**REQUESTS["CreateCertificateAuthorityAuditReport"], "CertificateAuthorityArn": arn}
        self.call("CreateCertificateAuthorityAuditReport", **asked)
        return arn

    @contextmanager
    def circumstances(self, operation: str, code: str) -> Iterator[None]:
        """Use up all quotas, or add a fault, if it takes that to provoke the exception."""
        limits = dict.fromkeys(QUOTAS, 1) if code == "LimitExceededException" else {}
        faults = [Fault(1, operation, code)] if isinstance(TABLE[operation][code], str) else []
        with self.store.write() as transaction:
            put_limits(transaction, limits)
            put_faults(transaction, faults)
        yield
        with self.store.write() as transaction:
            put_limits(transaction, {})
            put_faults(transaction, [])

    def dump(self) -> tuple[LogicalDump, int]:
        """Return what a refusal leaves alone: the store with its keys, and how often buckets were written to."""
        return logical_dump(self._directory), len(self.artifacts.writes)


def _full(town: Town) -> str:
    arn = town.active_root(RevocationConfiguration=COMPLETE_CRL)
    town.revoke(arn, town.issue(arn, leaf_csr()))
    return arn


def _lockout_policy(town: Town) -> str:
    denied = policies.statement(town.named("root"), {"AWS": ACCOUNT}, "acm-pca:PutPolicy", Effect="Deny")
    return json.dumps(policies.document(denied))


def _reporting(town: Town) -> str:
    arn = town.active_root()
    town.take_time()
    return town.report(arn)


Town.makers = {
    **World.makers,
    "root-pem": lambda town: town.pem_of_authority(town.named("root")),
    "full": _full,
    "serial-of-full": lambda town: town.issue(town.named("full"), leaf_csr()).rpartition("/")[2],
    "fifty-tags": lambda _: [{"Key": f"tag{number}"} for number in range(50)],
    "lockout-policy": _lockout_policy,
    "just-reported": lambda town: town.report(town.active_root()),
    "reporting": _reporting,
    # From here on everything takes its time.
    "unfinished": lambda town: town.issue(town.named("root"), leaf_csr()),
    "unfinished-serial": lambda town: town.named("unfinished").rpartition("/")[2],
    "creating": lambda town: town.create(),
}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return Town(tmp_path_factory.mktemp("town"))


def request_of(town: Town, operation: str, changes: Mapping[str, Any]) -> dict[str, Any]:
    members = {**REQUESTS[operation], **changes}
    request: dict[str, Any] = town.filled_in({name: value for name, value in members.items() if value is not None})
    return request


@pytest.mark.fact("5.3", "unusable-bucket")
@pytest.mark.fact("1.2", "switching")
@pytest.mark.fact("1.1", "actions")
@pytest.mark.parametrize(("operation", "code"), CASES)
def test_every_exception_can_be_provoked_and_changes_nothing(town: Town, operation: str, code: str) -> None:
    given = TABLE[operation][code]
    request = request_of(town, operation, {} if isinstance(given, str) else given)
    with town.circumstances(operation, code):
        before = town.dump()
        with pytest.raises(ServiceError) as refusal:
            town.call(operation, **request)
        assert (refusal.value.code, refusal.value.operation) == (code, operation), refusal.value.message
        assert town.dump() == before


def stranger(operation: str) -> Caller:
    """Return a caller who may not do it: another account, or a service where every account may."""
    takes_arn = {"CertificateAuthorityArn", "ResourceArn"} & set(REQUESTS[operation])
    if takes_arn:
        return root_of_account("999900001111", REGION)
    return service_in_account(ACM, root_of_account(ACCOUNT, REGION))


@pytest.mark.fact("7.4", "resource")
@pytest.mark.fact("7.1", "denied")
@pytest.mark.parametrize("operation", OPERATIONS)
def test_whoever_may_not_do_it_is_denied_and_changes_nothing(town: Town, operation: str) -> None:
    request = request_of(town, operation, {})
    before = town.dump()
    with pytest.raises(ServiceError, match=f"not authorized to perform: acm-pca:{operation}") as refusal:
        town.call(operation, stranger(operation), **request)
    assert refusal.value.code == "AccessDeniedException"
    assert town.dump() == before


def test_the_table_has_every_exception_of_the_model() -> None:
    expected = {name: {*operation.errors, "ValidationException"} for name, operation in OPERATIONS.items()}
    assert {name: set(codes) for name, codes in TABLE.items()} == expected


def test_the_dump_sees_a_change(town: Town) -> None:
    before = town.dump()
    town.call("TagCertificateAuthority", **request_of(town, "TagCertificateAuthority", {}))
    assert town.dump() != before
