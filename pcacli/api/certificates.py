"""Issuing certificates and fetching them."""

from pcacli.api.activation import CERTIFICATE_BODY, CERTIFICATE_CHAIN
from pcacli.api.algorithms import SIGNING_ALGORITHM
from pcacli.api.common import ARN, IDEMPOTENCY_TOKEN
from pcacli.api.extensions import API_PASSTHROUGH
from pcacli.api.shapes import Blob, Integer, Member, Operation, String, Structure

CSR_BLOB = Blob("CsrBlob", minimum=1, maximum=32768)
POSITIVE_LONG = Integer("PositiveLong", minimum=1, long=True)
VALIDITY_PERIOD_TYPE = String(
    "ValidityPeriodType",
    choices=(
        "END_DATE",
        "ABSOLUTE",
        "DAYS",
        "MONTHS",
        "YEARS",
    ),
)
VALIDITY = Structure(
    "Validity",
    (
        Member("Value", POSITIVE_LONG, "TODO", required=True),
        Member("Type", VALIDITY_PERIOD_TYPE, "TODO", required=True),
    ),
)
ISSUE_CERTIFICATE_REQUEST = Structure(
    "IssueCertificateRequest",
    (
        Member("ApiPassthrough", API_PASSTHROUGH, "TODO"),
        Member("CertificateAuthorityArn", ARN, "TODO", required=True),
        Member("Csr", CSR_BLOB, "TODO", required=True),
        Member("SigningAlgorithm", SIGNING_ALGORITHM, "TODO", required=True),
        Member("TemplateArn", ARN, "TODO"),
        Member("Validity", VALIDITY, "TODO", required=True),
        Member("ValidityNotBefore", VALIDITY, "TODO"),
        Member("IdempotencyToken", IDEMPOTENCY_TOKEN, "TODO"),
    ),
)
ISSUE_CERTIFICATE_RESPONSE = Structure(
    "IssueCertificateResponse",
    (Member("CertificateArn", ARN, "TODO"),),
)
ISSUE_CERTIFICATE = Operation(
    "IssueCertificate",
    summary="TODO",
    returns="TODO",
    example="TODO",
    input=ISSUE_CERTIFICATE_REQUEST,
    output=ISSUE_CERTIFICATE_RESPONSE,
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
GET_CERTIFICATE_REQUEST = Structure(
    "GetCertificateRequest",
    (
        Member("CertificateAuthorityArn", ARN, "TODO", required=True),
        Member("CertificateArn", ARN, "TODO", required=True),
    ),
)
GET_CERTIFICATE_RESPONSE = Structure(
    "GetCertificateResponse",
    (
        Member("Certificate", CERTIFICATE_BODY, "TODO"),
        Member("CertificateChain", CERTIFICATE_CHAIN, "TODO"),
    ),
)
GET_CERTIFICATE = Operation(
    "GetCertificate",
    summary="TODO",
    returns="TODO",
    example="TODO",
    input=GET_CERTIFICATE_REQUEST,
    output=GET_CERTIFICATE_RESPONSE,
    errors=(
        "ResourceNotFoundException",
        "InvalidArnException",
        "InvalidStateException",
        "RequestFailedException",
        "RequestInProgressException",
    ),
    changes=False,
)
