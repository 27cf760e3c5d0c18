"""What is not allowed in a policy. Each case stands for one sentence of `refused_policies.json`."""

import json
from pathlib import Path
from typing import Any

import pytest

from pcacli.api.arns import AuthorityArn
from pcacli.engine.context import root_of_account
from pcacli.engine.policies.document import load, read_statements
from pcacli.engine.policies.lockout import refuse_lockout
from pcacli.engine.policies.statements import SHAREABLE_TEMPLATES
from pcacli.errors import ServiceError
from pcacli.pki.templates import TEMPLATES
from tests.support.policies import document, for_account, for_organization, sample, statement

CA = AuthorityArn("aws", "eu-central-1", "111122223333", "00000000-0000-4000-8000-000000000001")
OTHER = "444455556666"
CASES = json.loads((Path(__file__).parent / "refused_policies.json").read_text())


def policy_of(case: dict[str, Any]) -> str:
    """Build the policy of a case: a whole text, or one allowed statement with something changed."""
    if case.get("policy") == "deep":
        return "[" * 80_000
    if "policy" in case:
        text: str = case["policy"]
        return text
    changed = {**statement(str(CA), {"AWS": OTHER}, "acm-pca:GetCertificate"), **case.get("change", {})}
    changed.pop(case.get("without"), None)
    return json.dumps(document(changed))


@pytest.mark.fact("7.1", "samples")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_policy_with_this_is_invalid(case: dict[str, Any]) -> None:
    with pytest.raises(ServiceError) as refusal:
        read_statements(load(policy_of(case)), CA)
    assert refusal.value.code == "InvalidPolicyException"
    assert case["reason"] in refusal.value.message


@pytest.mark.fact("7.1", "samples")
@pytest.mark.parametrize("text", [for_account(str(CA), OTHER), for_organization(str(CA), "o-a1b2c3d4z5")])
def test_the_samples_of_the_user_guide_are_valid(text: str) -> None:
    assert len(read_statements(load(text), CA)) == 2


@pytest.mark.fact("7.1")
def test_a_statement_may_name_a_certificate_of_the_ca_and_stand_without_a_list() -> None:
    single = statement(f"{CA}/certificate/286535153982981100925020015808220737245", {"AWS": OTHER}, "acm-pca:ListTags")
    assert len(read_statements(load(json.dumps({"Statement": single})), CA)) == 1


@pytest.mark.fact("7.1", "templates")
@pytest.mark.parametrize("name", TEMPLATES)
def test_exactly_six_templates_can_be_used_by_other_accounts(name: str) -> None:
    policy = load(json.dumps(sample(str(CA), {"AWS": OTHER}, template=TEMPLATES[name].arn())))
    if name in SHAREABLE_TEMPLATES:
        read_statements(policy, CA)
    else:
        with pytest.raises(ServiceError, match="cannot be used by other accounts"):
            read_statements(policy, CA)


@pytest.mark.fact("7.1", "lockout")
@pytest.mark.parametrize("principal", ["*", {"AWS": CA.account}, {"AWS": f"arn:aws:iam::{CA.account}:root"}])
@pytest.mark.parametrize("actions", ["acm-pca:*", "*", ["acm-pca:PutPolicy"], ["acm-pca:ListTags", "acm-pca:Delete*"]])
def test_who_would_shut_himself_out_is_kept_from_it(principal: Any, actions: Any) -> None:
    denial = statement(str(CA), principal, actions, Effect="Deny")
    with pytest.raises(ServiceError) as refusal:
        refuse_lockout(document(denial), root_of_account(CA.account, CA.region))
    assert refusal.value.code == "LockoutPreventedException"


@pytest.mark.fact("7.1")
@pytest.mark.parametrize(
    "denial",
    [
        statement(str(CA), {"AWS": OTHER}, "acm-pca:*", Effect="Deny"),
        statement(str(CA), "*", "acm-pca:GetCertificate", Effect="Deny"),
        statement(str(CA), "*", "acm-pca:*"),
    ],
)
def test_denying_others_shuts_nobody_out(denial: dict[str, Any]) -> None:
    refuse_lockout(document(denial), root_of_account(CA.account, CA.region))
