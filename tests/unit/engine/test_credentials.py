"""Access keys: made with a secret that is shown once, found by their identifier, gone when they are deleted."""

import pytest

from pcacli.engine import credentials, trail
from pcacli.engine.context import root_of_account
from pcacli.errors import DamagedStore, UsageProblem
from tests.support.embedded import ACCOUNT, REGION, Embedded


@pytest.fixture
def embedded() -> Embedded:
    return Embedded()


def test_a_key_calls_in_the_name_of_its_account_and_place(embedded: Embedded) -> None:
    owner = root_of_account(ACCOUNT, REGION)._replace(organization_id="o-a1", organization_path="o-a1/r-b2/ou-b2-c3/")
    made = credentials.create(embedded.parts, owner)
    access_key = credentials.find(embedded.parts, made.access_key_id)
    assert access_key is not None
    assert credentials.secret(embedded.parts, access_key) == made.secret_access_key
    assert credentials.caller(access_key, REGION) == owner
    assert credentials.caller(access_key, "cn-north-1").arn == f"arn:aws-cn:iam::{ACCOUNT}:root"


def test_a_key_looks_like_one_of_aws_but_cannot_be_taken_for_it(embedded: Embedded) -> None:
    made = credentials.create(embedded.parts, embedded.owner)
    assert len(made.access_key_id) == 20
    assert made.access_key_id.startswith("PCAK")
    assert len(made.secret_access_key) == 40


def test_a_secret_cannot_be_given_to_another_key(embedded: Embedded) -> None:
    first, second = (credentials.create(embedded.parts, embedded.owner) for _ in range(2))
    stolen = credentials.find(embedded.parts, first.access_key_id)
    assert stolen is not None
    forged = stolen._replace(access_key_id=second.access_key_id)
    with embedded.store.write() as transaction:
        transaction.put_access_key(forged)
    with pytest.raises(DamagedStore, match="not what it is stored as"):
        credentials.secret(embedded.parts, forged)


def test_a_deleted_key_is_gone(embedded: Embedded) -> None:
    made = credentials.create(embedded.parts, embedded.owner)
    credentials.delete(embedded.parts, made.access_key_id, embedded.owner)
    assert credentials.listed(embedded.parts) == []
    with pytest.raises(UsageProblem, match=f"There is no access key {made.access_key_id}"):
        credentials.delete(embedded.parts, made.access_key_id, embedded.owner)


def test_making_and_deleting_a_key_stands_in_the_audit_trail_of_its_account(embedded: Embedded) -> None:
    made = credentials.create(embedded.parts, embedded.owner)
    somebody = root_of_account("444455556666", REGION)
    credentials.delete(embedded.parts, made.access_key_id, somebody)
    with embedded.store.read() as snapshot:
        entries = list(snapshot.trail(ACCOUNT))
    assert [(entry.action, entry.resource, entry.account) for entry in entries] == [
        ("CreateAccessKey", made.access_key_id, ACCOUNT),
        ("DeleteAccessKey", made.access_key_id, "444455556666"),
    ]
    assert trail.verify(entries).keys() == {ACCOUNT}
    assert made.secret_access_key not in repr(entries)
