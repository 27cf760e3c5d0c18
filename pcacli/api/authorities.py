"""Certificate authorities: what one is, and the actions that create and show them.

Sources: AWS Private CA API Reference, pages "CertificateAuthority", "CertificateAuthorityConfiguration" and
"CreateCertificateAuthority"; AWS Private CA User Guide, "Create a private CA".
"""

from pcacli.api.algorithms import KEY_ALGORITHM, SIGNING_ALGORITHM
from pcacli.api.common import ACCOUNT_ID, ARN, IDEMPOTENCY_TOKEN, NEXT_PAGE, PAGE_SIZE, PAGE_START, TEXT, TIMESTAMP
from pcacli.api.extensions import CSR_EXTENSIONS
from pcacli.api.names import ASN1_SUBJECT
from pcacli.api.revocation import REVOCATION_CONFIGURATION
from pcacli.api.shapes import List, Member, Operation, String, Structure
from pcacli.api.tags import TAG_LIST

CERTIFICATE_AUTHORITY_TYPE = String("CertificateAuthorityType", choices=("ROOT", "SUBORDINATE"))
CERTIFICATE_AUTHORITY_STATUS = String(
    "CertificateAuthorityStatus",
    choices=("CREATING", "PENDING_CERTIFICATE", "ACTIVE", "DELETED", "DISABLED", "EXPIRED", "FAILED"),
)
USAGE_MODE = String("CertificateAuthorityUsageMode", choices=("GENERAL_PURPOSE", "SHORT_LIVED_CERTIFICATE"))
KEY_STORAGE_SECURITY_STANDARD = String(
    "KeyStorageSecurityStandard",
    choices=("FIPS_140_2_LEVEL_2_OR_HIGHER", "FIPS_140_2_LEVEL_3_OR_HIGHER", "CCPC_LEVEL_1_OR_HIGHER"),
)
FAILURE_REASON = String("FailureReason", choices=("REQUEST_TIMED_OUT", "UNSUPPORTED_ALGORITHM", "OTHER"))

CERTIFICATE_AUTHORITY_CONFIGURATION = Structure(
    "CertificateAuthorityConfiguration",
    (
        Member(
            "KeyAlgorithm",
            KEY_ALGORITHM,
            "Kind and size of the CA's key pair, for the CA's whole life. SM2 is for regions in China.",
            required=True,
        ),
        Member(
            "SigningAlgorithm",
            SIGNING_ALGORITHM,
            "Algorithm that signs the CA's CSR, CRLs and OCSP answers; it must fit KeyAlgorithm. Certificates are "
            "signed as issue-certificate asks.",
            required=True,
        ),
        Member("Subject", ASN1_SUBJECT, "The CA's name, such as {CommonName=Example Root}.", required=True),
        Member("CsrExtensions", CSR_EXTENSIONS, "Extensions for the CA's CSR, next to its basic constraints."),
    ),
)

CERTIFICATE_AUTHORITY = Structure(
    "CertificateAuthority",
    (
        Member("Arn", ARN, "ARN of the CA."),
        Member("OwnerAccount", ACCOUNT_ID, "Account that the CA belongs to."),
        Member("CreatedAt", TIMESTAMP, "When the CA was created."),
        Member("LastStateChangeAt", TIMESTAMP, "When Status last changed."),
        Member("Type", CERTIFICATE_AUTHORITY_TYPE, "ROOT signs itself; SUBORDINATE is signed by another CA."),
        Member("Serial", TEXT, "Serial of the CA's certificate, as a decimal number."),
        Member(
            "Status",
            CERTIFICATE_AUTHORITY_STATUS,
            "Only an ACTIVE CA issues. PENDING_CERTIFICATE waits for import-certificate-authority-certificate, and so "
            "does EXPIRED; DELETED can be restored for a while.",
        ),
        Member("NotBefore", TIMESTAMP, "Start of the CA's certificate; absent until one is imported."),
        Member("NotAfter", TIMESTAMP, "End of the CA's certificate; absent until one is imported."),
        Member("FailureReason", FAILURE_REASON, "Why creation failed; only in a FAILED CA."),
        Member(
            "CertificateAuthorityConfiguration",
            CERTIFICATE_AUTHORITY_CONFIGURATION,
            "Key, signature and name, as given at creation.",
        ),
        Member("RevocationConfiguration", REVOCATION_CONFIGURATION, "How the CA makes revocations known."),
        Member("RestorableUntil", TIMESTAMP, "Until when the CA can be restored; only in a DELETED CA."),
        Member("KeyStorageSecurityStandard", KEY_STORAGE_SECURITY_STANDARD, "How the CA's key is protected."),
        Member(
            "UsageMode", USAGE_MODE, "Whether certificates may live long, or 7 days at most (SHORT_LIVED_CERTIFICATE)."
        ),
    ),
)

