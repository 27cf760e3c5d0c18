import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcacli.api.arns import AuthorityArn, authority_arn, certificate_arn
from pcacli.api.common import ARN
from pcacli.errors import ServiceError

AUTHORITY = "arn:aws:acm-pca:us-east-1:000000000000:certificate-authority/3f2b8c1a-0d4e-4a7b-9c6d-5e1f2a3b4c5d"

AUTHORITIES = st.builds(
    AuthorityArn,
    partition=st.sampled_from(("aws", "aws-cn", "aws-us-gov")),
    region=st.sampled_from(("us-east-1", "eu-central-1", "us-gov-west-1")),
    account=st.from_regex("[0-9]{12}", fullmatch=True),
    authority_id=st.uuids().map(str),
)


@given(AUTHORITIES)
def test_authority_arn_survives_a_round_trip(arn: AuthorityArn) -> None:
    assert authority_arn(str(arn)) == arn


@given(AUTHORITIES, st.integers(min_value=1, max_value=2**128 - 1))
def test_certificate_arn_survives_a_round_trip_and_fits_the_api(authority: AuthorityArn, serial: int) -> None:
    text = str(authority.certificate(serial))
    assert certificate_arn(text) == authority.certificate(serial)
    assert re.fullmatch(ARN.pattern or "", text)
    assert len(text) <= (ARN.maximum or 0)


def test_certificate_arn_ends_in_32_lower_case_hexadecimal_digits() -> None:
    assert str(authority_arn(AUTHORITY).certificate(0xABC)) == f"{AUTHORITY}/certificate/{'abc':0>32}"


def test_serial_in_upper_case_and_without_padding_names_the_same_certificate() -> None:
    assert certificate_arn(f"{AUTHORITY}/certificate/ABC") == authority_arn(AUTHORITY).certificate(0xABC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "my-ca",
        AUTHORITY.replace("acm-pca", "acm"),
        AUTHORITY.replace("000000000000", "12345"),
        AUTHORITY.replace("000000000000", "\u0660" * 12),  # digits to Unicode, but not to AWS
        AUTHORITY.upper(),
        f"{AUTHORITY}\n",
        f"{AUTHORITY}/certificate/0a",
    ],
)
def test_text_that_is_no_authority_arn_is_invalid(text: str) -> None:
    with pytest.raises(ServiceError, match="is not the ARN of a certificate authority") as caught:
        authority_arn(text)
    assert caught.value.code == "InvalidArnException"


@pytest.mark.parametrize("text", [AUTHORITY, f"{AUTHORITY}/certificate/", f"{AUTHORITY}/certificate/xyz"])
def test_text_that_is_no_certificate_arn_is_invalid(text: str) -> None:
    with pytest.raises(ServiceError, match="is not the ARN of a certificate") as caught:
        certificate_arn(text)
    assert caught.value.code == "InvalidArnException"
