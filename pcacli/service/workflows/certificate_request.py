"""Getting one certificate: find the CA, issue, wait, fetch."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from pcacli.errors import PcaError, ServiceError, WaiterError
from pcacli.pki.pem import PemProblem, certificate_pem, pem_blocks
from pcacli.service.port import Service
from pcacli.service.workflows.workflow import Workflow, template_arn

# Source: AWS Private CA User Guide, "Short-lived certificates": seven days at the most.
_DEFAULT_VALIDITY_DAYS = {"GENERAL_PURPOSE": 90, "SHORT_LIVED_CERTIFICATE": 7}


class ActiveAuthority(NamedTuple):
    """What an order has to know of the CA that it goes to."""

    arn: str
    signing_algorithm: str
    usage_mode: str

    @classmethod
    def of(cls, description: Mapping[str, Any]) -> "ActiveAuthority":
        """Read the API's description of a CA (CertificateAuthority)."""
        algorithm = description["CertificateAuthorityConfiguration"]["SigningAlgorithm"]
        return cls(description["Arn"], algorithm, description["UsageMode"])

    @property
    def default_validity(self) -> dict[str, Any]:
        """The API's Validity for who does not care: 90 days, or what a CA in short-lived mode allows."""
        return {"Value": _DEFAULT_VALIDITY_DAYS[self.usage_mode], "Type": "DAYS"}


class Conditions(NamedTuple):
    """What a certificate is issued under: the CA, a template with its version, and the validity as the API has it."""

    authority: ActiveAuthority
    template: str
    validity: Mapping[str, Any]

    @property
    def request(self) -> dict[str, Any]:
        """What IssueCertificate is asked for beside the CSR."""
        return {
            "CertificateAuthorityArn": self.authority.arn,
            "SigningAlgorithm": self.authority.signing_algorithm,
            "TemplateArn": template_arn(self.authority.arn, self.template),
            "Validity": dict(self.validity),
        }


class Order(NamedTuple):
    """A certificate that is wanted for a CSR (PEM).

    If it is sent again with its `token` within five minutes, the same certificate comes.
    """

    conditions: Conditions
    csr: bytes
    token: str


class Issued(NamedTuple):
    """A certificate that was issued: its ARN, its PEM, and the PEM blocks above it, root last."""

    arn: str
    certificate: str
    chain: tuple[str, ...]


def common_name(authority: Mapping[str, Any]) -> str:
    """Return the common name in the description of a CA, empty if it has none."""
    name: str = authority["CertificateAuthorityConfiguration"]["Subject"].get("CommonName", "")
    return name


def place(service: Service, order: Order) -> str:
    """Ask for a certificate and return its ARN; it need not be ready yet."""
    request = {**order.conditions.request, "Csr": order.csr, "IdempotencyToken": order.token}
    arn: str = service.call("IssueCertificate", request)["CertificateArn"]
    return arn


def fetch(workflow: Workflow, arn: str) -> Issued:
    """Return a certificate by its ARN, as soon as it is ready.

    Raises:
        ServiceError: the service refuses to show it.
        WaiterError: it took too long.
        PcaError: the answer is damaged.
    """
    request = {"CertificateAuthorityArn": arn.partition("/certificate/")[0], "CertificateArn": arn}
    try:
        # The waiter polls GetCertificate, so its answer is the certificate.
        response = workflow.wait("CertificateIssued", request)
    except WaiterError as failure:
        if isinstance(failure.__cause__, ServiceError):
            # Nobody asked to wait, so the service's own words say more.
            raise failure.__cause__ from None
        raise
    return Issued(arn, response["Certificate"], _certificates(response.get("CertificateChain", "")))


def _certificates(chain: str) -> tuple[str, ...]:
    """Return the certificates of a chain one by one, in PEM.

    Raises:
        PcaError: it is damaged.
    """
    try:
        return tuple(certificate_pem(block.der()) for block in pem_blocks(chain.encode()))
    except PemProblem as problem:
        raise PcaError(f"The CertificateChain in the answer to GetCertificate is damaged: {problem}.") from problem
