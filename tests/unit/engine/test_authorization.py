"""Who may do what: one test for each sentence about permissions and policies in AWS's descriptions of the actions.

The sentences are those of CreatePermission, DeletePermission, ListPermissions, PutPolicy, GetPolicy, DeletePolicy,
ListTags and ListCertificateAuthorities in the API reference.
"""

import json
from typing import Any

import pytest

from pcacli.api.catalogue import OPERATIONS
from pcacli.engine.context import Caller, root_of_account, service_in_account
from pcacli.errors import ServiceError
from tests.support.crafted import leaf_csr
from tests.support.embedded import ACCOUNT, REGION, Embedded
from tests.support.policies import document, for_account, for_organization, statement

ACM = "acm.amazonaws.com"
GRANTABLE = ("IssueCertificate", "GetCertificate", "ListPermissions")
SHAREABLE = (
    "DescribeCertificateAuthority",
    "GetCertificate",
    "GetCertificateAuthorityCertificate",
    "IssueCertificate",
    "ListPermissions",
    "ListTags",
    "RevokeCertificate",
)
CA_ACTIONS = sorted(OPERATIONS.keys() - {"CreateCertificateAuthority", "ListCertificateAuthorities"})

OWNER = root_of_account(ACCOUNT, REGION)
OTHER = root_of_account("444455556666", REGION)
MEMBER = OTHER._replace(organization_id="o-abc", organization_path="o-abc/r-ab12/ou-ab12-11111111/")
ACM_OF_OWNER = service_in_account(ACM, OWNER)
ACM_OF_OTHER = service_in_account(ACM, OTHER)


@pytest.fixture
def embedded() -> Embedded:
    return Embedded()


@pytest.fixture
def root(embedded: Embedded) -> str:
    return embedded.active_root()


def grant(embedded: Embedded, arn: str, *actions: str, **members: Any) -> None:
    asked = {"Principal": ACM, "Actions": list(actions), **members}
    embedded.call("CreatePermission", CertificateAuthorityArn=arn, **asked)


def put(embedded: Embedded, arn: str, policy: str) -> None:
    embedded.call("PutPolicy", ResourceArn=arn, Policy=policy)


def listed(embedded: Embedded, caller: Caller, **members: Any) -> list[str]:
    found = embedded.call("ListCertificateAuthorities", caller, **members)["CertificateAuthorities"]
    return [authority["Arn"] for authority in found]


def request_of(operation: str, arn: str) -> dict[str, Any]:
    """Return a request that names the CA and passes the checks that come before the question of who calls."""
    named = {"ResourceArn": arn} if "Policy" in operation else {"CertificateAuthorityArn": arn}
    others: dict[str, dict[str, Any]] = {
        "IssueCertificate": {
            "Csr": leaf_csr(),
            "SigningAlgorithm": "SHA256WITHECDSA",
            "Validity": {"Type": "DAYS", "Value": 30},
        },
        "GetCertificate": {"CertificateArn": f"{arn}/certificate/{'0' * 31}1"},
        "RevokeCertificate": {"CertificateSerial": "01:02:03:04:05:06:07:08", "RevocationReason": "UNSPECIFIED"},
        "CreatePermission": {"Principal": ACM, "Actions": ["GetCertificate"]},
        "DeletePermission": {"Principal": ACM},
        "PutPolicy": {"Policy": for_account(arn, OTHER.account)},
        "TagCertificateAuthority": {"Tags": [{"Key": "k"}]},
        "UntagCertificateAuthority": {"Tags": [{"Key": "k"}]},
        "ImportCertificateAuthorityCertificate": {"Certificate": b"x"},
        "UpdateCertificateAuthority": {"Status": "DISABLED"},
        "CreateCertificateAuthorityAuditReport": {"S3BucketName": "bucket", "AuditReportResponseFormat": "JSON"},
        "DescribeCertificateAuthorityAuditReport": {"AuditReportId": "0a1b2c3d-0000-4000-8000-000000000000"},
    }
    return {**named, **others.get(operation, {})}


