"""Certificate extensions that a caller may ask for, in a CA's CSR or past a template.

Sources: AWS Private CA API Reference, pages "CsrExtensions", "ApiPassthrough" and "Extensions"; RFC 5280 section
4.2.1.3 (key usage), 4.2.1.4 (policies), 4.2.1.12 (extended key usage) and 4.2.2.2 (subject information access).
"""

from pcacli.api.common import BOOLEAN, OBJECT_IDENTIFIER, TEXT_UP_TO_256
from pcacli.api.names import ASN1_SUBJECT, GENERAL_NAME, GENERAL_NAME_LIST
from pcacli.api.shapes import List, Member, String, Structure

KEY_USAGE = Structure(
    "KeyUsage",
    (
        Member("DigitalSignature", BOOLEAN, "Sign anything but certificates and CRLs, as TLS handshakes do."),
        Member("NonRepudiation", BOOLEAN, "Sign so that the signer cannot deny it later (contentCommitment)."),
        Member("KeyEncipherment", BOOLEAN, "Encrypt other keys, as TLS with RSA key exchange does."),
        Member("DataEncipherment", BOOLEAN, "Encrypt data directly, with no key in between; rarely needed."),
        Member("KeyAgreement", BOOLEAN, "Agree on a shared key, as Diffie-Hellman does."),
        Member("KeyCertSign", BOOLEAN, "Sign certificates; for CAs only."),
        Member("CRLSign", BOOLEAN, "Sign revocation lists."),
        Member("EncipherOnly", BOOLEAN, "Narrow KeyAgreement to encryption."),
        Member("DecipherOnly", BOOLEAN, "Narrow KeyAgreement to decryption."),
    ),
)

ACCESS_METHOD = Structure(
    "AccessMethod",
    (
        Member(
            "CustomObjectIdentifier",
            OBJECT_IDENTIFIER,
            "The method as a dotted OID. Refused next to AccessMethodType (InvalidArgsException).",
        ),
        Member(
            "AccessMethodType",
            String("AccessMethodType", choices=("CA_REPOSITORY", "RESOURCE_PKI_MANIFEST", "RESOURCE_PKI_NOTIFY")),
            "The method by name: where the CA publishes, or the manifest or change feed of a resource PKI.",
        ),
    ),
)

ACCESS_DESCRIPTION = Structure(
    "AccessDescription",
    (
        Member("AccessMethod", ACCESS_METHOD, "What is found at the location; exactly one member.", required=True),
        Member("AccessLocation", GENERAL_NAME, "Where it is found: one general name, usually a URI.", required=True),
    ),
)

CSR_EXTENSIONS = Structure(
    "CsrExtensions",
    (
        Member("KeyUsage", KEY_USAGE, "Key usages that the CSR asks its signer for; members left out are false."),
        Member(
            "SubjectInformationAccess",
            List("AccessDescriptionList", ACCESS_DESCRIPTION),
            "Places where the CA publishes information about itself.",
        ),
    ),
)

POLICY_QUALIFIER = Structure(
    "PolicyQualifierInfo",
    (
        Member(
            "PolicyQualifierId",
            String("PolicyQualifierId", choices=("CPS",)),
            "The kind of qualifier: CPS, a certification practice statement.",
            required=True,
        ),
        Member(
            "Qualifier",
            Structure(
                "Qualifier",
                (
                    Member(
                        "CpsUri",
                        TEXT_UP_TO_256,
                        "URI of the certification practice statement, up to 256 characters.",
                        required=True,
                    ),
                ),
            ),
            "The qualifier's content.",
            required=True,
        ),
    ),
)

POLICY_INFORMATION = Structure(
    "PolicyInformation",
    (
        Member("CertPolicyId", OBJECT_IDENTIFIER, "The policy as a dotted OID.", required=True),
        Member(
            "PolicyQualifiers",
            List("PolicyQualifierInfoList", POLICY_QUALIFIER, minimum=1, maximum=20),
            "Up to 20 qualifiers of the policy.",
        ),
    ),
)

EXTENDED_KEY_USAGE_TYPE = String(
    "ExtendedKeyUsageType",
    choices=(
        "SERVER_AUTH",
        "CLIENT_AUTH",
        "CODE_SIGNING",
        "EMAIL_PROTECTION",
        "TIME_STAMPING",
        "OCSP_SIGNING",
        "SMART_CARD_LOGIN",
        "DOCUMENT_SIGNING",
        "CERTIFICATE_TRANSPARENCY",
    ),
)

EXTENDED_KEY_USAGE = Structure(
    "ExtendedKeyUsage",
    (
        Member("ExtendedKeyUsageType", EXTENDED_KEY_USAGE_TYPE, "A purpose by name."),
        Member("ExtendedKeyUsageObjectIdentifier", OBJECT_IDENTIFIER, "A purpose as a dotted OID, where no name fits."),
    ),
)

CUSTOM_EXTENSION = Structure(
    "CustomExtension",
    (
        Member("ObjectIdentifier", OBJECT_IDENTIFIER, "The extension's type as a dotted OID.", required=True),
        Member(
            "Value",
            String(
                "Base64String1To4096",
                minimum=1,
                maximum=4096,
                pattern="(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?",
            ),
            "The extension's DER in base64, up to 4096 characters, without the OCTET STRING around it.",
            required=True,
        ),
        Member(
            "Critical",
            BOOLEAN,
            "Whether software that does not know the extension must reject the certificate; false unless given.",
        ),
    ),
)

EXTENSIONS = Structure(
    "Extensions",
    (
        Member(
            "CertificatePolicies",
            List("CertificatePolicyList", POLICY_INFORMATION, minimum=1, maximum=20),
            "Up to 20 policies that the certificate follows.",
        ),
        Member(
            "ExtendedKeyUsage",
            List("ExtendedKeyUsageList", EXTENDED_KEY_USAGE, minimum=1, maximum=20),
            "Up to 20 purposes. Dropped where the template fixes its own, as end-entity templates do unless Blank.",
        ),
        Member(
            "KeyUsage",
            KEY_USAGE,
            "What the key may do; members left out are false. Counts with Blank templates only, "
            "because all others fix it.",
        ),
        Member(
            "SubjectAlternativeNames",
            GENERAL_NAME_LIST,
            "Up to 150 names, one member in each element. They replace those of the CSR; nothing is merged.",
        ),
        Member(
            "CustomExtensions",
            List("CustomExtensionList", CUSTOM_EXTENSION, minimum=1, maximum=150),
            "Up to 150 extensions that have no member of their own here.",
        ),
    ),
)

API_PASSTHROUGH = Structure(
    "ApiPassthrough",
    (
        Member("Extensions", EXTENSIONS, "Extensions to add where the template leaves them open."),
        Member("Subject", ASN1_SUBJECT, "The certificate's subject; it replaces the whole subject of the CSR."),
    ),
)
