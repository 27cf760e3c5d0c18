"""A root and an issuing CA, made by the workflow behind `pki init`."""

from collections.abc import Callable
from typing import NamedTuple

from pcacli.service.port import Service
from pcacli.service.workflows.activation import ISSUING_TEMPLATE, ROOT_TEMPLATE
from pcacli.service.workflows.hierarchy import AuthorityPlan, create_hierarchy, survey
from pcacli.service.workflows.workflow import Workflow


class Hierarchy(NamedTuple):
    """The ARNs of a root CA and of the CA below it."""

    root: str
    issuing: str


def plan(role: str, kind: str, common_name: str, template: str, years: int) -> AuthorityPlan:
    """Return the plan of a CA with a P-256 key."""
    algorithms = {"KeyAlgorithm": "EC_prime256v1", "SigningAlgorithm": "SHA256WITHECDSA"}
    request = {
        "CertificateAuthorityConfiguration": {**algorithms, "Subject": {"CommonName": common_name}},
        "CertificateAuthorityType": kind,
    }
    return AuthorityPlan(role, request, template, {"Value": years, "Type": "YEARS"})


ROOT = plan("root", "ROOT", "Root", ROOT_TEMPLATE, 10)
ISSUING = plan("issuing", "SUBORDINATE", "Issuing", ISSUING_TEMPLATE, 5)


def made_hierarchy(service: Service, sleep: Callable[[float], None] = lambda _seconds: None) -> Hierarchy:
    """Make them on a backend."""
    workflow = Workflow(service, sleep)
    return Hierarchy(**create_hierarchy(workflow, survey(workflow, (ROOT, ISSUING)), lambda _role, _arn: None))
