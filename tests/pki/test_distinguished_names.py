"""Distinguished names have the text that Java gives them."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from cryptography import x509
from hypothesis import given, settings
from hypothesis import strategies as st

from pcacli.pki.certificate_facts import subject
from pcacli.pki.der_reader import DerProblem
from pcacli.pki.distinguished_names import rfc2253
from tests.pki.crafting import entity

OID = x509.NameOID
SAMPLES = Path(__file__).with_name("samples")


def name(*relative_names: Mapping[x509.ObjectIdentifier, str]) -> bytes:
    """The DER of a Name; each dictionary is an RDN."""
    return x509.Name(
        x509.RelativeDistinguishedName(x509.NameAttribute(kind, value) for kind, value in attributes.items())
        for attributes in relative_names
    ).public_bytes()


# Expected texts: what X500Principal.getName("RFC2253") of OpenJDK 17 gave for the same DER.
AS_IN_JAVA = {
    "the last RDN first": (
        name({OID.COUNTRY_NAME: "US"}, {OID.ORGANIZATION_NAME: "Example"}, {OID.COMMON_NAME: "www.example.com"}),
        "CN=www.example.com,O=Example,C=US",
    ),
    "all keywords": (
        name(
            {OID.COMMON_NAME: "a"},
            {OID.LOCALITY_NAME: "b"},
            {OID.STATE_OR_PROVINCE_NAME: "c"},
            {OID.ORGANIZATION_NAME: "d"},
            {OID.ORGANIZATIONAL_UNIT_NAME: "e"},
            {OID.COUNTRY_NAME: "US"},
            {OID.STREET_ADDRESS: "g"},
            {OID.DOMAIN_COMPONENT: "h"},
            {OID.USER_ID: "i"},
        ),
        "UID=i,DC=h,STREET=g,C=US,OU=e,O=d,ST=c,L=b,CN=a",
    ),
    "attributes without keyword": (
        name(
            {OID.EMAIL_ADDRESS: "a@b.c"},
            {OID.SERIAL_NUMBER: "12"},
            {OID.TITLE: "x"},
            {x509.ObjectIdentifier("2.999.4711"): "y"},
        ),
        "2.999.4711=#0c0179,2.5.4.12=#0c0178,2.5.4.5=#13023132,1.2.840.113549.1.9.1=#16056140622e63",
    ),
    "attributes joined by a plus": (name({OID.COMMON_NAME: "a", OID.ORGANIZATION_NAME: "b"}), "CN=a+O=b"),
    "special characters": (
        name({OID.COMMON_NAME: 'a,b+c"d\\e<f>g;h=i#j'}),
        r"CN=a\,b\+c\"d\\e\<f\>g\;h\=i\#j",
    ),
    "spaces at the ends": (name({OID.COMMON_NAME: "  a  b "}), "CN=\\ \\ a  b\\ "),
    "nothing but spaces": (name({OID.COMMON_NAME: "  "}), "CN=\\ \\ "),
    "no ASCII": (name({OID.COMMON_NAME: "Zoë 漢字 😀"}), "CN=Zoë 漢字 😀"),
    "NUL": (name({OID.COMMON_NAME: "a\0b"}), r"CN=a\00b"),
    "empty": (name(), ""),
}


@pytest.mark.fact("6", "subject")
def test_a_real_subject_is_written_in_reverse() -> None:
    certificate = (SAMPLES / "nitro-subordinate-pathlen1.der").read_bytes()
    expected = "L=Seattle,ST=WA,C=US,O=Amazon,OU=AWS,CN=9ab21b7d4f5b719b.zonal.us-east-1.aws.nitro-enclaves"
    assert rfc2253(subject(certificate)) == expected


@pytest.mark.fact("6", "subject")
@pytest.mark.parametrize(("der", "text"), AS_IN_JAVA.values(), ids=AS_IN_JAVA.keys())
def test_names_have_the_text_that_java_gives_them(der: bytes, text: str) -> None:
    assert rfc2253(der) == text


def test_a_bmp_string_is_text_too() -> None:
    # SEQUENCE { SET { SEQUENCE { 2.5.4.3, BMPString "é" } } }
    assert rfc2253(bytes.fromhex("300d310b300906035504031e0200e9")) == "CN=é"


def test_a_type_that_is_no_text_is_written_in_hexadecimal() -> None:
    # SEQUENCE { SET { SEQUENCE { 2.5.4.3, NumericString "12" } } }
    assert rfc2253(bytes.fromhex("300d310b3009060355040312023132")) == "CN=#12023132"


@pytest.mark.parametrize("damaged", ["30", "3005310330", "3080", "308201"])
def test_what_is_not_der_is_refused(damaged: str) -> None:
    with pytest.raises(DerProblem, match="DER element"):
        rfc2253(bytes.fromhex(damaged))


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), min_size=1, max_size=20)
KINDS = st.sampled_from([OID.COMMON_NAME, OID.ORGANIZATION_NAME, OID.LOCALITY_NAME, OID.DOMAIN_COMPONENT])


@given(st.lists(st.dictionaries(KINDS, TEXT, min_size=1, max_size=2), max_size=4))
def test_the_text_names_the_same_attributes_to_another_reader(
    relative_names: list[dict[x509.ObjectIdentifier, str]],
) -> None:
    der = name(*relative_names)
    read_back = x509.Name.from_rfc4514_string(rfc2253(der))
    assert [{attribute.oid: attribute.value for attribute in rdn} for rdn in read_back.rdns] == relative_names


@settings(max_examples=10, deadline=None)
@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E, exclude_characters="#="), min_size=1, max_size=30))
def test_openssl_writes_the_same_text(common_name: str) -> None:
    """Without "#" and "=", which Java escapes everywhere and openssl does not."""
    certificate = entity(common_name)
    command = ["openssl", "x509", "-noout", "-subject", "-nameopt", "RFC2253"]
    shown = subprocess.run(command, input=certificate.pem, capture_output=True, check=True).stdout.decode()
    assert shown.removeprefix("subject=").removesuffix("\n") == rfc2253(subject(certificate.der))
