"""Issuing certificates and fetching them.

Sources: AWS Private CA API Reference, pages "IssueCertificate", "Validity" and "GetCertificate"; AWS Private CA User
Guide, "Issue private end-entity certificates" and "Use AWS Private CA certificate templates".
"""

from pcacli.api.activation import CERTIFICATE_BODY, CERTIFICATE_CHAIN
from pcacli.api.algorithms import SIGNING_ALGORITHM
from pcacli.api.common import ARN, IDEMPOTENCY_TOKEN
from pcacli.api.extensions import API_PASSTHROUGH
from pcacli.api.shapes import Blob, Integer, Member, Operation, String, Structure

VALIDITY = Structure(
    "Validity",
    (
        Member(
            "Value",
            Integer("PositiveLong", minimum=1, long=True),
            "A count for DAYS, MONTHS and YEARS, Unix seconds for ABSOLUTE; for END_DATE the digits YYYYMMDDHHMMSS, "
            "or YYMMDDHHMMSS, where years from 50 on belong to the 1900s.",
            required=True,
        ),
        Member(
            "Type",
            String("ValidityPeriodType", choices=("END_DATE", "ABSOLUTE", "DAYS", "MONTHS", "YEARS")),
            "How to read Value: DAYS, MONTHS and YEARS count from the moment of issuance; ABSOLUTE and END_DATE name "
            "an instant in UTC.",
            required=True,
        ),
    ),
)

ISSUE_CERTIFICATE = Operation(
    "IssueCertificate",
    summary="Issue a certificate for the key in a CSR.",
    returns="The ARN of the certificate, ready for get-certificate once `wait certificate-issued` returns.",
    example="pcacli issue-certificate --certificate-authority-arn $CA_ARN --csr fileb://csr.pem "
    "--signing-algorithm SHA256WITHECDSA --validity Value=90,Type=DAYS --query CertificateArn --output text",
    input=Structure(
        "IssueCertificateRequest",
        (
            Member(
                "ApiPassthrough",
                API_PASSTHROUGH,
                "Subject and extensions that the CSR lacks. Counts only with an APIPassthrough or APICSRPassthrough "
                "template, is silently ignored with all others, and never overrides what the template fixes.",
            ),
            Member(
                "CertificateAuthorityArn",
                ARN,
                "ARN of the CA that signs. It must be ACTIVE; a root may also sign its own first certificate.",
                required=True,
            ),
            Member(
                "Csr",
                Blob("CsrBlob", minimum=1, maximum=32768),
                "The CSR as PEM, mostly fileb://csr.pem, with a subject or a subject alternative name. Key and names "
                "are taken from it; its other extensions only with a template that ends in CSRPassthrough.",
                required=True,
            ),
            Member(
                "SigningAlgorithm",
                SIGNING_ALGORITHM,
                "Algorithm of the signature. It must fit the CA's key: RSA, ECDSA (any hash with any curve) or the "
                "same ML-DSA level. The key in the CSR may be of another kind.",
                required=True,
            ),
            Member(
                "TemplateArn",
                ARN,
                "Template that decides the extensions, such as "
                "arn:aws:acm-pca:::template/EndEntityServerAuthCertificate/V1. Without it you get "
                "EndEntityCertificate/V1, even for the CSR of a CA.",
            ),
            Member(
                "Validity",
                VALIDITY,
                "When the certificate ends, such as Value=90,Type=DAYS. Not later than the CA's own certificate, and "
                "within 7 days for a CA in SHORT_LIVED_CERTIFICATE mode; a root's own certificate is free of both.",
                required=True,
            ),
            Member(
                "ValidityNotBefore",
                VALIDITY,
                "When the certificate starts; Type must be ABSOLUTE. Without it, one hour before issuance, which "
                "forgives clocks that are slow. The end stays where it was.",
            ),
            Member(
                "IdempotencyToken",
                IDEMPOTENCY_TOKEN,
                "Text of up to 36 characters that makes a retry safe: within five minutes, the same token returns the "
                "first certificate's ARN and issues no second one.",
            ),
        ),
    ),
    output=Structure(
        "IssueCertificateResponse",
        (Member("CertificateArn", ARN, "ARN of the certificate; it ends in the serial in hexadecimal."),),
    ),
    errors=(
        "LimitExceededException",
        "ResourceNotFoundException",
        "InvalidArnException",
        "InvalidArgsException",
        "InvalidStateException",
        "MalformedCSRException",
    ),
    changes=True,
)

GET_CERTIFICATE = Operation(
    "GetCertificate",
    summary="Fetch an issued certificate and its chain, also after it expired or was revoked.",
    returns="The certificate, then the chain from the issuing CA to the root, both as PEM.",
    example="pcacli get-certificate --certificate-authority-arn $CA_ARN --certificate-arn $CERTIFICATE_ARN "
    "--output text",
    input=Structure(
        "GetCertificateRequest",
        (
            Member(
                "CertificateAuthorityArn",
                ARN,
                "ARN of the CA that issued it; a DELETED one is refused.",
                required=True,
            ),
            Member(
                "CertificateArn",
                ARN,
                "ARN that issue-certificate returned. Until issuance ends the answer is RequestInProgressException.",
                required=True,
            ),
        ),
    ),
    output=Structure(
        "GetCertificateResponse",
        (
            Member("Certificate", CERTIFICATE_BODY, "The certificate as PEM."),
            Member(
                "CertificateChain",
                CERTIFICATE_CHAIN,
                "The issuing CA's certificate and those above it as PEM, root last.",
            ),
        ),
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
