"""Names: what the API's ASN1Subject becomes, and that nothing is lost on the way through DER."""

import warnings
from typing import Any

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from pcacli.api.names import ASN1_SUBJECT
from pcacli.errors import ServiceError
from pcacli.pki.distinguished_names import rfc2253
from pcacli.pki.issuance import issue
from pcacli.pki.names import STANDARD_ATTRIBUTES, subject_name
from tests.pki.issuing import key, order, request, root

PRINTABLE = st.text("abcXYZ0189 '()+,-./:=?", min_size=1, max_size=64)
# 64 characters are 64 characters, however many bytes they take; no certificate holds control characters.
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=64)
PRINTABLE_MEMBERS = ("DistinguishedNameQualifier", "SerialNumber")
STANDARD_SUBJECTS = st.fixed_dictionaries(
    {},
    optional={
        name: st.sampled_from(["DE", "US", "jp"])
        if name == "Country"
        else (PRINTABLE if name in PRINTABLE_MEMBERS else TEXT)
        for name in STANDARD_ATTRIBUTES
    },
).filter(bool)
CUSTOM_OIDS = st.sampled_from(["2.5.4.10", "2.5.4.3", "1.3.6.1.4.1.37244.1.1", "2.999.1.2"])
CUSTOM_SUBJECTS = st.lists(
    st.fixed_dictionaries({"ObjectIdentifier": CUSTOM_OIDS, "Value": TEXT}), min_size=1, max_size=10
)


def through_a_certificate(name: bytes) -> x509.Name:
    """The name as it reads after it went through DER as subject of a certificate."""
    ordered = order("EndEntityCertificate", request(key("subject")))
    ordered = ordered._replace(csr=ordered.csr._replace(subject=name))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return x509.load_der_x509_certificate(issue(ordered, root())).subject


@pytest.mark.fact("1.5", "attribute-order")
@given(STANDARD_SUBJECTS)
def test_standard_attributes_survive_in_the_order_of_the_model(subject: dict[str, str]) -> None:
    found = [(each.oid.dotted_string, each.value) for each in through_a_certificate(subject_name(subject))]
    assert found == [(oid, subject[name]) for name, oid in STANDARD_ATTRIBUTES.items() if name in subject]


@pytest.mark.fact("1.5", "custom-attributes")
@given(CUSTOM_SUBJECTS)
def test_custom_attributes_survive_in_their_own_order(attributes: list[dict[str, str]]) -> None:
    name = through_a_certificate(subject_name({"CustomAttributes": attributes}))
    assert [(each.oid.dotted_string, each.value) for each in name] == [
        (each["ObjectIdentifier"], each["Value"]) for each in attributes
    ]
    assert all(len(relative) == 1 for relative in name.rdns)


@pytest.mark.fact("1.5", "attribute-order")
def test_table_has_the_members_of_the_model_in_its_order() -> None:
    members = [member.name for member in ASN1_SUBJECT.members if member.name != "CustomAttributes"]
    assert list(STANDARD_ATTRIBUTES) == members


@pytest.mark.fact("1.5", "string-types")
@pytest.mark.parametrize(
    ("subject", "tag"),
    [
        ({"Country": "DE"}, 0x13),
        ({"SerialNumber": "12"}, 0x13),
        ({"DistinguishedNameQualifier": "q"}, 0x13),
        ({"CommonName": "a"}, 0x0C),
        ({"State": "WA"}, 0x0C),
        ({"CustomAttributes": [{"ObjectIdentifier": "1.3.6.1.4.1.37244.1.1", "Value": "FFF1"}]}, 0x0C),
        ({"CustomAttributes": [{"ObjectIdentifier": "0.9.2342.19200300.100.1.25", "Value": "example"}]}, 0x16),
    ],
)
def test_string_types_are_the_observed_ones(subject: dict[str, Any], tag: int) -> None:
    (value,) = [each["Value"] for each in subject.get("CustomAttributes", ())] or subject.values()
    assert subject_name(subject).endswith(bytes((tag, len(value))) + value.encode())


@pytest.mark.fact("1.5", "custom-attributes")
def test_domain_components_may_repeat() -> None:
    oid = "0.9.2342.19200300.100.1.25"
    attributes = [{"ObjectIdentifier": oid, "Value": "com"}, {"ObjectIdentifier": oid, "Value": "example"}]
    assert rfc2253(subject_name({"CustomAttributes": attributes})) == "DC=example,DC=com"


def test_empty_value_is_left_out() -> None:
    assert rfc2253(subject_name({"CommonName": "a", "Organization": ""})) == "CN=a"


@pytest.mark.fact("2.4", "exclusive-subject")
@pytest.mark.parametrize(
    ("subject", "message"),
    [
        ({"CommonName": "a", "CustomAttributes": [{"ObjectIdentifier": "2.5.4.3", "Value": "b"}]}, "not both"),
        ({"CustomAttributes": [{"ObjectIdentifier": "2.5.4.6", "Value": "DEU"}]}, "attribute Country"),
        ({"CustomAttributes": [{"ObjectIdentifier": "2.5.4.5", "Value": "ü"}]}, "attribute SerialNumber"),
        ({"CustomAttributes": [{"ObjectIdentifier": "0.9.2342.19200300.100.1.25", "Value": "ü"}]}, "100.1.25"),
        ({"CustomAttributes": [{"ObjectIdentifier": "1.40.3", "Value": "a"}]}, "attribute 1.40.3"),
        ({"CustomAttributes": [{"ObjectIdentifier": "2.5.4.03", "Value": "a"}]}, "attribute 2.5.4.03"),
        ({"CustomAttributes": [{"ObjectIdentifier": "2.5.4.45", "Value": "a"}]}, "attribute 2.5.4.45"),
        ({"CommonName": "a" * 65}, "attribute CommonName"),
    ],
)
def test_impossible_subjects_are_refused(subject: dict[str, Any], message: str) -> None:
    with pytest.raises(ServiceError, match=message) as refusal:
        subject_name(subject)
    assert refusal.value.code == "InvalidArgsException"
