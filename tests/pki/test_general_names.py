"""The eight kinds of general names, against what `cryptography` makes of those that it knows."""

import ipaddress
from typing import Any

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from pcacli.api.names import GENERAL_NAME
from pcacli.errors import ServiceError
from pcacli.pki.general_names import general_name, general_names

DIRECTORY = x509.Name(
    [x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "DE"), x509.NameAttribute(x509.NameOID.COMMON_NAME, "Käse")]
)
OTHER = x509.OtherName(x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2.3"), b"\x0c\x05u@d.e")
KNOWN: list[tuple[dict[str, Any], x509.GeneralName]] = [
    ({"OtherName": {"TypeId": "1.3.6.1.4.1.311.20.2.3", "Value": "u@d.e"}}, OTHER),
    ({"Rfc822Name": "user@example.com"}, x509.RFC822Name("user@example.com")),
    ({"DnsName": "*.example.com"}, x509.DNSName("*.example.com")),
    ({"DirectoryName": {"CommonName": "Käse", "Country": "DE"}}, x509.DirectoryName(DIRECTORY)),
    ({"UniformResourceIdentifier": "spiffe://a/b"}, x509.UniformResourceIdentifier("spiffe://a/b")),
    ({"IpAddress": "192.0.2.1"}, x509.IPAddress(ipaddress.ip_address("192.0.2.1"))),
    ({"IpAddress": "2001:db8::1"}, x509.IPAddress(ipaddress.ip_address("2001:db8::1"))),
    ({"RegisteredId": "2.999.1234567"}, x509.RegisteredID(x509.ObjectIdentifier("2.999.1234567"))),
]


@pytest.mark.fact("2.4", "general-names")
@pytest.mark.parametrize(("given_name", "expected"), KNOWN)
def test_general_name_is_what_cryptography_writes(given_name: dict[str, Any], expected: x509.GeneralName) -> None:
    assert general_names([given_name]) == x509.SubjectAlternativeName([expected]).public_bytes()


@pytest.mark.fact("2.4")
def test_several_names_stand_in_the_given_order() -> None:
    names = [given_name for given_name, _ in KNOWN]
    assert general_names(names) == x509.SubjectAlternativeName([expected for _, expected in KNOWN]).public_bytes()


@pytest.mark.fact("2.4")
@pytest.mark.parametrize(
    ("value", "der"),
    [
        ({"PartyName": "Party"}, "a509a1070c055061727479"),
        ({"PartyName": "Party", "NameAssigner": "ISO"}, "a510a0050c0349534fa1070c055061727479"),
    ],
)
def test_edi_party_name_has_explicitly_tagged_parts(value: dict[str, str], der: str) -> None:
    """RFC 5280 section 4.2.1.6: the assigner is [0] and optional, the party [1]."""
    assert general_name({"EdiPartyName": value}).hex() == der


@pytest.mark.fact("2.4", "general-names")
def test_every_kind_of_the_api_is_written() -> None:
    kinds = {kind for given_name, _ in KNOWN for kind in given_name} | {"EdiPartyName"}
    assert kinds == {member.name for member in GENERAL_NAME.members}


@given(st.lists(st.integers(0, 200) | st.integers(0, 2**64 - 1), min_size=1, max_size=2))
def test_object_identifiers_of_any_size_are_written(arcs: list[int]) -> None:
    dotted = ".".join(map(str, (2, 5, *arcs)))
    expected = x509.SubjectAlternativeName([x509.RegisteredID(x509.ObjectIdentifier(dotted))])
    assert general_names([{"RegisteredId": dotted}]) == expected.public_bytes()


@pytest.mark.fact("2.4", "general-names")
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ({}, "exactly one kind"),
        ({"DnsName": "a", "IpAddress": "::1"}, "exactly one kind"),
        ({"IpAddress": "192.0.2.256"}, "not valid for IpAddress"),
        ({"DnsName": "käse.example.com"}, "not valid for DnsName"),
        ({"Rfc822Name": "käse@example.com"}, "not valid for Rfc822Name"),
        ({"UniformResourceIdentifier": "http://käse"}, "not valid for UniformResourceIdentifier"),
        ({"RegisteredId": "1.40.1"}, "not valid for RegisteredId"),
        ({"RegisteredId": "2.-1"}, "not valid for RegisteredId"),
        ({"DirectoryName": {"Country": "Germany"}}, "not valid for the subject attribute"),
    ],
)
def test_impossible_names_are_refused(name: dict[str, Any], message: str) -> None:
    with pytest.raises(ServiceError, match=message) as refusal:
        general_name(name)
    assert refusal.value.code == "InvalidArgsException"