CREATE_CERTIFICATE_AUTHORITY = Operation(
    "CreateCertificateAuthority",
    summary="Create a root or subordinate CA with a key pair of its own.",
    returns="The ARN of the CA, which needs a certificate of its own before it can issue.",
    example="pcacli create-certificate-authority --certificate-authority-type ROOT "
    "--certificate-authority-configuration file://ca_config.json",
    input=Structure(
        "CreateCertificateAuthorityRequest",
        (
            Member(
                "CertificateAuthorityConfiguration",
                CERTIFICATE_AUTHORITY_CONFIGURATION,
                "Key algorithm, signing algorithm and name, such as KeyAlgorithm=EC_prime256v1,"
                "SigningAlgorithm=SHA256WITHECDSA,Subject={CommonName=Root}.",
                required=True,
            ),
            Member(
                "RevocationConfiguration",
                REVOCATION_CONFIGURATION,
                "CRLs and OCSP, both off unless given. A bucket that cannot be written to is refused.",
            ),
            Member(
                "CertificateAuthorityType",
                CERTIFICATE_AUTHORITY_TYPE,
                "ROOT signs its own certificate; SUBORDINATE needs one from a CA above it.",
                required=True,
            ),
            Member(
                "IdempotencyToken",
                IDEMPOTENCY_TOKEN,
                "Text of up to 36 characters that makes a retry safe: within five minutes, the same token returns the "
                "first CA's ARN and creates no second one.",
            ),
            Member(
                "KeyStorageSecurityStandard",
                KEY_STORAGE_SECURITY_STANDARD,
                "How AWS has to protect the key: FIPS_140_2_LEVEL_3_OR_HIGHER unless given. A few regions offer "
                "CCPC_LEVEL_1_OR_HIGHER only and refuse all else.",
            ),
            Member("Tags", TAG_LIST, "Up to 50 tags, such as Key=team,Value=pki."),
            Member(
                "UsageMode",
                USAGE_MODE,
                "GENERAL_PURPOSE (the default), or SHORT_LIVED_CERTIFICATE: no certificate outlives 7 days, so that "
                "revocation can be left out. Fixed for the CA's life.",
            ),
        ),
    ),
    output=Structure(
        "CreateCertificateAuthorityResponse",
        (Member("CertificateAuthorityArn", ARN, "ARN of the new CA."),),
    ),
    errors=(
        "LimitExceededException",
        "InvalidArgsException",
        "InvalidTagException",
        "InvalidPolicyException",
    ),
    changes=True,
)

DESCRIBE_CERTIFICATE_AUTHORITY = Operation(
    "DescribeCertificateAuthority",
    summary="Show a CA: status, validity, configuration.",
    returns="Everything that is known about the CA except its certificate, tags and policy.",
    example="pcacli describe-certificate-authority --certificate-authority-arn $CA_ARN "
    "--query CertificateAuthority.Status --output text",
    input=Structure(
        "DescribeCertificateAuthorityRequest",
        (
            Member(
                "CertificateAuthorityArn",
                ARN,
                "ARN of the CA, in any status; a DELETED one shows until when it can be restored.",
                required=True,
            ),
        ),
    ),
    output=Structure(
        "DescribeCertificateAuthorityResponse",
        (Member("CertificateAuthority", CERTIFICATE_AUTHORITY, "The CA."),),
    ),
    errors=("ResourceNotFoundException", "InvalidArnException"),
    changes=False,
)

LIST_CERTIFICATE_AUTHORITIES = Operation(
    "ListCertificateAuthorities",
    summary="List the CAs of your account, or those that others share with it.",
    returns="The CAs, each as describe-certificate-authority shows it, deleted ones included while restorable.",
    example="pcacli list-certificate-authorities --query 'CertificateAuthorities[].[Arn,Status]' --output text",
    input=Structure(
        "ListCertificateAuthoritiesRequest",
        (
            PAGE_SIZE,
            PAGE_START,
            Member(
                "ResourceOwner",
                String("ResourceOwner", choices=("SELF", "OTHER_ACCOUNTS")),
                "SELF (the default) lists your own CAs, OTHER_ACCOUNTS those shared with you.",
            ),
        ),
    ),
    output=Structure(
        "ListCertificateAuthoritiesResponse",
        (
            NEXT_PAGE,
            Member("CertificateAuthorities", List("CertificateAuthorities", CERTIFICATE_AUTHORITY), "The CAs."),
        ),
    ),
    errors=("InvalidNextTokenException",),
    changes=False,
)
