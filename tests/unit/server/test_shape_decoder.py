"""From wire values to requests: what passes, what is left out, and what is of the wrong type."""

from typing import Any

import pytest

from pcacli.api.catalogue import OPERATIONS
from pcacli.api.shapes import Blob, Boolean, Integer, List, Member, String, Structure
from pcacli.errors import ServiceError
from pcacli.server.aws_json import parameters
from pcacli.server.shape_decoder import Leaves, decode

INNER = Structure("Inner", (Member("Text", String("Text"), "."), Member("On", Boolean("On"), ".")))
SHAPE = Structure(
    "Outer",
    (
        Member("Count", Integer("Count", long=True), "."),
        Member("Inner", INNER, "."),
        Member("Many", List("Many", String("One")), "."),
        Member("Octets", Blob("Octets"), "."),
    ),
)


def octets(value: Any) -> bytes:
    return bytes.fromhex(value)


LEAVES = Leaves(octets, lambda value: value)


def test_members_of_every_kind_are_taken_and_the_rest_left_out() -> None:
    value = {"Count": 2**40, "Inner": {"Text": "ß", "On": False, "Later": 1}, "Many": ["a"], "Octets": "00ff", "X": {}}
    assert decode(SHAPE, value, LEAVES) == {
        "Count": 2**40,
        "Inner": {"Text": "ß", "On": False},
        "Many": ["a"],
        "Octets": b"\x00\xff",
    }


def test_null_is_a_member_that_is_not_there() -> None:
    assert decode(SHAPE, {"Count": None, "Inner": {"Text": None}}, LEAVES) == {"Inner": {}}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"Count": "1"}, "STRING_VALUE can not be converted to a Long"),
        ({"Count": True}, "BOOLEAN_VALUE can not be converted to a Long"),
        ({"Inner": []}, "START_ARRAY can not be converted to a Structure"),
        ({"Inner": {"On": 1}}, "NUMBER_VALUE can not be converted to a Boolean"),
        ({"Many": {}}, "START_OBJECT can not be converted to a List"),
        ({"Many": [None]}, "UNEXPECTED_VALUE can not be converted to a String"),
        ({"Octets": "0"}, "STRING_VALUE can not be converted to a Blob"),
        (7, "NUMBER_VALUE can not be converted to a Structure"),
    ],
)
def test_a_value_of_another_type_is_named(value: Any, message: str) -> None:
    with pytest.raises(ServiceError, match=message) as refused:
        decode(SHAPE, value, LEAVES)
    assert refused.value.code == "SerializationException"


@pytest.mark.fact("10.1")
def test_json_carries_blobs_as_base64() -> None:
    called = OPERATIONS["ImportCertificateAuthorityCertificate"]
    body = b'{"CertificateAuthorityArn":"a","Certificate":"UEVN"}'
    assert parameters(called, body) == {"CertificateAuthorityArn": "a", "Certificate": b"PEM"}