def denied(embedded: Embedded, operation: str, caller: Caller, arn: str) -> bool:
    """Tell whether a call fails for the lack of permission, and not for anything that comes later."""
    try:
        embedded.call(operation, caller, **request_of(operation, arn))
    except ServiceError as refusal:
        return refusal.code == "AccessDeniedException"
    return False


@pytest.mark.fact("7.3")
def test_permissions_let_acm_issue_fetch_and_list_in_the_account_of_the_ca(embedded: Embedded, root: str) -> None:
    grant(embedded, root, *GRANTABLE)
    issued = embedded.issue(root, leaf_csr(), caller=ACM_OF_OWNER)
    embedded.call("GetCertificate", ACM_OF_OWNER, CertificateAuthorityArn=root, CertificateArn=issued)
    permissions = embedded.call("ListPermissions", ACM_OF_OWNER, CertificateAuthorityArn=root)["Permissions"]
    assert [permission["Actions"] for permission in permissions] == [list(GRANTABLE)]


@pytest.mark.fact("7.3", "enforced")
@pytest.mark.parametrize("granted", GRANTABLE)
def test_acm_may_do_what_it_was_granted_and_nothing_else(embedded: Embedded, root: str, granted: str) -> None:
    grant(embedded, root, granted)
    assert [action for action in CA_ACTIONS if not denied(embedded, action, ACM_OF_OWNER, root)] == [granted]


@pytest.mark.fact("7.3")
def test_acm_may_do_nothing_once_the_permission_is_revoked(embedded: Embedded, root: str) -> None:
    grant(embedded, root, *GRANTABLE)
    embedded.call("DeletePermission", CertificateAuthorityArn=root, Principal=ACM)
    assert all(denied(embedded, action, ACM_OF_OWNER, root) for action in CA_ACTIONS)


@pytest.mark.fact("7.3")
def test_a_policy_is_no_permission_for_acm_in_the_account_of_the_ca(embedded: Embedded, root: str) -> None:
    put(embedded, root, for_account(root, ACCOUNT))
    assert all(denied(embedded, action, ACM_OF_OWNER, root) for action in CA_ACTIONS)


@pytest.mark.fact("7.3")
def test_permissions_do_not_reach_other_accounts(embedded: Embedded, root: str) -> None:
    grant(embedded, root, *GRANTABLE, SourceAccount=OTHER.account)
    assert all(denied(embedded, action, ACM_OF_OTHER, root) for action in CA_ACTIONS)
    assert all(denied(embedded, action, ACM_OF_OWNER, root) for action in CA_ACTIONS)


@pytest.mark.fact("7.3")
def test_permissions_are_for_acm_and_not_for_other_services(embedded: Embedded, root: str) -> None:
    grant(embedded, root, *GRANTABLE)
    connector = service_in_account("pca-connector-ad.amazonaws.com", OWNER)
    assert all(denied(embedded, action, connector, root) for action in CA_ACTIONS)


@pytest.mark.fact("7.1")
def test_a_policy_lets_a_user_of_acm_issue_from_a_ca_of_another_account(embedded: Embedded, root: str) -> None:
    put(embedded, root, for_account(root, OTHER.account))
    issued = embedded.issue(root, leaf_csr(), caller=ACM_OF_OTHER)
    embedded.call("GetCertificate", ACM_OF_OTHER, CertificateAuthorityArn=root, CertificateArn=issued)


@pytest.mark.fact("6", "service")
def test_what_acm_asked_for_shows_so_in_the_audit_report(embedded: Embedded, root: str) -> None:
    grant(embedded, root, *GRANTABLE)
    issued = embedded.issue(root, leaf_csr(), caller=ACM_OF_OWNER)
    report = embedded.call(
        "CreateCertificateAuthorityAuditReport",
        CertificateAuthorityArn=root,
        S3BucketName="bucket",
        AuditReportResponseFormat="JSON",
    )
    records = json.loads(embedded.artifacts.get("bucket", report["S3Key"]) or b"")
    services = {record["certificateArn"]: record.get("requestedByServicePrincipal") for record in records}
    assert services.pop(issued) == ACM
    assert set(services.values()) == {None}


