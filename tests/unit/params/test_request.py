import pytest

from pcacli.api.catalogue import OPERATIONS
from pcacli.errors import PcaError, UsageProblem
from pcacli.params.request import build_request

ISSUE = OPERATIONS["IssueCertificate"]
DOCUMENT = {
    "CertificateAuthorityArn": "arn:document",
    "Csr": "Zm9v",
    "SigningAlgorithm": "SHA256WITHECDSA",
    "Validity": {"Value": 30, "Type": "DAYS"},
}


def test_options_alone_make_a_request() -> None:
    assert build_request(OPERATIONS["GetPolicy"], {"ResourceArn": "arn:option"}) == {"ResourceArn": "arn:option"}


def test_options_win_over_the_document() -> None:
    request = build_request(ISSUE, {"CertificateAuthorityArn": "arn:option"}, DOCUMENT)
    assert request == {**DOCUMENT, "CertificateAuthorityArn": "arn:option", "Csr": b"foo"}


def test_structures_are_replaced_and_not_merged() -> None:
    update = OPERATIONS["UpdateCertificateAuthority"]
    document = {
        "CertificateAuthorityArn": "arn:document",
        "RevocationConfiguration": {"OcspConfiguration": {"Enabled": True}},
    }
    request = build_request(update, {"RevocationConfiguration": {"CrlConfiguration": {"Enabled": False}}}, document)
    assert request["RevocationConfiguration"] == {"CrlConfiguration": {"Enabled": False}}


def test_options_stand_before_the_document() -> None:
    request = build_request(ISSUE, {"Validity": {"Value": 1, "Type": "DAYS"}}, DOCUMENT)
    assert list(request) == ["Validity", "CertificateAuthorityArn", "Csr", "SigningAlgorithm"]


def test_wrong_document_is_refused_with_all_complaints() -> None:
    with pytest.raises(UsageProblem) as raised:
        build_request(OPERATIONS["ListTags"], {}, {"Color": "red"})
    assert raised.value.message == (
        "Parameter validation failed:\n"
        'Missing required parameter in input: "CertificateAuthorityArn"\n'
        'Unknown parameter in input: "Color", must be one of: MaxResults, NextToken, CertificateAuthorityArn'
    )


def test_bad_base64_comes_before_other_complaints() -> None:
    with pytest.raises(PcaError, match=r'^Invalid base64: "Zm9"$'):
        build_request(ISSUE, {"Csr": "Zm9"})


def test_blobs_of_the_document_follow_the_binary_format() -> None:
    assert build_request(ISSUE, {}, DOCUMENT, binary_format="raw-in-base64-out")["Csr"] == b"Zm9v"


def test_pem_in_the_document_is_understood_unless_strict() -> None:
    told: list[str] = []
    pem = "-----BEGIN CERTIFICATE REQUEST-----\nZm9\n-----END CERTIFICATE REQUEST-----\n"
    assert build_request(ISSUE, {}, {**DOCUMENT, "Csr": pem}, notice=told.append)["Csr"] == pem.encode()
    assert len(told) == 1
    with pytest.raises(PcaError, match="Invalid base64"):
        build_request(ISSUE, {}, {**DOCUMENT, "Csr": pem}, strict=True)
