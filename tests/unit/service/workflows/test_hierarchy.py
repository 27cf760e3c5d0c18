"""`pki init` as a workflow: whatever was left in the middle is gone on with, and nothing is made twice."""

from collections.abc import Mapping
from typing import Any

import pytest

from pcacli.errors import AnswerIsNo, PcaError
from pcacli.service.local import LocalService
from pcacli.service.workflows.hierarchy import AuthorityPlan, create_hierarchy, survey
from pcacli.service.workflows.workflow import Workflow
from tests.support.embedded import Embedded
from tests.support.hierarchy_plans import ISSUING, ROOT, made_hierarchy


class LineThatBreaks:
    """A backend that performs an action but whose answer is lost, once the given number of changes were made."""

    def __init__(self, service: LocalService, changes: int) -> None:
        self._service, self._left = service, changes

    def call(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        response = self._service.call(operation, request)
        if operation.startswith(("Create", "Issue", "Import")):
            self._left -= 1
            if self._left == 0:
                raise PcaError("The line broke.")
        return response

    def close(self) -> None:
        self._service.close()


def service_of(embedded: Embedded) -> LocalService:
    return LocalService(embedded.parts, embedded.owner)


def authorities(embedded: Embedded) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = embedded.call("ListCertificateAuthorities")["CertificateAuthorities"]
    return found


@pytest.mark.parametrize("changes", range(1, 7))
def test_a_run_that_broke_is_gone_on_with(changes: int) -> None:
    embedded = Embedded()
    with pytest.raises(PcaError, match="The line broke"):
        made_hierarchy(LineThatBreaks(service_of(embedded), changes))
    made = made_hierarchy(service_of(embedded))
    assert {found["Arn"]: found["Status"] for found in authorities(embedded)} == {
        made.root: "ACTIVE",
        made.issuing: "ACTIVE",
    }


@pytest.mark.parametrize("changes", [2, 5])
def test_an_issued_certificate_is_not_issued_again(changes: int) -> None:
    embedded = Embedded()
    with pytest.raises(PcaError, match="The line broke"):
        made_hierarchy(LineThatBreaks(service_of(embedded), changes))
    made = made_hierarchy(service_of(embedded))
    assert len(list(service_of(embedded).issued_certificates(made.root))) == 2


def test_what_there_is_is_found_and_left_alone() -> None:
    embedded = Embedded()
    made = made_hierarchy(service_of(embedded))
    before = authorities(embedded)
    assert made_hierarchy(service_of(embedded)) == made
    assert authorities(embedded) == before


def test_a_deleted_ca_is_made_anew_even_while_its_token_counts() -> None:
    embedded = Embedded()
    made = made_hierarchy(service_of(embedded))
    for arn in made:
        embedded.call("UpdateCertificateAuthority", CertificateAuthorityArn=arn, Status="DISABLED")
        embedded.call("DeleteCertificateAuthority", CertificateAuthorityArn=arn)
    again = made_hierarchy(service_of(embedded))
    assert {embedded.describe(arn)["Status"] for arn in again} == {"ACTIVE"}
    assert not set(again) & set(made)


def other_key(plan: AuthorityPlan) -> AuthorityPlan:
    configuration = {**plan.configuration, "KeyAlgorithm": "EC_secp384r1", "SigningAlgorithm": "SHA384WITHECDSA"}
    return plan._replace(request={**plan.request, "CertificateAuthorityConfiguration": configuration})


def short_lived(plan: AuthorityPlan) -> AuthorityPlan:
    return plan._replace(request={**plan.request, "UsageMode": "SHORT_LIVED_CERTIFICATE"})


@pytest.mark.parametrize(
    ("plans", "difference"),
    [
        ((other_key(ROOT), ISSUING), "EC_prime256v1 and SHA256WITHECDSA"),
        ((ROOT, short_lived(ISSUING)), "GENERAL_PURPOSE"),
    ],
)
def test_another_ca_of_the_same_name_is_no_match(plans: tuple[AuthorityPlan, ...], difference: str) -> None:
    embedded = Embedded()
    made_hierarchy(service_of(embedded))
    with pytest.raises(AnswerIsNo, match=difference):
        survey(Workflow(service_of(embedded), lambda _seconds: None), plans)


def test_a_disabled_ca_of_that_name_is_named_with_its_state() -> None:
    embedded = Embedded()
    made = made_hierarchy(service_of(embedded))
    embedded.call("UpdateCertificateAuthority", CertificateAuthorityArn=made.issuing, Status="DISABLED")
    with pytest.raises(AnswerIsNo, match=f"it is DISABLED: {made.issuing}"):
        made_hierarchy(service_of(embedded))


def test_what_has_been_made_is_told_before_it_can_fail() -> None:
    embedded = Embedded()
    told: list[str] = []
    workflow = Workflow(LineThatBreaks(service_of(embedded), 2), lambda _seconds: None)
    with pytest.raises(PcaError, match="The line broke"):
        create_hierarchy(workflow, survey(workflow, (ROOT, ISSUING)), lambda _role, arn: told.append(arn))
    assert told == [found["Arn"] for found in authorities(embedded)]
