"""Shares as AWS RAM keeps them, behind `pcacli local share`."""

import json

import pytest

from pcacli.engine import shares
from pcacli.engine.context import root_of_account
from pcacli.engine.policies.managed_permissions import DEFAULT_PERMISSION
from pcacli.errors import ServiceError, UsageProblem
from tests.support.crafted import leaf_csr
from tests.support.embedded import REGION, Embedded
from tests.support.policies import document, for_account, statement

OTHER = root_of_account("444455556666", REGION)
REVOKE_PERMISSION = "AWSRAMRevokeCertificateCertificateAuthority"


@pytest.fixture
def embedded() -> Embedded:
    return Embedded()


@pytest.fixture
def root(embedded: Embedded) -> str:
    return embedded.active_root()


def add(embedded: Embedded, arn: str, principal: str = OTHER.account, permission: str = DEFAULT_PERMISSION) -> str:
    return shares.add(embedded.parts, embedded.owner, arn, principal, permission).share_id


def listed(embedded: Embedded) -> list[tuple[str, str, str | None, str | None]]:
    return [
        (share.share_id, str(share.authority), share.principal, share.permission)
        for share in shares.listed(embedded.parts, embedded.owner)
    ]


@pytest.mark.fact("7.2", "revoking")
def test_revoking_takes_a_second_share_beside_the_default_one(embedded: Embedded, root: str) -> None:
    add(embedded, root)
    serial = embedded.issue(root, leaf_csr(), caller=OTHER).rpartition("/")[2]
    revocation = {"CertificateAuthorityArn": root, "CertificateSerial": serial, "RevocationReason": "SUPERSEDED"}
    with pytest.raises(ServiceError, match="acm-pca:RevokeCertificate action"):
        embedded.call("RevokeCertificate", OTHER, **revocation)
    add(embedded, root, permission=REVOKE_PERMISSION)
    embedded.call("RevokeCertificate", OTHER, **revocation)


@pytest.mark.fact("7.1")
def test_shares_stand_in_one_policy_beside_what_was_put_by_hand(embedded: Embedded, root: str) -> None:
    by_hand = json.loads(for_account(root, "777788889999"))
    embedded.call("PutPolicy", ResourceArn=root, Policy=json.dumps(by_hand))
    first, second = add(embedded, root), add(embedded, root, "o-abc/ou-ab12-11111111", REVOKE_PERMISSION)
    policy = json.loads(embedded.call("GetPolicy", ResourceArn=root)["Policy"])
    sids = [one["Sid"] for one in policy["Statement"]]
    assert policy["Statement"][:2] == by_hand["Statement"]
    assert sids[2:] == [f"{share}-external-principals" for share in (first, first, second)]
    assert listed(embedded) == [
        (first, root, OTHER.account, DEFAULT_PERMISSION),
        (second, root, "o-abc/ou-ab12-11111111", REVOKE_PERMISSION),
    ]


@pytest.mark.fact("7.1")
def test_ending_a_share_leaves_the_others_and_ending_the_last_leaves_no_policy(embedded: Embedded, root: str) -> None:
    first, second = add(embedded, root), add(embedded, root)
    shares.remove(embedded.parts, embedded.owner, first)
    assert [share[0] for share in listed(embedded)] == [second]
    shares.remove(embedded.parts, embedded.owner, second)
    with pytest.raises(ServiceError, match="Could not find policy"):
        embedded.call("GetPolicy", ResourceArn=root)


@pytest.mark.fact("7.1")
def test_deleting_the_policy_takes_the_ca_out_of_every_share(embedded: Embedded, root: str) -> None:
    add(embedded, root)
    add(embedded, root, "o-abc")
    kept = add(embedded, embedded.create())
    embedded.call("DeletePolicy", ResourceArn=root)
    assert [share[0] for share in listed(embedded)] == [kept]


@pytest.mark.fact("7.1")
def test_what_get_policy_shows_of_a_share_can_be_put_again(embedded: Embedded, root: str) -> None:
    share = add(embedded, root)
    policy = embedded.call("GetPolicy", ResourceArn=root)["Policy"]
    embedded.call("DeletePolicy", ResourceArn=root)
    embedded.call("PutPolicy", ResourceArn=root, Policy=policy)
    assert listed(embedded) == [(share, root, OTHER.account, DEFAULT_PERMISSION)]


def test_a_share_that_was_edited_by_hand_is_shown_as_far_as_it_can_be_read(embedded: Embedded, root: str) -> None:
    one, two = (f"{digit * 8}-0000-4000-8000-000000000000" for digit in "12")
    policy = document(
        statement(root, {"AWS": OTHER.account}, "acm-pca:ListTags", Sid=f"{one}-external-principals"),
        statement(root, {"AWS": [OTHER.account, "777788889999"]}, "acm-pca:ListTags", Sid=f"{two}-external-principals"),
    )
    embedded.call("PutPolicy", ResourceArn=root, Policy=json.dumps(policy))
    assert listed(embedded) == [(one, root, OTHER.account, None), (two, root, None, None)]


def test_every_change_of_a_share_is_recorded(embedded: Embedded, root: str) -> None:
    share = add(embedded, root)
    shares.remove(embedded.parts, embedded.owner, share)
    with embedded.store.read() as snapshot:
        assert [entry.action for entry in snapshot.trail(root)][-2:] == ["PutPolicy", "PutPolicy"]


def test_nobody_shares_a_ca_that_is_not_his(embedded: Embedded, root: str) -> None:
    with pytest.raises(ServiceError, match="not authorized to perform: acm-pca:PutPolicy"):
        shares.add(embedded.parts, OTHER, root, "777788889999", DEFAULT_PERMISSION)


def test_a_deleted_ca_is_not_shared(embedded: Embedded) -> None:
    arn = embedded.create()
    embedded.call("DeleteCertificateAuthority", CertificateAuthorityArn=arn)
    with pytest.raises(ServiceError) as refusal:
        add(embedded, arn)
    assert refusal.value.code == "InvalidStateException"


def test_a_principal_that_is_none_and_a_share_that_is_not_there_are_refused(embedded: Embedded, root: str) -> None:
    with pytest.raises(UsageProblem, match="nobody is no principal"):
        add(embedded, root, "nobody")
    with pytest.raises(UsageProblem, match="There is no share x"):
        shares.remove(embedded.parts, embedded.owner, "x")


def test_a_policy_does_not_grow_beyond_what_aws_keeps(embedded: Embedded, root: str) -> None:
    role = f"arn:aws:iam::444455556666:role/{'x' * 30_000}"
    add(embedded, root, role)
    with pytest.raises(UsageProblem, match="longer than 81920 characters"):
        add(embedded, root, role)
