"""One identifier has one spelling: what is written in another way is refused wherever the API takes identifiers."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcacli.errors import ServiceError
from pcacli.pki.der_reader import Element
from pcacli.pki.der_writer import object_identifier
from pcacli.pki.issuance import issue
from pcacli.pki.names import subject_name
from pcacli.pki.object_identifiers import identifier_of
from pcacli.pki.requested_extensions import requested_csr_extensions
from tests.pki.issuing import key, order, request, root

OTHER_SPELLINGS = {
    "zero in front of the last arc": "2.5.29.019",
    "zeros in front of a middle arc": "2.5.0029.19",
    "zero in front of the second arc": "2.05.29.19",
    "zero in front of the first arc": "02.5.29.19",
    "two zeros": "2.5.29.00",
    "sign": "2.5.29.+19",
    "blank": "2.5.29. 19",
    "line end": "2.5.29.19\n",
    "underscore, which Python reads": "2.5.29.1_9",
    "digits of another script": "2.5.29.\u0661\u0669",
    "superscript": "2.5.29.1\u00b9",
    "dot at the end": "2.5.29.19.",
    "dot at the beginning": ".2.5.29.19",
    "two dots": "2.5..29",
    "hexadecimal": "2.5.29.0x13",
    "prefix": "oid:2.5.29.19",
    "one arc": "2",
    "first arc too large": "3.5",
    "second arc too large": "1.40",
    "arc of more than 64 bits": f"1.2.{2**64}",
    "second arc that makes more than 64 bits": f"2.{2**64 - 80}",
    "too long for readers": ".".join(["1"] * 65),
    "too many characters for readers": "1.2" + f".{2**63}" * 7,
    "thousands of digits": "1.2." + "9" * 5000,
    "nothing": "",
}
PLACES: dict[str, Any] = {
    "extension": lambda oid: {"Extensions": {"CustomExtensions": [{"ObjectIdentifier": oid, "Value": "BQA="}]}},
    "subject attribute": lambda oid: {"Subject": {"CustomAttributes": [{"ObjectIdentifier": oid, "Value": "DE"}]}},
    "extended key usage": lambda oid: {"Extensions": {"ExtendedKeyUsage": [{"ExtendedKeyUsageObjectIdentifier": oid}]}},
    "policy": lambda oid: {"Extensions": {"CertificatePolicies": [{"CertPolicyId": oid}]}},
    "other name": lambda oid: named({"OtherName": {"TypeId": oid, "Value": "a"}}),
    "registered identifier": lambda oid: named({"RegisteredId": oid}),
    "attribute of a directory name": lambda oid: named(
        {"DirectoryName": {"CustomAttributes": [{"ObjectIdentifier": oid, "Value": "DE"}]}}
    ),
}


def named(name: dict[str, Any]) -> dict[str, Any]:
    return {"Extensions": {"SubjectAlternativeNames": [name]}}


@pytest.mark.parametrize("spelling", OTHER_SPELLINGS.values(), ids=OTHER_SPELLINGS.keys())
@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES.keys())
def test_another_spelling_is_refused_before_anything_is_compared(place: Any, spelling: str) -> None:
    ordered = order("BlankEndEntityCertificate_APIPassthrough", request(key("subject")))
    with pytest.raises(ServiceError) as refusal:
        issue(ordered._replace(api_passthrough=place(spelling)), root())
    assert refusal.value.code == "InvalidArgsException"


@pytest.mark.parametrize("spelling", OTHER_SPELLINGS.values(), ids=OTHER_SPELLINGS.keys())
def test_another_spelling_of_an_access_method_is_refused(spelling: str) -> None:
    described = {"AccessMethod": {"CustomObjectIdentifier": spelling}, "AccessLocation": {"DnsName": "a.test"}}
    with pytest.raises(ServiceError) as refusal:
        requested_csr_extensions({"SubjectInformationAccess": [described]})
    assert refusal.value.code == "InvalidArgsException"


def test_the_alphabet_of_a_country_holds_for_every_spelling() -> None:
    for oid in ("2.5.4.6", "2.5.4.06"):
        with pytest.raises(ServiceError):
            subject_name({"CustomAttributes": [{"ObjectIdentifier": oid, "Value": "ü€"}]})


@given(
    st.tuples(st.integers(0, 1), st.integers(0, 39)) | st.tuples(st.just(2), st.integers(0, 2**64 - 81)),
    st.lists(st.integers(0, 2**64 - 1), max_size=4),
)
def test_text_and_octets_of_an_identifier_stand_for_each_other(beginning: tuple[int, int], rest: list[int]) -> None:
    text = ".".join(map(str, (*beginning, *rest)))
    assert identifier_of(Element(0x06, object_identifier(text), b"")) == text
