"""Names: X.500 subjects, and the general names of subject alternative names and access locations.

The order of the attributes in `ASN1_SUBJECT` is also their order in the certificates that AWS makes.
Sources: AWS Private CA API Reference, pages "ASN1Subject" and "GeneralName"; ITU-T X.520 for what the attributes
mean; RFC 5280 section 4.2.1.6 for general names.
"""

from pcacli.api.common import (
    OBJECT_IDENTIFIER,
    TEXT_1_TO_256,
    TEXT_UP_TO_3,
    TEXT_UP_TO_5,
    TEXT_UP_TO_16,
    TEXT_UP_TO_39,
    TEXT_UP_TO_40,
    TEXT_UP_TO_64,
    TEXT_UP_TO_128,
    TEXT_UP_TO_253,
    TEXT_UP_TO_256,
)
from pcacli.api.shapes import List, Member, String, Structure

COUNTRY_CODE = String("CountryCodeString", minimum=2, maximum=2, pattern="[A-Za-z]{2}")
PRINTABLE_TEXT = String("ASN1PrintableString64", minimum=0, maximum=64, pattern="[a-zA-Z0-9'()+-.?:/= ]*")

CUSTOM_ATTRIBUTE = Structure(
    "CustomAttribute",
    (
        Member(
            "ObjectIdentifier", OBJECT_IDENTIFIER, "The attribute's type as a dotted OID: 2.5.4.3 is CN.", required=True
        ),
        Member("Value", TEXT_1_TO_256, "The attribute's value, up to 256 characters.", required=True),
    ),
)

ASN1_SUBJECT = Structure(
    "ASN1Subject",
    (
        Member("Country", COUNTRY_CODE, "Country (C): an ISO 3166 code of two letters, such as DE."),
        Member("Organization", TEXT_UP_TO_64, "Organization (O), up to 64 characters."),
        Member("OrganizationalUnit", TEXT_UP_TO_64, "Part of the organization (OU), up to 64 characters."),
        Member(
            "DistinguishedNameQualifier",
            PRINTABLE_TEXT,
            "Text that tells apart two otherwise equal names (dnQualifier), up to 64 characters, printable ASCII only.",
        ),
        Member("State", TEXT_UP_TO_128, "State or province (ST), up to 128 characters."),
        Member(
            "CommonName",
            TEXT_UP_TO_64,
            "Common name (CN), up to 64 characters. TLS clients look for host names among the subject alternative "
            "names and ignore this one.",
        ),
        Member(
            "SerialNumber",
            PRINTABLE_TEXT,
            "Serial number of the person or device that the name stands for (serialNumber), up to 64 characters, "
            "printable ASCII only. It does not set the certificate's own serial.",
        ),
        Member("Locality", TEXT_UP_TO_128, "City or town (L), up to 128 characters."),
        Member("Title", TEXT_UP_TO_64, "A person's title or position (title), up to 64 characters."),
        Member("Surname", TEXT_UP_TO_40, "Family name (SN), up to 40 characters."),
        Member("GivenName", TEXT_UP_TO_16, "First name (GN), up to 16 characters."),
        Member("Initials", TEXT_UP_TO_5, "Initials of a person, up to 5 characters."),
        Member("Pseudonym", TEXT_UP_TO_128, "A name used in place of the real one, up to 128 characters."),
        Member("GenerationQualifier", TEXT_UP_TO_3, 'Generation, such as "Jr" or "III", up to 3 characters.'),
        Member(
            "CustomAttributes",
            List("CustomAttributeList", CUSTOM_ATTRIBUTE, minimum=1, maximum=150),
            "The whole name as pairs of OID and value, in the order given; an OID may repeat. "
            "Refused next to any of the named attributes.",
        ),
    ),
)

OTHER_NAME = Structure(
    "OtherName",
    (
        Member("TypeId", OBJECT_IDENTIFIER, "What kind of name it is, as a dotted OID.", required=True),
        Member("Value", TEXT_UP_TO_256, "The name itself, up to 256 characters.", required=True),
    ),
)

EDI_PARTY_NAME = Structure(
    "EdiPartyName",
    (
        Member("PartyName", TEXT_UP_TO_256, "Name of the party, up to 256 characters.", required=True),
        Member("NameAssigner", TEXT_UP_TO_256, "Who gave the party that name, up to 256 characters."),
    ),
)

# Every element holds exactly one of these members; more than one is InvalidArgsException.
GENERAL_NAME = Structure(
    "GeneralName",
    (
        Member("OtherName", OTHER_NAME, "A name of a kind that only an OID describes, such as a Windows user name."),
        Member("Rfc822Name", TEXT_UP_TO_256, "An e-mail address, up to 256 characters."),
        Member("DnsName", TEXT_UP_TO_253, "A host name, up to 253 characters; *.example.com covers one level."),
        Member("DirectoryName", ASN1_SUBJECT, "An X.500 name."),
        Member("EdiPartyName", EDI_PARTY_NAME, "A partner in electronic data interchange."),
        Member("UniformResourceIdentifier", TEXT_UP_TO_253, "A URI, such as a SPIFFE ID, up to 253 characters."),
        Member("IpAddress", TEXT_UP_TO_39, "An IPv4 or IPv6 address in its usual text form, without a prefix length."),
        Member("RegisteredId", OBJECT_IDENTIFIER, "A dotted OID that is itself the name."),
    ),
)

GENERAL_NAME_LIST = List("GeneralNameList", GENERAL_NAME, minimum=1, maximum=150)
