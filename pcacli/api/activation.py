"""A CA's own CSR and certificate: what turns a new CA into one that can issue.

Sources: AWS Private CA API Reference, pages "GetCertificateAuthorityCsr", "ImportCertificateAuthorityCertificate" and
"GetCertificateAuthorityCertificate"; AWS Private CA User Guide, "Installing the CA certificate".
"""

from pcacli.api.common import ARN
from pcacli.api.shapes import Blob, Member, Operation, String, Structure

CERTIFICATE_BODY = String("CertificateBody")
CERTIFICATE_CHAIN = String("CertificateChain")

GET_CERTIFICATE_AUTHORITY_CSR = Operation(
    "GetCertificateAuthorityCsr",
    summary="Fetch the CSR of a CA, to have it signed by the CA above or, for a root, by itself.",
    returns="The CSR as PEM.",
    example="pcacli get-certificate-authority-csr --certificate-authority-arn $PENDING_CA_ARN --output text",
    input=Structure(
        "GetCertificateAuthorityCsrRequest",
        (
            Member(
                "CertificateAuthorityArn",
                ARN,
                "ARN of the CA. While it is CREATING the answer is RequestInProgressException.",
                required=True,
            ),
        ),
    ),
    output=Structure(
        "GetCertificateAuthorityCsrResponse",
        (Member("Csr", String("CsrBody"), "The CSR as PEM."),),
    ),
    errors=(
        "ResourceNotFoundException",
        "InvalidArnException",
        "InvalidStateException",
        "RequestFailedException",
        "RequestInProgressException",
    ),
    changes=False,
)

IMPORT_CERTIFICATE_AUTHORITY_CERTIFICATE = Operation(
    "ImportCertificateAuthorityCertificate",
    summary="Install a CA's own certificate, which makes the CA ACTIVE.",
    returns="Nothing; a CA that was disabled before its certificate expired becomes DISABLED, not ACTIVE.",
    example="pcacli import-certificate-authority-certificate --certificate-authority-arn $PENDING_CA_ARN "
    "--certificate fileb://cert.pem",
    input=Structure(
        "ImportCertificateAuthorityCertificateRequest",
        (
            Member(
                "CertificateAuthorityArn",
                ARN,
                "ARN of the CA. It waits for its first certificate (PENDING_CERTIFICATE), or is ACTIVE or EXPIRED and "
                "gets a new one for the same key; a DISABLED one is refused.",
                required=True,
            ),
            Member(
                "Certificate",
                Blob("CertificateBodyBlob", minimum=1, maximum=32768),
                "The certificate as PEM, mostly fileb://cert.pem. It must hold the CA's key and critical basic "
                "constraints with CA:TRUE; a root's is self-signed, a subordinate's is not.",
                required=True,
            ),
            Member(
                "CertificateChain",
                Blob("CertificateChainBlob", minimum=0, maximum=2097152),
                "The certificates above it as PEM, from its signer to the root. "
                "Needed for a subordinate CA, refused for a root.",
            ),
        ),
    ),
    output=None,
    errors=(
        "CertificateMismatchException",
        "MalformedCertificateException",
        "ResourceNotFoundException",
        "InvalidArnException",
        "InvalidRequestException",
        "InvalidStateException",
        "RequestFailedException",
        "ConcurrentModificationException",
        "RequestInProgressException",
    ),
    changes=True,
)

GET_CERTIFICATE_AUTHORITY_CERTIFICATE = Operation(
    "GetCertificateAuthorityCertificate",
    summary="Fetch a CA's own certificate and the chain above it.",
    returns="The certificate and, for a subordinate CA, its chain, both as PEM.",
    example="pcacli get-certificate-authority-certificate --certificate-authority-arn $CA_ARN "
    "--query Certificate --output text",
    input=Structure(
        "GetCertificateAuthorityCertificateRequest",
        (
            Member(
                "CertificateAuthorityArn",
                ARN,
                "ARN of the CA. One that has no certificate yet, or is DELETED, answers InvalidStateException.",
                required=True,
            ),
        ),
    ),
    output=Structure(
        "GetCertificateAuthorityCertificateResponse",
        (
            Member("Certificate", CERTIFICATE_BODY, "The CA's certificate as PEM."),
            Member(
                "CertificateChain", CERTIFICATE_CHAIN, "The certificates above it as PEM, root last; none for a root."
            ),
        ),
    ),
    errors=(
        "ResourceNotFoundException",
        "InvalidArnException",
        "InvalidStateException",
    ),
    changes=False,
)
