"""Policies as AWS RAM writes them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcacli.api.arns import AuthorityArn
from pcacli.engine.policies.document import load, read_statements
from pcacli.engine.policies.managed_permissions import DEFAULT_PERMISSION, MANAGED_PERMISSIONS, Statement, statements
from pcacli.engine.policies.share_principals import clause, name_in
from tests.support.policies import END_ENTITY, READ_ACTIONS, document

CA = AuthorityArn("aws", "eu-central-1", "111122223333", "00000000-0000-4000-8000-000000000001")
SID = "01234567-89ab-cdef-0123-456789abcdef-external-principals"
ISSUED_TEMPLATES = {
    "AWSRAMDefaultPermissionCertificateAuthority": "EndEntityCertificate",
    "AWSRAMBlankEndEntityCertificateAPIPassthroughIssuanceCertificateAuthority": (
        "BlankEndEntityCertificate_APIPassthrough"
    ),
    "AWSRAMBlankEndEntityCertificateAPICSRPassthroughIssuanceCertificateAuthority": (
        "BlankEndEntityCertificate_APICSRPassthrough"
    ),
    "AWSRAMSubordinateCACertificatePathLen0IssuanceCertificateAuthority": "SubordinateCACertificate_PathLen0",
    "AWSRAMRevokeCertificateCertificateAuthority": None,
}
ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
IDENTIFIERS = st.text(ALPHABET, min_size=4, max_size=12)
ORGANIZATIONS = IDENTIFIERS.map(lambda text: f"o-{text}")
PRINCIPALS = st.one_of(
    st.from_regex(r"[0-9]{12}", fullmatch=True),
    st.from_regex(r"arn:aws:iam::[0-9]{12}:(root|role/[a-z/]{1,9}[a-z]|user/[a-z]{1,9})", fullmatch=True),
    ORGANIZATIONS,
    st.builds("{}/ou-{}-{}".format, ORGANIZATIONS, IDENTIFIERS, IDENTIFIERS),
    IDENTIFIERS.map(lambda text: f"{text}.amazonaws.com"),
)


def written(principal: str, permission: str = DEFAULT_PERMISSION) -> list[Statement]:
    who = clause(principal, CA)
    assert who is not None
    return statements(permission, CA, sid=SID, principal=who.principal, conditions=who.conditions)


@pytest.mark.fact("7.1", "ram")
def test_a_share_with_an_account_is_written_as_in_the_sample_of_put_policy() -> None:
    head = {"Sid": SID, "Effect": "Allow", "Principal": {"AWS": "444455556666"}}
    expected = [
        {
            **head,
            "Action": "acm-pca:IssueCertificate",
            "Resource": str(CA),
            "Condition": {"StringEquals": {"acm-pca:TemplateArn": END_ENTITY}},
        },
        {**head, "Action": READ_ACTIONS, "Resource": str(CA)},
    ]
    assert json.dumps(written("444455556666")) == json.dumps(expected)


@pytest.mark.fact("7.1")
def test_a_share_with_an_organization_means_its_members_but_the_owner() -> None:
    issuing, reading = written("arn:aws:organizations::999999999999:organization/o-abc")
    others = {"StringNotEquals": {"aws:PrincipalAccount": CA.account}}
    organization = {"aws:PrincipalOrgID": "o-abc"}
    assert issuing["Principal"] == reading["Principal"] == "*"
    assert issuing["Condition"] == {"StringEquals": {"acm-pca:TemplateArn": END_ENTITY, **organization}, **others}
    assert reading["Condition"] == {"StringEquals": organization, **others}


@pytest.mark.fact("7.1")
def test_a_share_with_a_service_is_for_the_account_of_the_owner() -> None:
    _, reading = written("pca-connector-ad.amazonaws.com")
    assert reading["Principal"] == {"Service": "pca-connector-ad.amazonaws.com"}
    assert reading["Condition"] == {"StringEquals": {"aws:SourceAccount": CA.account}}


@pytest.mark.fact("7.2", "permissions")
def test_each_managed_permission_allows_one_template_or_revoking() -> None:
    assert MANAGED_PERMISSIONS.keys() == ISSUED_TEMPLATES.keys()
    for permission, template in ISSUED_TEMPLATES.items():
        actions, templates = set(), set()
        for statement in written("444455556666", permission):
            actions |= {statement["Action"]} if isinstance(statement["Action"], str) else set(statement["Action"])
            templates |= set(statement.get("Condition", {}).get("StringEquals", {}).values())
        if template is None:
            assert (actions, templates) == ({"acm-pca:RevokeCertificate"}, set())
        else:
            assert actions == {"acm-pca:IssueCertificate", *READ_ACTIONS}
            assert templates == {f"arn:aws:acm-pca:::template/{template}/V1"}


@pytest.mark.fact("7.2", "no-csr")
def test_the_default_permission_does_not_show_the_csr() -> None:
    assert "GetCertificateAuthorityCsr" not in json.dumps(written("444455556666"))


@given(principal=PRINCIPALS, permission=st.sampled_from(list(MANAGED_PERMISSIONS)))
def test_what_ram_writes_is_valid_and_names_its_principal(principal: str, permission: str) -> None:
    made = written(principal, permission)
    read_statements(load(json.dumps(document(*made))), CA)
    assert {name_in(statement) for statement in made} == {principal}


@pytest.mark.parametrize(
    "name", ["", "44445555666", "root", "o-", "ou-ab12-11111111", "o-abc/x", "arn:aws:s3:::bucket", "acm.example.com"]
)
def test_nobody_is_called_that(name: str) -> None:
    assert clause(name, CA) is None
