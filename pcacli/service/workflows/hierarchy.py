"""Making CAs that can issue: create, sign, import, in the order that the API wants.

Source: AWS Private CA User Guide, "Installing a CA certificate".
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from pcacli.api.catalogue import WAITERS
from pcacli.service.port import Service
from pcacli.service.waiting import wait

_CSR_CREATED = WAITERS["CertificateAuthorityCSRCreated"]
_ISSUED = WAITERS["CertificateIssued"]

ROOT_TEMPLATE = "RootCACertificate/V1"
ISSUING_TEMPLATE = "SubordinateCACertificate_PathLen0/V1"


class Plan(NamedTuple):
    """A CA to be made: its subject (API ASN1Subject), algorithms and validity in years."""

    subject: Mapping[str, Any]
    key_algorithm: str
    signing_algorithm: str
    validity_years: int


class Hierarchy(NamedTuple):
    """The ARNs of a root CA and of the CA under it that issues."""

    root: str
    issuing: str


class Workflow(NamedTuple):
    """What a workflow works with: the backend and a way to sleep while it waits (seconds)."""

    service: Service
    sleep: Callable[[float], None]


def create_hierarchy(workflow: Workflow, root: Plan, issuing: Plan) -> Hierarchy:
    """Create a root CA and an issuing CA below it (path length 0), both active."""
    root_arn = _create(workflow, root, "ROOT")
    _activate(workflow, root_arn, root_arn, root, ROOT_TEMPLATE)
    issuing_arn = _create(workflow, issuing, "SUBORDINATE")
    _activate(workflow, issuing_arn, root_arn, issuing, ISSUING_TEMPLATE)
    return Hierarchy(root_arn, issuing_arn)


def template_arn(authority_arn: str, template: str) -> str:
    """Return the ARN of a template in the partition of a CA."""
    partition = authority_arn.split(":")[1]
    return f"arn:{partition}:acm-pca:::template/{template}"


def _create(workflow: Workflow, plan: Plan, authority_type: str) -> str:
    response = workflow.service.call(
        "CreateCertificateAuthority",
        {
            "CertificateAuthorityConfiguration": {
                "KeyAlgorithm": plan.key_algorithm,
                "SigningAlgorithm": plan.signing_algorithm,
                "Subject": plan.subject,
            },
            "CertificateAuthorityType": authority_type,
        },
    )
    arn: str = response["CertificateAuthorityArn"]
    return arn


def _activate(workflow: Workflow, arn: str, issuer_arn: str, plan: Plan, template: str) -> None:
    """Let the issuer (the CA itself for a root) sign the CA's CSR, and import what comes back."""
    service, this_authority = workflow.service, {"CertificateAuthorityArn": arn}
    wait(service, _CSR_CREATED, this_authority, sleep=workflow.sleep)
    csr = service.call("GetCertificateAuthorityCsr", this_authority)["Csr"]
    # The issuer signs with its own key, so its algorithm counts, not the new CA's.
    described = service.call("DescribeCertificateAuthority", {"CertificateAuthorityArn": issuer_arn})
    configuration = described["CertificateAuthority"]["CertificateAuthorityConfiguration"]
    certificate_arn = service.call(
        "IssueCertificate",
        {
            "CertificateAuthorityArn": issuer_arn,
            "Csr": csr.encode(),
            "SigningAlgorithm": configuration["SigningAlgorithm"],
            "TemplateArn": template_arn(issuer_arn, template),
            "Validity": {"Value": plan.validity_years, "Type": "YEARS"},
        },
    )["CertificateArn"]
    issued = {"CertificateAuthorityArn": issuer_arn, "CertificateArn": certificate_arn}
    wait(service, _ISSUED, issued, sleep=workflow.sleep)
    certificate = service.call("GetCertificate", issued)
    request = {**this_authority, "Certificate": certificate["Certificate"].encode()}
    if certificate.get("CertificateChain"):
        request["CertificateChain"] = certificate["CertificateChain"].encode()
    service.call("ImportCertificateAuthorityCertificate", request)