@pytest.mark.fact("7.3")
def test_the_true_reason_why_acm_cannot_issue_comes_with_the_way_out(embedded: Embedded, root: str) -> None:
    with pytest.raises(ServiceError, match=f"User: {ACM} is not authorized to perform: acm-pca:Issue") as refusal:
        embedded.issue(root, leaf_csr(), caller=ACM_OF_OWNER)
    assert f"create-permission --certificate-authority-arn {root}" in (refusal.value.hint or "")


@pytest.mark.fact("7.3")
@pytest.mark.parametrize("action", ["CreateCertificateAuthority", "ListCertificateAuthorities"])
def test_services_do_not_act_on_the_account_as_a_whole(embedded: Embedded, action: str) -> None:
    subject = {"KeyAlgorithm": "EC_prime256v1", "SigningAlgorithm": "SHA256WITHECDSA", "Subject": {"CommonName": "x"}}
    new = {"CertificateAuthorityType": "ROOT", "CertificateAuthorityConfiguration": subject}
    wanted = f"resource: arn:aws:acm-pca:{REGION}:{ACCOUNT}:certificate-authority/. because no identity-based policy"
    with pytest.raises(ServiceError, match=wanted):
        embedded.call(action, ACM_OF_OWNER, **(new if action.startswith("Create") else {}))


@pytest.mark.fact("7.3", "active-only")
@pytest.mark.parametrize("operation", ["CreatePermission", "DeletePermission"])
def test_permissions_change_only_while_the_ca_is_active(embedded: Embedded, root: str, operation: str) -> None:
    grant(embedded, root, *GRANTABLE)
    embedded.call("UpdateCertificateAuthority", CertificateAuthorityArn=root, Status="DISABLED")
    with pytest.raises(ServiceError) as refusal:
        embedded.call(operation, **request_of(operation, root))
    assert refusal.value.code == "InvalidStateException"
    assert embedded.call("ListPermissions", CertificateAuthorityArn=root)["Permissions"]


@pytest.mark.fact("7.3", "actions")
@pytest.mark.parametrize("actions", [[], ["RevokeCertificate"], [*GRANTABLE, "GetCertificate"]])
def test_one_to_three_of_three_actions_can_be_granted(embedded: Embedded, root: str, actions: list[str]) -> None:
    with pytest.raises(ServiceError) as refusal:
        grant(embedded, root, *actions)
    assert refusal.value.code == "ValidationException"


@pytest.mark.fact("7.1", "principals")
@pytest.mark.parametrize(
    ("policy_for", "caller"),
    [(lambda arn: for_account(arn, OTHER.account), OTHER), (lambda arn: for_organization(arn, "o-abc"), MEMBER)],
    ids=["account", "organization"],
)
def test_a_policy_grants_access_to_an_account_or_an_organization(
    embedded: Embedded, root: str, policy_for: Any, caller: Caller
) -> None:
    put(embedded, root, policy_for(root))
    allowed = [action for action in CA_ACTIONS if not denied(embedded, action, caller, root)]
    assert allowed == [action for action in SHAREABLE if action != "RevokeCertificate"]
    stranger = root_of_account("777788889999", REGION)
    assert all(denied(embedded, action, stranger, root) for action in CA_ACTIONS)


