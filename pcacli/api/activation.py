"""A CA's own CSR and certificate."""

from pcacli.api.common import ARN
from pcacli.api.shapes import Blob, Member, Operation, String, Structure

CSR_BODY = String("CsrBody")
CERTIFICATE_BODY = String("CertificateBody")
CERTIFICATE_CHAIN = String("CertificateChain")
CERTIFICATE_BODY_BLOB = Blob("CertificateBodyBlob", minimum=1, maximum=32768)
CERTIFICATE_CHAIN_BLOB = Blob("CertificateChainBlob", minimum=0, maximum=2097152)
GET_CERTIFICATE_AUTHORITY_CSR_REQUEST = Structure(
    "GetCertificateAuthorityCsrRequest",
    (Member("CertificateAuthorityArn", ARN, "TODO", required=True),),
)
GET_CERTIFICATE_AUTHORITY_CSR_RESPONSE = Structure(
    "GetCertificateAuthorityCsrResponse",
    (Member("Csr", CSR_BODY, "TODO"),),
)
GET_CERTIFICATE_AUTHORITY_CSR = Operation(
    "GetCertificateAuthorityCsr",
    summary="TODO",
    returns="TODO",
    example="TODO",
    input=GET_CERTIFICATE_AUTHORITY_CSR_REQUEST,
    output=GET_CERTIFICATE_AUTHORITY_CSR_RESPONSE,
    errors=(
        "ResourceNotFoundException",
        "InvalidArnException",
        "InvalidStateException",
        "RequestFailedException",
        "RequestInProgressException",
    ),
    changes=False,
)
IMPORT_CERTIFICATE_AUTHORITY_CERTIFICATE_REQUEST = Structure(
    "ImportCertificateAuthorityCertificateRequest",
    (
        Member("CertificateAuthorityArn", ARN, "TODO", required=True),
        Member("Certificate", CERTIFICATE_BODY_BLOB, "TODO", required=True),
        Member("CertificateChain", CERTIFICATE_CHAIN_BLOB, "TODO"),
    ),
)
IMPORT_CERTIFICATE_AUTHORITY_CERTIFICATE = Operation(
    "ImportCertificateAuthorityCertificate",
    summary="TODO",
    returns="TODO",
    example="TODO",
    input=IMPORT_CERTIFICATE_AUTHORITY_CERTIFICATE_REQUEST,
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
GET_CERTIFICATE_AUTHORITY_CERTIFICATE_REQUEST = Structure(
    "GetCertificateAuthorityCertificateRequest",
    (Member("CertificateAuthorityArn", ARN, "TODO", required=True),),
)
GET_CERTIFICATE_AUTHORITY_CERTIFICATE_RESPONSE = Structure(
    "GetCertificateAuthorityCertificateResponse",
    (
        Member("Certificate", CERTIFICATE_BODY, "TODO"),
        Member("CertificateChain", CERTIFICATE_CHAIN, "TODO"),
    ),
)
GET_CERTIFICATE_AUTHORITY_CERTIFICATE = Operation(
    "GetCertificateAuthorityCertificate",
    summary="TODO",
    returns="TODO",
    example="TODO",
    input=GET_CERTIFICATE_AUTHORITY_CERTIFICATE_REQUEST,
    output=GET_CERTIFICATE_AUTHORITY_CERTIFICATE_RESPONSE,
    errors=(
        "ResourceNotFoundException",
        "InvalidArnException",
        "InvalidStateException",
    ),
    changes=False,
)
