"""Tests of a program that uses AWS Private CA through boto3, with the fixture `pca` of pcacli."""

from pathlib import Path

import boto3
import pytest

from pcacli.testing import PrivateCA


@pytest.fixture(scope="session")
def pca_seed() -> Path:
    """Let `pca` have the CAs of this file."""
    return Path(__file__).with_name("estate.yaml")


def active_authorities() -> list[str]:
    """Stand for the program under test, which makes its own client."""
    pages = boto3.client("acm-pca").get_paginator("list_certificate_authorities").paginate()
    authorities = [authority for page in pages for authority in page["CertificateAuthorities"]]
    return [authority["Arn"] for authority in authorities if authority["Status"] == "ACTIVE"]


def test_both_authorities_are_found(pca: PrivateCA) -> None:
    assert active_authorities() == [pca.arns["root"], pca.arns["issuing"]]


def test_an_expired_authority_is_left_out(pca: PrivateCA) -> None:
    pca.advance(days=6 * 365)
    assert active_authorities() == [pca.arns["root"]]


def test_a_throttled_call_is_an_error_of_botocore(pca: PrivateCA) -> None:
    pca.fail("list_tags", "ThrottlingException")
    with pytest.raises(pca.client.exceptions.ClientError, match="Rate exceeded"):
        pca.client.list_tags(CertificateAuthorityArn=pca.certificate_authority_arn)
