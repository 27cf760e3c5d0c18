"""Giving a CA its certificate: CSR, signature, import, in the order that the API wants.

Source: AWS Private CA User Guide, "Installing a CA certificate".
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from pcacli.service.workflows.shell_script import Shell, ShellScript, Word, aws, aws_wait, blob, work_file
from pcacli.service.workflows.workflow import Workflow, fixed_token, template_arn

ROOT_TEMPLATE = "RootCACertificate/V1"
ISSUING_TEMPLATE = "SubordinateCACertificate_PathLen0/V1"


class Signing(NamedTuple):
    """How a CA's CSR becomes its certificate: who signs, with which algorithm, template and validity (API Validity).

    The issuer signs with its own key, so the algorithm has to fit that and not the new CA's. `issuer` is an ARN, or a
    variable that holds one in a script; None means that the CA signs itself.
    """

    issuer: Word | None
    signing_algorithm: str
    template: str
    validity: Mapping[str, Any]


def ending_before(end: datetime) -> dict[str, Any]:
    """Return the API's Validity that ends a second before an instant: a CA has to end before the one that signs it."""
    return {"Value": int(end.timestamp()) - 1, "Type": "ABSOLUTE"}


def activate(workflow: Workflow, arn: str, signing: Signing) -> str:
    """Let the issuer sign the CA's CSR and import what comes back; return the ARN of the certificate.

    Repeated within five minutes, it gets the same certificate.

    Raises:
        ServiceError: the service refuses.
        WaiterError: the CA could not be created, or the certificate could not be issued.
    """
    service, this_authority = workflow.service, {"CertificateAuthorityArn": arn}
    issuer = str(signing.issuer or arn)
    workflow.wait("CertificateAuthorityCSRCreated", this_authority)
    csr = service.call("GetCertificateAuthorityCsr", this_authority)["Csr"].encode()
    request = _issue_request(signing, issuer, csr, template_arn(issuer, signing.template))
    request["IdempotencyToken"] = fixed_token(arn, {**request, "Csr": csr})
    certificate_arn: str = service.call("IssueCertificate", request)["CertificateArn"]
    issued = {"CertificateAuthorityArn": issuer, "CertificateArn": certificate_arn}
    workflow.wait("CertificateIssued", issued)
    certificate = service.call("GetCertificate", issued)
    blobs = {name: certificate[name].encode() for name in ("Certificate", "CertificateChain") if certificate.get(name)}
    service.call("ImportCertificateAuthorityCertificate", {**this_authority, **blobs})
    return certificate_arn


def write_activation(script: ShellScript, name: str, arn: Word, signing: Signing) -> None:
    """Write down the same as a script; `name` is for its files and variables."""
    issuer = signing.issuer or arn
    this_authority = {"CertificateAuthorityArn": arn}
    csr, certificate, chain = (work_file(f"{name}{ending}") for ending in (".csr", ".pem", "-chain.pem"))
    script.run(*aws_wait("CertificateAuthorityCSRCreated", this_authority))
    script.run(*aws("GetCertificateAuthorityCsr", this_authority, query="Csr"), output=csr)
    request = _issue_request(signing, issuer, blob(csr), _template_word(issuer, signing.template))
    certificate_arn = script.assign(
        f"{name}_certificate_arn", *aws("IssueCertificate", request, query="CertificateArn")
    )
    issued = {"CertificateAuthorityArn": issuer, "CertificateArn": certificate_arn}
    script.run(*aws_wait("CertificateIssued", issued))
    script.run(*aws("GetCertificate", issued, query="Certificate"), output=certificate)
    request = {**this_authority, "Certificate": blob(certificate)}
    if signing.issuer is not None:
        script.run(*aws("GetCertificate", issued, query="CertificateChain"), output=chain)
        request["CertificateChain"] = blob(chain)
    script.run(*aws("ImportCertificateAuthorityCertificate", request))


def _issue_request(signing: Signing, issuer: Word, csr: bytes | Word, template: Word) -> dict[str, Any]:
    return {
        "CertificateAuthorityArn": issuer,
        "Csr": csr,
        "SigningAlgorithm": signing.signing_algorithm,
        "TemplateArn": template,
        "Validity": dict(signing.validity),
    }


def _template_word(issuer: Word, template: str) -> Word:
    """Return the ARN of a template; the shell takes the partition out of an ARN that only a variable holds."""
    if not isinstance(issuer, Shell):
        return template_arn(issuer, template)
    name = issuer.text.strip('"$')
    return Shell(f'"${{{name}%%:acm-pca:*}}":acm-pca:::template/{template}')
