"""Getting one certificate: find the CA, issue, wait, fetch."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from pcacli.api.catalogue import WAITERS
from pcacli.errors import UsageProblem
from pcacli.service.port import Service
from pcacli.service.waiting import wait
from pcacli.service.workflows.authorities import chosen_authorities
from pcacli.service.workflows.hierarchy import Workflow, template_arn

_ISSUED = WAITERS["CertificateIssued"]
# Source: AWS Private CA User Guide, "Short-lived certificates": seven days at the most.
_DEFAULT_VALIDITY_DAYS = {"GENERAL_PURPOSE": 90, "SHORT_LIVED_CERTIFICATE": 7}


class Issued(NamedTuple):
    """A certificate that was issued: its ARN, its PEM, and the PEM blocks above it, root last."""

    arn: str
    certificate: str
    chain: tuple[str, ...]


def issuing_authority(service: Service) -> str:
    """Return the ARN of the CA to issue from: the only active subordinate CA, else the only active CA.

    Raises:
        UsageProblem: there is none, or there are several; the message lists them.
    """
    active = [authority for authority in chosen_authorities(service, None) if authority["Status"] == "ACTIVE"]
    subordinate = [authority for authority in active if authority["Type"] == "SUBORDINATE"]
    for candidates in (subordinate, active):
        if len(candidates) == 1:
            arn: str = candidates[0]["Arn"]
            return arn
    if not active:
        raise UsageProblem("There is no active certificate authority to issue from. Create one with: pcacli pki init")
    names = "\n".join(f"  {authority['Arn']}  {_common_name(authority)}" for authority in subordinate or active)
    raise UsageProblem(f"Several certificate authorities can issue; choose with --certificate-authority-arn:\n{names}")


def issue(workflow: Workflow, authority_arn: str, csr: bytes, *, template: str, validity_days: int | None) -> Issued:
    """Issue a certificate for a CSR (PEM) from a template and return it with its chain.

    `validity_days` None means 90 days, or what a CA in short-lived mode allows.
    """
    service, authority = workflow.service, {"CertificateAuthorityArn": authority_arn}
    described = service.call("DescribeCertificateAuthority", authority)["CertificateAuthority"]
    arn = service.call(
        "IssueCertificate",
        {
            **authority,
            "Csr": csr,
            "SigningAlgorithm": described["CertificateAuthorityConfiguration"]["SigningAlgorithm"],
            "TemplateArn": template_arn(authority_arn, template),
            "Validity": {"Value": validity_days or _DEFAULT_VALIDITY_DAYS[described["UsageMode"]], "Type": "DAYS"},
        },
    )["CertificateArn"]
    request = {**authority, "CertificateArn": arn}
    wait(service, _ISSUED, request, sleep=workflow.sleep)
    response = service.call("GetCertificate", request)
    return Issued(arn, response["Certificate"], _blocks(response.get("CertificateChain", "")))


def _common_name(authority: Mapping[str, Any]) -> str:
    name: str = authority["CertificateAuthorityConfiguration"]["Subject"].get("CommonName", "")
    return name


def _blocks(chain: str) -> tuple[str, ...]:
    end = "-----END CERTIFICATE-----"
    return tuple(f"{block.strip()}\n{end}" for block in chain.split(end) if block.strip())
