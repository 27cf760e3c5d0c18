import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pcacli.api.catalogue import OPERATIONS
from pcacli.api.shapes import Structure
from pcacli.errors import UsageProblem
from pcacli.params.validation import validate

CASES = json.loads(Path(__file__).with_name("validation.json").read_text(encoding="utf-8"))


def complaints_about(structure: Structure, request: dict[str, Any]) -> list[str]:
    try:
        validate(structure, request)
    except UsageProblem as problem:
        heading, *complaints = problem.message.split("\n")
        assert heading == "Parameter validation failed:"
        return complaints
    return []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["behaviour"])
def test_complaints_are_those_of_aws(case: dict[str, Any]) -> None:
    assert complaints_about(OPERATIONS[case["operation"]].input, case["given"]) == case["complaints"]


def test_bytes_for_text_are_shown_as_python_shows_them() -> None:
    request = {"ResourceArn": "12345", "Policy": b"{}"}
    assert complaints_about(OPERATIONS["PutPolicy"].input, request) == [
        "Invalid type for parameter Policy, value: b'{}', type: <class 'bytes'>, valid types: <class 'str'>"
    ]


@pytest.mark.parametrize("value", [b"", bytearray(b"x"), "text"])
def test_bytes_of_any_size_are_valid(value: object) -> None:
    request = {"CertificateAuthorityArn": "12345", "Certificate": value}
    assert complaints_about(OPERATIONS["ImportCertificateAuthorityCertificate"].input, request) == []


def test_instants_of_responses_are_datetimes() -> None:
    output = OPERATIONS["DescribeCertificateAuthorityAuditReport"].output
    assert output is not None
    assert complaints_about(output, {"CreatedAt": datetime.now(UTC)}) == []
    complaint = (
        "Invalid type for parameter CreatedAt, value: 5, type: <class 'int'>, "
        "valid types: <class 'datetime.datetime'>, timestamp-string"
    )
    assert complaints_about(output, {"CreatedAt": 5}) == [complaint]
