"""Limits that the AWS CLI leaves to the service, and the sentences in which it complains."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from pcacli.api.catalogue import OPERATIONS
from pcacli.api.shapes import List, Member, Shape, String, Structure
from pcacli.engine.constraints import MAXIMUM_COMPLAINTS, MAXIMUM_SHOWN_CHARACTERS, check
from pcacli.errors import ServiceError
from tests.support.embedded import Embedded
from tests.support.world import REQUESTS

ISSUE, CREATE = "IssueCertificate", "CreateCertificateAuthority"
ARN = "arn:aws:acm-pca:eu-central-1:111122223333:certificate-authority/0a1b2c3d-0000-4000-8000-000000000000"
ISSUING = {**REQUESTS[ISSUE], "CertificateAuthorityArn": ARN, "Csr": b"x"}


def complaint(operation: str, request: dict[str, Any]) -> str:
    with pytest.raises(ServiceError) as refusal:
        check(OPERATIONS[operation].input, request)
    assert refusal.value.code == "ValidationException"
    return refusal.value.message


def subject(**members: str) -> dict[str, Any]:
    configuration = {**REQUESTS[CREATE]["CertificateAuthorityConfiguration"], "Subject": members}
    return {**REQUESTS[CREATE], "CertificateAuthorityConfiguration": configuration}


def with_csr_extensions(**members: list[Any]) -> dict[str, Any]:
    configuration = {**REQUESTS[CREATE]["CertificateAuthorityConfiguration"], "CsrExtensions": members}
    return {**REQUESTS[CREATE], "CertificateAuthorityConfiguration": configuration}


def strings(*shapes: Shape) -> Iterator[String]:
    """Yield the texts in shapes."""
    for shape in shapes:
        if isinstance(shape, String):
            yield shape
        elif isinstance(shape, List):
            yield from strings(shape.member)
        elif isinstance(shape, Structure):
            yield from strings(*(member.shape for member in shape.members))


def extensions(**members: list[Any]) -> dict[str, Any]:
    return {**ISSUING, "ApiPassthrough": {"Extensions": members}}


@pytest.mark.fact("3.1", "value-below-one")
@pytest.mark.fact("10.1", "validation-format")
def test_a_validity_of_nothing_is_refused_in_the_words_that_were_seen() -> None:
    assert complaint(ISSUE, {**ISSUING, "Validity": {"Type": "DAYS", "Value": 0}}) == (
        "1 validation error detected: Value '0' at 'validity.value' failed to satisfy constraint: "
        "Member must have value greater than or equal to 1"
    )


# Changes of a request, the path of the member, and what it must.
FORMS = [
    ({"SigningAlgorithm": "MD5"}, "Value 'MD5' at 'signingAlgorithm'", "satisfy enum value set: [SHA256WITHECDSA, "),
    ({"IdempotencyToken": ""}, "Value '' at 'idempotencyToken'", "have length greater than or equal to 1"),
    ({"IdempotencyToken": "t" * 37}, f"Value '{'t' * 37}'", "have length less than or equal to 36"),
    ({"IdempotencyToken": "\x01"}, "Value '\x01'", r"satisfy regular expression pattern: [\u0009\u000A\u000D"),
    ({"SigningAlgorithm": None}, "Value null at 'signingAlgorithm'", "not be null"),
    ({"Csr": b""}, "Value '0 bytes' at 'csr'", "have length greater than or equal to 1"),
    ({"Csr": b"x" * 32769}, "Value '32769 bytes' at 'csr'", "have length less than or equal to 32768"),
]


@pytest.mark.fact("3.3", "size")
@pytest.mark.fact("10.1", "validation-format")
@pytest.mark.parametrize(("changes", "value", "must"), FORMS)
def test_a_complaint_names_value_path_and_limit(changes: dict[str, Any], value: str, must: str) -> None:
    said = complaint(ISSUE, {**ISSUING, **changes})
    assert said.startswith(f"1 validation error detected: {value}")
    assert f" failed to satisfy constraint: Member must {must}" in said


@pytest.mark.fact("10.1", "validation-format")
def test_all_complaints_come_at_once() -> None:
    said = complaint(ISSUE, {**ISSUING, "SigningAlgorithm": "MD5", "Validity": {"Type": "DAYS", "Value": 0}})
    assert said.startswith("2 validation errors detected: Value 'MD5' at 'signingAlgorithm'")
    assert "; Value '0' at 'validity.value'" in said


@pytest.mark.fact("2.4", "maxima")
@pytest.mark.parametrize(
    ("member", "element", "maximum"),
    [
        ("CertificatePolicies", {"CertPolicyId": "1.2.3"}, 20),
        ("ExtendedKeyUsage", {"ExtendedKeyUsageType": "SERVER_AUTH"}, 20),
        ("SubjectAlternativeNames", {"DnsName": "example.com"}, 150),
        ("CustomExtensions", {"ObjectIdentifier": "1.2.3", "Value": "BQA="}, 150),
    ],
)
def test_a_list_of_extensions_has_its_maximum(member: str, element: dict[str, str], maximum: int) -> None:
    check(OPERATIONS[ISSUE].input, extensions(**{member: [element] * maximum}))
    said = complaint(ISSUE, extensions(**{member: [element] * (maximum + 1)}))
    assert f"Member must have length less than or equal to {maximum}" in said


def test_a_list_that_is_too_long_is_refused_before_its_members_are_looked_at() -> None:
    class Untouchable(list[Any]):
        def __iter__(self) -> Any:
            raise AssertionError

    usages = Untouchable([{"ExtendedKeyUsageType": "x"}] * 100_000)
    assert complaint(ISSUE, extensions(ExtendedKeyUsage=usages)) == (
        "1 validation error detected: Value '[100000 elements]' at 'apiPassthrough.extensions.extendedKeyUsage' failed "
        "to satisfy constraint: Member must have length less than or equal to 20"
    )


def test_a_list_without_a_maximum_gets_so_many_complaints_and_no_more() -> None:
    access = [{"AccessMethod": {"AccessMethodType": "x"}, "AccessLocation": {"DnsName": "x"}}] * 10_000
    said = complaint(CREATE, with_csr_extensions(SubjectInformationAccess=access))
    assert said.startswith(f"{MAXIMUM_COMPLAINTS} validation errors detected: ")
    assert said.count("failed to satisfy constraint") == MAXIMUM_COMPLAINTS


@pytest.mark.parametrize("letter", ["a", "\x01", "é", "\U0001f600"])
def test_a_complaint_repeats_a_long_value_in_part(letter: str) -> None:
    said = complaint(ISSUE, {**ISSUING, "IdempotencyToken": letter * 1_000_000})
    assert f"Value '{letter * MAXIMUM_SHOWN_CHARACTERS}...' at 'idempotencyToken'" in said
    assert len(said) < 3 * MAXIMUM_SHOWN_CHARACTERS


def test_no_pattern_of_the_api_is_slow_on_long_texts() -> None:
    """A pattern that tries again does not come to an end with these."""
    for pattern in {shape.pattern for shape in strings(*(called.input for called in OPERATIONS.values()))} - {None}:
        for piece in ("a", "0", "1.", ".1", "/a", "a/", "AAAA", "=", " ", "arn:", "-a", ":"):
            with suppress(ServiceError):
                alone = Structure("Alone", (Member("Text", String("Text", pattern=pattern), ""),))
                check(alone, {"Text": piece * 50_000 + "\x00"})


@pytest.mark.fact("2.4", "maxima")
def test_a_custom_extension_has_4096_characters_at_most() -> None:
    said = complaint(ISSUE, extensions(CustomExtensions=[{"ObjectIdentifier": "1.2.3", "Value": "A" * 4097}]))
    assert "'apiPassthrough.extensions.customExtensions.1.member.value'" in said


@pytest.mark.fact("2.4", "subject-lengths")
@pytest.mark.parametrize(
    ("member", "maximum"),
    [
        ("CommonName", 64),
        ("Organization", 64),
        ("OrganizationalUnit", 64),
        ("State", 128),
        ("Locality", 128),
        ("SerialNumber", 64),
        ("DistinguishedNameQualifier", 64),
        ("Title", 64),
        ("Surname", 40),
        ("GivenName", 16),
        ("Initials", 5),
        ("Pseudonym", 128),
        ("GenerationQualifier", 3),
        ("Country", 2),
    ],
)
def test_an_attribute_of_a_subject_has_its_maximum(member: str, maximum: int) -> None:
    check(OPERATIONS[CREATE].input, subject(**{member: "a" * maximum}))
    assert f"less than or equal to {maximum}" in complaint(CREATE, subject(**{member: "a" * (maximum + 1)}))


@pytest.mark.fact("2.4", "subject-lengths")
@pytest.mark.parametrize("country", ["D", "D3", "Ä1"])
def test_a_country_has_two_letters(country: str) -> None:
    assert "'certificateAuthorityConfiguration.subject.country'" in complaint(CREATE, subject(Country=country))


@pytest.mark.fact("1.3", "bad-arn")
@pytest.mark.parametrize("arn", ["", "x", "arn:aws:s3:::bucket", f"{ARN}/certificate/7", "a" * 201])
def test_a_text_that_is_no_arn_of_a_ca_is_an_invalid_arn(arn: str) -> None:
    with pytest.raises(ServiceError) as refusal:
        Embedded().describe(arn)
    assert refusal.value.code == "InvalidArnException"


@pytest.mark.fact("4", "sizes")
@pytest.mark.parametrize(
    ("member", "size_bytes", "limit"),
    [
        ("Certificate", 0, "greater than or equal to 1"),
        ("Certificate", 32_769, "less than or equal to 32768"),
        ("CertificateChain", 2_097_153, "less than or equal to 2097152"),
    ],
)
def test_the_blobs_of_an_import_have_their_sizes(member: str, size_bytes: int, limit: str) -> None:
    request = {"CertificateAuthorityArn": ARN, "Certificate": b"x", member: b"x" * size_bytes}
    assert f"Member must have length {limit}" in complaint("ImportCertificateAuthorityCertificate", request)
