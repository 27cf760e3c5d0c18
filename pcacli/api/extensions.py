"""Certificate extensions that a caller may ask for."""

from pcacli.api.common import BOOLEAN, CUSTOM_OBJECT_IDENTIFIER, STRING256
from pcacli.api.names import ASN1_SUBJECT, GENERAL_NAME, GENERAL_NAME_LIST
from pcacli.api.shapes import List, Member, String, Structure

KEY_USAGE = Structure(
    "KeyUsage",
    (
        Member("DigitalSignature", BOOLEAN, "TODO"),
        Member("NonRepudiation", BOOLEAN, "TODO"),
        Member("KeyEncipherment", BOOLEAN, "TODO"),
        Member("DataEncipherment", BOOLEAN, "TODO"),
        Member("KeyAgreement", BOOLEAN, "TODO"),
        Member("KeyCertSign", BOOLEAN, "TODO"),
        Member("CRLSign", BOOLEAN, "TODO"),
        Member("EncipherOnly", BOOLEAN, "TODO"),
        Member("DecipherOnly", BOOLEAN, "TODO"),
    ),
)
ACCESS_METHOD_TYPE = String(
    "AccessMethodType",
    choices=(
        "CA_REPOSITORY",
        "RESOURCE_PKI_MANIFEST",
        "RESOURCE_PKI_NOTIFY",
    ),
)
ACCESS_METHOD = Structure(
    "AccessMethod",
    (
        Member("CustomObjectIdentifier", CUSTOM_OBJECT_IDENTIFIER, "TODO"),
        Member("AccessMethodType", ACCESS_METHOD_TYPE, "TODO"),
    ),
)
ACCESS_DESCRIPTION = Structure(
    "AccessDescription",
    (
        Member("AccessMethod", ACCESS_METHOD, "TODO", required=True),
        Member("AccessLocation", GENERAL_NAME, "TODO", required=True),
    ),
)
ACCESS_DESCRIPTION_LIST = List("AccessDescriptionList", ACCESS_DESCRIPTION)
CSR_EXTENSIONS = Structure(
    "CsrExtensions",
    (
        Member("KeyUsage", KEY_USAGE, "TODO"),
        Member("SubjectInformationAccess", ACCESS_DESCRIPTION_LIST, "TODO"),
    ),
)
POLICY_QUALIFIER_ID = String("PolicyQualifierId", choices=("CPS",))
QUALIFIER = Structure(
    "Qualifier",
    (Member("CpsUri", STRING256, "TODO", required=True),),
)
POLICY_QUALIFIER_INFO = Structure(
    "PolicyQualifierInfo",
    (
        Member("PolicyQualifierId", POLICY_QUALIFIER_ID, "TODO", required=True),
        Member("Qualifier", QUALIFIER, "TODO", required=True),
    ),
)
POLICY_QUALIFIER_INFO_LIST = List("PolicyQualifierInfoList", POLICY_QUALIFIER_INFO, minimum=1, maximum=20)
POLICY_INFORMATION = Structure(
    "PolicyInformation",
    (
        Member("CertPolicyId", CUSTOM_OBJECT_IDENTIFIER, "TODO", required=True),
        Member("PolicyQualifiers", POLICY_QUALIFIER_INFO_LIST, "TODO"),
    ),
)
CERTIFICATE_POLICY_LIST = List("CertificatePolicyList", POLICY_INFORMATION, minimum=1, maximum=20)
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
        Member("ExtendedKeyUsageType", EXTENDED_KEY_USAGE_TYPE, "TODO"),
        Member("ExtendedKeyUsageObjectIdentifier", CUSTOM_OBJECT_IDENTIFIER, "TODO"),
    ),
)
EXTENDED_KEY_USAGE_LIST = List("ExtendedKeyUsageList", EXTENDED_KEY_USAGE, minimum=1, maximum=20)
BASE64_STRING1_TO4096 = String(
    "Base64String1To4096",
    minimum=1,
    maximum=4096,
    pattern="(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?",
)
CUSTOM_EXTENSION = Structure(
    "CustomExtension",
    (
        Member("ObjectIdentifier", CUSTOM_OBJECT_IDENTIFIER, "TODO", required=True),
        Member("Value", BASE64_STRING1_TO4096, "TODO", required=True),
        Member("Critical", BOOLEAN, "TODO"),
    ),
)
CUSTOM_EXTENSION_LIST = List("CustomExtensionList", CUSTOM_EXTENSION, minimum=1, maximum=150)
EXTENSIONS = Structure(
    "Extensions",
    (
        Member("CertificatePolicies", CERTIFICATE_POLICY_LIST, "TODO"),
        Member("ExtendedKeyUsage", EXTENDED_KEY_USAGE_LIST, "TODO"),
        Member("KeyUsage", KEY_USAGE, "TODO"),
        Member("SubjectAlternativeNames", GENERAL_NAME_LIST, "TODO"),
        Member("CustomExtensions", CUSTOM_EXTENSION_LIST, "TODO"),
    ),
)
API_PASSTHROUGH = Structure(
    "ApiPassthrough",
    (
        Member("Extensions", EXTENSIONS, "TODO"),
        Member("Subject", ASN1_SUBJECT, "TODO"),
    ),
)
