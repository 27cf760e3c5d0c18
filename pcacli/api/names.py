"""Names: X.500 subjects and general names."""

from pcacli.api.common import (
    CUSTOM_OBJECT_IDENTIFIER,
    STRING128,
    STRING16,
    STRING1_TO256,
    STRING253,
    STRING256,
    STRING3,
    STRING39,
    STRING40,
    STRING5,
    STRING64,
)
from pcacli.api.shapes import List, Member, String, Structure

COUNTRY_CODE_STRING = String("CountryCodeString", minimum=2, maximum=2, pattern="[A-Za-z]{2}")
ASN1_PRINTABLE_STRING64 = String("ASN1PrintableString64", minimum=0, maximum=64, pattern="[a-zA-Z0-9'()+-.?:/= ]*")
CUSTOM_ATTRIBUTE = Structure(
    "CustomAttribute",
    (
        Member("ObjectIdentifier", CUSTOM_OBJECT_IDENTIFIER, "TODO", required=True),
        Member("Value", STRING1_TO256, "TODO", required=True),
    ),
)
CUSTOM_ATTRIBUTE_LIST = List("CustomAttributeList", CUSTOM_ATTRIBUTE, minimum=1, maximum=150)
ASN1_SUBJECT = Structure(
    "ASN1Subject",
    (
        Member("Country", COUNTRY_CODE_STRING, "TODO"),
        Member("Organization", STRING64, "TODO"),
        Member("OrganizationalUnit", STRING64, "TODO"),
        Member("DistinguishedNameQualifier", ASN1_PRINTABLE_STRING64, "TODO"),
        Member("State", STRING128, "TODO"),
        Member("CommonName", STRING64, "TODO"),
        Member("SerialNumber", ASN1_PRINTABLE_STRING64, "TODO"),
        Member("Locality", STRING128, "TODO"),
        Member("Title", STRING64, "TODO"),
        Member("Surname", STRING40, "TODO"),
        Member("GivenName", STRING16, "TODO"),
        Member("Initials", STRING5, "TODO"),
        Member("Pseudonym", STRING128, "TODO"),
        Member("GenerationQualifier", STRING3, "TODO"),
        Member("CustomAttributes", CUSTOM_ATTRIBUTE_LIST, "TODO"),
    ),
)
OTHER_NAME = Structure(
    "OtherName",
    (
        Member("TypeId", CUSTOM_OBJECT_IDENTIFIER, "TODO", required=True),
        Member("Value", STRING256, "TODO", required=True),
    ),
)
EDI_PARTY_NAME = Structure(
    "EdiPartyName",
    (
        Member("PartyName", STRING256, "TODO", required=True),
        Member("NameAssigner", STRING256, "TODO"),
    ),
)
GENERAL_NAME = Structure(
    "GeneralName",
    (
        Member("OtherName", OTHER_NAME, "TODO"),
        Member("Rfc822Name", STRING256, "TODO"),
        Member("DnsName", STRING253, "TODO"),
        Member("DirectoryName", ASN1_SUBJECT, "TODO"),
        Member("EdiPartyName", EDI_PARTY_NAME, "TODO"),
        Member("UniformResourceIdentifier", STRING253, "TODO"),
        Member("IpAddress", STRING39, "TODO"),
        Member("RegisteredId", CUSTOM_OBJECT_IDENTIFIER, "TODO"),
    ),
)
GENERAL_NAME_LIST = List("GeneralNameList", GENERAL_NAME, minimum=1, maximum=150)