@pytest.mark.fact("7.1")
def test_a_policy_grants_access_to_an_organizational_unit(embedded: Embedded, root: str) -> None:
    unit = {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-abc/*/ou-ab12-11111111/*"}}
    put(embedded, root, json.dumps(document(statement(root, "*", "acm-pca:ListTags", Condition=unit))))
    assert not denied(embedded, "ListTags", MEMBER, root)
    assert denied(embedded, "ListTags", MEMBER._replace(organization_path="o-abc/r-ab12/ou-ab12-2/"), root)


@pytest.mark.fact("7.1")
def test_no_policy_can_share_more_than_seven_actions(embedded: Embedded, root: str) -> None:
    for action in CA_ACTIONS:
        issuing = {
            "Condition": {"StringEquals": {"acm-pca:TemplateArn": "arn:aws:acm-pca:::template/EndEntityCertificate/V1"}}
        }
        one = statement(
            root, {"AWS": OTHER.account}, f"acm-pca:{action}", **issuing if action == "IssueCertificate" else {}
        )
        policy = json.dumps(document(one))
        if action in SHAREABLE:
            put(embedded, root, policy)
            assert [other for other in CA_ACTIONS if not denied(embedded, other, OTHER, root)] == [action]
        else:
            with pytest.raises(ServiceError) as refusal:
                put(embedded, root, policy)
            assert refusal.value.code == "InvalidPolicyException"


@pytest.mark.fact("7.1")
def test_policies_are_under_the_control_of_the_owner(embedded: Embedded, root: str) -> None:
    put(embedded, root, for_account(root, OTHER.account))
    for action in ("PutPolicy", "GetPolicy", "DeletePolicy"):
        assert denied(embedded, action, OTHER, root)


@pytest.mark.fact("7.1", "replace")
def test_a_put_policy_replaces_the_one_before(embedded: Embedded, root: str) -> None:
    put(embedded, root, for_account(root, "777788889999"))
    put(embedded, root, for_account(root, OTHER.account))
    assert not denied(embedded, "ListTags", OTHER, root)
    assert denied(embedded, "ListTags", root_of_account("777788889999", REGION), root)


@pytest.mark.fact("7.1")
@pytest.mark.parametrize(
    ("effect", "code"), [("Allow", "InvalidPolicyException"), ("Deny", "LockoutPreventedException")]
)
def test_a_refused_policy_leaves_the_one_before(embedded: Embedded, root: str, effect: str, code: str) -> None:
    policy = for_account(root, OTHER.account)
    put(embedded, root, policy)
    with pytest.raises(ServiceError) as refusal:
        put(embedded, root, json.dumps(document(statement(root, "*", "acm-pca:*", Effect=effect))))
    assert refusal.value.code == code
    assert embedded.call("GetPolicy", ResourceArn=root) == {"Policy": policy}


@pytest.mark.fact("7.1", "delete")
def test_deleting_the_policy_removes_the_access_and_deleting_it_again_succeeds(embedded: Embedded, root: str) -> None:
    put(embedded, root, for_account(root, OTHER.account))
    for _ in range(2):
        assert embedded.call("DeletePolicy", ResourceArn=root) == {}
        assert all(denied(embedded, action, OTHER, root) for action in CA_ACTIONS)


@pytest.mark.fact("7.1")
@pytest.mark.parametrize("missing", ["policy", "resource"])
def test_a_policy_or_resource_that_cannot_be_found_is_not_found(embedded: Embedded, root: str, missing: str) -> None:
    arn = root if missing == "policy" else f"{root[:-1]}f"
    with pytest.raises(ServiceError) as refusal:
        embedded.call("GetPolicy", ResourceArn=arn)
    assert refusal.value.code == "ResourceNotFoundException"


@pytest.mark.fact("8")
def test_the_tags_of_a_shared_ca_can_be_listed_and_not_changed(embedded: Embedded) -> None:
    arn = embedded.create(Tags=[{"Key": "k", "Value": "v"}])
    put(embedded, arn, for_account(arn, OTHER.account))
    assert embedded.call("ListTags", OTHER, CertificateAuthorityArn=arn)["Tags"] == [{"Key": "k", "Value": "v"}]
    assert denied(embedded, "TagCertificateAuthority", OTHER, arn)
    assert denied(embedded, "UntagCertificateAuthority", OTHER, arn)


@pytest.mark.fact("7.3", "resource-owner")
def test_shared_cas_are_listed_as_those_of_other_accounts_with_their_owner(embedded: Embedded) -> None:
    shared, kept = embedded.create(), embedded.create()
    put(embedded, shared, for_account(shared, OTHER.account))
    assert listed(embedded, OTHER) == listed(embedded, OTHER, ResourceOwner="SELF") == []
    assert listed(embedded, OTHER, ResourceOwner="OTHER_ACCOUNTS") == [shared]
    assert listed(embedded, OTHER._replace(region="us-east-1"), ResourceOwner="OTHER_ACCOUNTS") == []
    assert listed(embedded, OWNER) == listed(embedded, OWNER, ResourceOwner="SELF") == [shared, kept]
    assert listed(embedded, OWNER, ResourceOwner="OTHER_ACCOUNTS") == []
    described = embedded.call("DescribeCertificateAuthority", OTHER, CertificateAuthorityArn=shared)
    assert described["CertificateAuthority"]["OwnerAccount"] == ACCOUNT


@pytest.mark.fact("9")
def test_shared_cas_come_in_pages_of_a_list_of_their_own(embedded: Embedded) -> None:
    arns = [embedded.create() for _ in range(3)]
    for arn in arns:
        put(embedded, arn, for_account(arn, OTHER.account))
    asked = {"ResourceOwner": "OTHER_ACCOUNTS", "MaxResults": 2}
    first = embedded.call("ListCertificateAuthorities", OTHER, **asked)
    assert [one["Arn"] for one in first["CertificateAuthorities"]] == arns[:2]
    assert listed(embedded, OTHER, **asked, NextToken=first["NextToken"]) == arns[2:]
    with pytest.raises(ServiceError) as refusal:
        listed(embedded, OTHER, NextToken=first["NextToken"])
    assert refusal.value.code == "InvalidNextTokenException"


@pytest.mark.fact("9")
def test_a_page_that_ended_with_a_ca_that_is_gone_has_no_next_one(embedded: Embedded) -> None:
    arns = [embedded.create() for _ in range(2)]
    page = embedded.call("ListCertificateAuthorities", MaxResults=1)
    with embedded.store.write() as transaction:
        transaction.remove_authority(transaction.authorities()[0].arn)
    assert listed(embedded, OWNER) == arns[1:]
    with pytest.raises(ServiceError) as refusal:
        listed(embedded, OWNER, NextToken=page["NextToken"])
    assert refusal.value.code == "InvalidNextTokenException"


@pytest.mark.fact("7.4", "template-condition")
@pytest.mark.fact("7.1")
def test_the_default_template_counts_where_none_is_asked_for(embedded: Embedded, root: str) -> None:
    put(embedded, root, for_account(root, OTHER.account))
    embedded.issue(root, leaf_csr(), caller=OTHER)
    passthrough = "arn:aws:acm-pca:::template/BlankEndEntityCertificate_APICSRPassthrough/V1"
    with pytest.raises(ServiceError) as refusal:
        embedded.issue(root, leaf_csr(), caller=OTHER, TemplateArn=passthrough)
    assert refusal.value.message == (
        f"User: arn:aws:iam::444455556666:root is not authorized to perform: acm-pca:IssueCertificate on resource: "
        f"{root} because no resource-based policy allows the acm-pca:IssueCertificate action"
    )
    assert "EndEntityCertificate/V1" in (refusal.value.hint or "")


@pytest.mark.fact("1.3")
def test_a_ca_of_another_account_is_denied_whether_it_exists_or_not(embedded: Embedded, root: str) -> None:
    for arn in (root, f"{root[:-1]}f"):
        assert all(denied(embedded, action, OTHER, arn) for action in CA_ACTIONS)


@pytest.mark.fact("7.1")
def test_a_shared_ca_obeys_its_state_as_for_its_owner(embedded: Embedded) -> None:
    arn = embedded.create()
    put(embedded, arn, for_account(arn, OTHER.account))
    with pytest.raises(ServiceError) as refusal:
        embedded.issue(arn, leaf_csr(), caller=OTHER)
    assert refusal.value.code == "InvalidStateException"


@pytest.mark.fact("7.1")
def test_what_others_do_is_recorded_with_their_account(embedded: Embedded, root: str) -> None:
    put(embedded, root, for_account(root, OTHER.account))
    embedded.issue(root, leaf_csr(), caller=OTHER)
    with embedded.store.read() as snapshot:
        last = list(snapshot.trail(root))[-1]
    assert (last.action, last.account, last.caller) == ("IssueCertificate", OTHER.account, OTHER.arn)
