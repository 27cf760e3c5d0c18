"""What help says about writing a value, held against the readers of shorthand and JSON themselves."""

import json
import re

import pytest

from pcacli.api import activation, authorities, certificates, names, permissions, revocation, tags
from pcacli.api.catalogue import OPERATIONS
from pcacli.api.common import POLICY_DOCUMENT
from pcacli.api.shapes import Blob, Integer, List, Member, Shape, String
from pcacli.params import syntax
from pcacli.params.arguments import argument_value

STRUCTURED = {
    f"{operation.name}.{member.name}": member
    for operation in OPERATIONS.values()
    for member in operation.input.members
    if syntax.is_structured(member.shape)
}


def filled(sample: str, types: dict[str, str]) -> str:
    """Put structures in place of their names and values in place of the rest, as a reader of help would."""
    while "<" in sample:
        sample = re.sub(r"<(\w+)>", lambda match: types[match[1]], sample)
    return re.sub(r",? ?\.\.\.", "", sample).replace("true|false", "true").replace("NUMBER", "7").strip()


@pytest.mark.parametrize("member", STRUCTURED.values(), ids=STRUCTURED)
def test_shorthand_and_json_that_help_shows_are_read_as_the_same_value(member: Member) -> None:
    types = syntax.data_types([member.shape])
    in_braces = {structure.name: f"{{{syntax.shorthand(structure)}}}" for structure in types}
    in_json = {structure.name: syntax.json_syntax(structure) for structure in types}
    from_shorthand = argument_value(member, [filled(syntax.shorthand(member.shape), in_braces)])
    assert from_shorthand == json.loads(filled(syntax.json_syntax(member.shape), in_json))


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        (tags.TAG_LIST, "Key=TEXT,Value=TEXT ..."),
        (permissions.ACTION_LIST, "TEXT ..."),
        (certificates.VALIDITY, "Value=NUMBER,Type=TEXT"),
        (
            revocation.REVOCATION_CONFIGURATION,
            "CrlConfiguration=<CrlConfiguration>,OcspConfiguration=<OcspConfiguration>",
        ),
        (names.CUSTOM_ATTRIBUTE, "ObjectIdentifier=TEXT,Value=TEXT"),
    ],
)
def test_shorthand_names_the_structures_inside(shape: Shape, expected: str) -> None:
    assert syntax.shorthand(shape) == expected


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        (String("Any"), ""),
        (String("Most", minimum=0, maximum=64), "up to 64 characters"),
        (String("Fixed", minimum=12, maximum=12), "12 characters"),
        (String("Some", minimum=1, maximum=36), "1 to 36 characters"),
        (authorities.USAGE_MODE, "one of GENERAL_PURPOSE, SHORT_LIVED_CERTIFICATE"),
        (String("One", choices=("CPS",)), "only CPS"),
        (Integer("Count", minimum=1), "at least 1"),
        (Integer("FromZero", minimum=0, maximum=9), "0 to 9"),
        (Blob("Bytes", minimum=1, maximum=32768), "1 to 32768 bytes"),
        (tags.TAG_LIST, "1 to 50 elements"),
        (
            permissions.ACTION_LIST,
            "1 to 3 elements, each one of IssueCertificate, GetCertificate, ListPermissions",
        ),
        (List("Free", String("Any")), ""),
        (activation.CERTIFICATE_BODY, ""),
    ],
)
def test_limits_are_said_in_words(shape: Shape, expected: str) -> None:
    assert syntax.limits(shape) == expected


def test_members_with_the_same_limit_share_a_sentence() -> None:
    assert syntax.member_limits(names.EDI_PARTY_NAME) == [
        "PartyName: required.",
        "PartyName, NameAssigner: up to 256 characters.",
    ]


def test_limit_that_the_help_says_is_not_said_again() -> None:
    organization = names.ASN1_SUBJECT.member("Organization")
    assert organization is not None
    assert "up to 64 characters" in organization.help
    assert syntax.unsaid_limits(organization) == ""
    assert syntax.unsaid_limits(Member("Policy", POLICY_DOCUMENT, "The policy.")) == "1 to 81920 characters"


def test_every_data_type_is_listed_once_and_before_those_inside_it() -> None:
    found = [structure.name for structure in syntax.data_types([OPERATIONS["IssueCertificate"].input])]
    assert len(found) == len(set(found))
    assert found.index("ApiPassthrough") < found.index("Extensions") < found.index("GeneralName")
