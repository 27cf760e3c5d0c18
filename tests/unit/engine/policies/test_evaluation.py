"""What a policy allows: one table of principals and conditions against callers."""

import json
from typing import Any

import pytest

from pcacli.api.arns import AuthorityArn
from pcacli.engine.context import Caller, root_of_account, service_in_account
from pcacli.engine.policies.access import ACM, Access
from pcacli.engine.policies.document import allows, load, read_statements
from tests.support.policies import END_ENTITY, document, for_account, statement

CA = AuthorityArn("aws", "eu-central-1", "111122223333", "00000000-0000-4000-8000-000000000001")
CONNECTOR = "pca-connector-scep.amazonaws.com"

OWNER = root_of_account(CA.account, CA.region)
OTHER = root_of_account("444455556666", CA.region)
MEMBER = OTHER._replace(organization_id="o-abc", organization_path="o-abc/r-ab12/ou-ab12-11111111/ou-ab12-22222222/")
ROLE = OTHER._replace(arn="arn:aws:iam::444455556666:role/issuer")

CALLERS = {
    "other": OTHER,
    "member": MEMBER,
    "role": ROLE,
    "third": root_of_account("777788889999", CA.region),
    "ACM of other": service_in_account(ACM, OTHER),
    "ACM of member": service_in_account(ACM, MEMBER),
    "connector of owner": service_in_account(CONNECTOR, OWNER),
    "connector of member": service_in_account(CONNECTOR, MEMBER),
}
OF_OTHER = {"other", "member", "role", "ACM of other", "ACM of member"}
MEMBERS = {"member", "ACM of member"}

# Principal, Condition, and the callers for whom the statement counts.
CASES: dict[str, tuple[Any, Any, set[str]]] = {
    "an account": ({"AWS": "444455556666"}, {}, OF_OTHER),
    "an account by its root": ({"AWS": "arn:aws:iam::444455556666:root"}, {}, OF_OTHER),
    "several accounts": ({"AWS": ["444455556666", "777788889999"]}, {}, OF_OTHER | {"third"}),
    "a role": ({"AWS": "arn:aws:iam::444455556666:role/issuer"}, {}, {"role"}),
    "a service": ({"Service": CONNECTOR}, {}, {"connector of owner", "connector of member"}),
    "a service for one account": (
        {"Service": [CONNECTOR]},
        {"StringEquals": {"aws:SourceAccount": CA.account}},
        {"connector of owner"},
    ),
    "an organization": ("*", {"StringEquals": {"aws:PrincipalOrgID": "o-abc"}}, MEMBERS),
    "one of two organizations": ({"AWS": "*"}, {"StringEquals": {"aws:PrincipalOrgID": ["o-x", "o-abc"]}}, MEMBERS),
    "another organization": ("*", {"StringEquals": {"aws:PrincipalOrgID": "o-x"}}, set()),
    "a key in small letters": ("*", {"StringEquals": {"aws:principalorgid": "o-abc"}}, MEMBERS),
    "a member who is not the owner": (
        "*",
        {"StringEquals": {"aws:PrincipalOrgID": "o-abc"}, "StringNotEquals": {"aws:PrincipalAccount": CA.account}},
        MEMBERS,
    ),
    "members but for one account": (
        "*",
        {"StringEquals": {"aws:PrincipalOrgID": "o-abc"}, "StringNotEquals": {"aws:PrincipalAccount": OTHER.account}},
        set(),
    ),
    "an account as condition": ("*", {"StringEquals": {"aws:PrincipalAccount": OTHER.account}}, OF_OTHER),
    "an account in an organization": (
        {"AWS": OTHER.account},
        {"StringEquals": {"aws:PrincipalOrgID": "o-abc"}},
        MEMBERS,
    ),
    "a unit": ("*", {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-abc/*/ou-ab12-22222222/*"}}, MEMBERS),
    "a unit above": ("*", {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-abc/r-ab12/*"}}, MEMBERS),
    "another unit": ("*", {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-abc/*/ou-ab12-3333/*"}}, set()),
    "a unit by its path": (
        "*",
        {"ForAnyValue:StringEquals": {"aws:PrincipalOrgPaths": MEMBER.organization_path}},
        MEMBERS,
    ),
    "roles by pattern": (
        {"AWS": OTHER.account},
        {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/iss*"}},
        {"role"},
    ),
    "a pattern that would reach over a colon": (
        {"AWS": OTHER.account},
        {"ArnLike": {"aws:PrincipalArn": "arn:*:role/issuer"}},
        set(),
    ),
}


def allowed(policy: str, caller: Caller, action: str, template_arn: str | None = None) -> bool:
    return allows(read_statements(load(policy), CA), Access(caller, action, CA, template_arn))


@pytest.mark.fact("7.1", "principals")
@pytest.mark.parametrize(("principal", "condition", "meant"), CASES.values(), ids=CASES)
def test_a_statement_counts_for_those_it_means_and_for_no_others(
    principal: Any, condition: Any, meant: set[str]
) -> None:
    policy = json.dumps(document(statement(str(CA), principal, "acm-pca:GetCertificate", Condition=condition)))
    assert {name for name, caller in CALLERS.items() if allowed(policy, caller, "GetCertificate")} == meant
    assert not any(allowed(policy, caller, "ListTags") for caller in CALLERS.values())


@pytest.mark.fact("7.4", "template-condition")
@pytest.mark.fact("7.1", "templates")
def test_issuing_is_held_to_the_template_of_the_statement() -> None:
    policy = for_account(str(CA), OTHER.account)
    assert allowed(policy, OTHER, "IssueCertificate", END_ENTITY)
    assert not allowed(policy, OTHER, "IssueCertificate", END_ENTITY.replace("/V1", "_APIPassthrough/V1"))
    assert not allowed(policy, OTHER, "IssueCertificate")
