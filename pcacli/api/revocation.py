"""How a CA publishes revocations, and the action that revokes.

Sources: AWS Private CA API Reference, pages "CrlConfiguration", "OcspConfiguration" and "RevokeCertificate";
RFC 5280 section 5.3.1 for the reasons; AWS Private CA User Guide, "Plan your certificate revocation method".
"""

from pcacli.api.common import ARN, BOOLEAN, TEXT_UP_TO_128
from pcacli.api.shapes import Integer, Member, Operation, String, Structure

CNAME = String("CnameString", minimum=0, maximum=253, pattern="[-a-zA-Z0-9;/?:@&=+$,%_.!~*()']*")

CRL_CONFIGURATION = Structure(
    "CrlConfiguration",
    (
        Member(
            "Enabled",
            BOOLEAN,
            "Whether the CA publishes CRLs. A configuration with false may hold nothing else.",
            required=True,
        ),
        Member(
            "ExpirationInDays",
            Integer("Integer1To5000", minimum=1, maximum=5000),
            "Days from one CRL to its nextUpdate, 1 to 5000; a fresh one follows at about half that time. "
            "Give it whenever CRLs are on: no default is documented.",
        ),
        Member(
            "CustomCname",
            CNAME,
            "Host name that certificates give for the CRL instead of the bucket's; making it lead to the bucket is "
            "up to you. Leave http:// off. Refused together with OmitExtension=true.",
        ),
        Member(
            "S3BucketName",
            String("S3BucketName3To255", minimum=3, maximum=255, pattern="[-a-zA-Z0-9._/]+"),
            "Bucket for the CRL, which the service must be allowed to write to. A change counts for certificates "
            "issued afterwards; the older ones keep pointing at the old bucket.",
        ),
        Member(
            "S3ObjectAcl",
            String("S3ObjectAcl", choices=("PUBLIC_READ", "BUCKET_OWNER_FULL_CONTROL")),
            "Who may read the CRL: everybody (PUBLIC_READ, the default) or the bucket's owner. "
            "The default is refused where S3 Block Public Access is on.",
        ),
        Member(
            "CrlDistributionPointExtensionConfiguration",
            Structure(
                "CrlDistributionPointExtensionConfiguration",
                (
                    Member(
                        "OmitExtension",
                        BOOLEAN,
                        "With true, certificates carry no CRL address unless passthrough brings one; "
                        "refused together with CustomCname.",
                        required=True,
                    ),
                ),
            ),
            "Whether certificates say where the CRL is; they do unless told otherwise.",
        ),
        Member(
            "CrlType",
            String("CrlType", choices=("COMPLETE", "PARTITIONED")),
            "COMPLETE (the default) keeps one file for all revoked certificates, at most a million. PARTITIONED "
            "spreads them over several files for larger CAs; clients must understand a critical extension for it.",
        ),
        Member(
            "CustomPath",
            String(
                "CrlPathString",
                minimum=0,
                maximum=253,
                pattern="(/|[-a-zA-Z0-9;?:@&=+$,%_.!~*()']+(/[-a-zA-Z0-9;?:@&=+$,%_.!~*()']+)*)",
            ),
            "Folder in the bucket, in place of crl; a lone / stands for the top of the bucket.",
        ),
    ),
)

OCSP_CONFIGURATION = Structure(
    "OcspConfiguration",
    (
        Member(
            "Enabled",
            BOOLEAN,
            "Whether certificates issued from now on name an OCSP responder. "
            "A configuration with false may hold nothing else.",
            required=True,
        ),
        Member(
            "OcspCustomCname",
            CNAME,
            "Host name that certificates give for the responder; forwarding it to the real one is up to you. "
            "Leave http:// off.",
        ),
    ),
)

REVOCATION_CONFIGURATION = Structure(
    "RevocationConfiguration",
    (
        Member("CrlConfiguration", CRL_CONFIGURATION, "Certificate revocation lists, off for a new CA unless given."),
        Member("OcspConfiguration", OCSP_CONFIGURATION, "Online status answers, off for a new CA unless given."),
    ),
)

REVOCATION_REASON = String(
    "RevocationReason",
    choices=(
        "UNSPECIFIED",
        "KEY_COMPROMISE",
        "CERTIFICATE_AUTHORITY_COMPROMISE",
        "AFFILIATION_CHANGED",
        "SUPERSEDED",
        "CESSATION_OF_OPERATION",
        "PRIVILEGE_WITHDRAWN",
        "A_A_COMPROMISE",
    ),
)

REVOKE_CERTIFICATE = Operation(
    "RevokeCertificate",
    summary="Revoke a certificate, for good and with a reason.",
    returns="Nothing; audit reports show it, and so do CRLs and OCSP answers where the CA has them.",
    example="pcacli revoke-certificate --certificate-authority-arn $CA_ARN --certificate-serial $SERIAL "
    "--revocation-reason KEY_COMPROMISE",
    input=Structure(
        "RevokeCertificateRequest",
        (
            Member(
                "CertificateAuthorityArn",
                ARN,
                "ARN of the CA that issued the certificate; it must be ACTIVE or DISABLED.",
                required=True,
            ),
            Member(
                "CertificateSerial",
                TEXT_UP_TO_128,
                "Serial in hexadecimal, with or without colons: the end of the certificate's ARN, or what "
                "`openssl x509 -noout -serial` prints. Expired and self-signed root certificates are refused.",
                required=True,
            ),
            Member(
                "RevocationReason",
                REVOCATION_REASON,
                "Why, as CRLs and OCSP answers will tell. It cannot be changed later, and there is no hold to lift.",
                required=True,
            ),
        ),
    ),
    output=None,
    errors=(
        "RequestAlreadyProcessedException",
        "LimitExceededException",
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
