"""What a seed file may hold, and what is said about one that holds something else."""

import json

import pytest

from pcacli.errors import UsageProblem
from pcacli.params.seed_file import AUTHORITIES, read_seed

SHORTEST = b"""
CertificateAuthorities:
  - Name: root
  - {Name: issuing, Issuer: root}
"""


def entries(content: bytes) -> list[dict[str, object]]:
    read: list[dict[str, object]] = read_seed(content, "seed.yaml")[AUTHORITIES]
    return read


def test_a_name_is_enough_and_the_rest_is_filled_in() -> None:
    root, issuing = entries(SHORTEST)
    assert root == {
        "Name": "root",
        "Subject": {"CommonName": "root"},
        "KeyAlgorithm": "EC_prime256v1",
        "SigningAlgorithm": "SHA256WITHECDSA",
        "Validity": {"Type": "YEARS", "Value": 10},
    }
    assert (issuing["Issuer"], issuing["Validity"]) == ("root", {"Type": "YEARS", "Value": 5})


def test_json_is_read_as_well() -> None:
    assert entries(b'{"CertificateAuthorities": [{"Name": "root"}]}') == entries(SHORTEST)[:1]


@pytest.mark.parametrize("policy", [b"{Version: 2012-10-17}", b"""'{"Version": "2012-10-17"}'"""])
def test_a_policy_is_a_structure_or_its_text(policy: bytes) -> None:
    (entry,) = entries(b"CertificateAuthorities: [{Name: root, Policy: " + policy + b"}]")
    assert json.loads(str(entry["Policy"])) == {"Version": "2012-10-17"}


# The content, and what the message says behind the name of the file.
WRONG = {
    "no YAML": (b"CertificateAuthorities:\n  - Name: [", ", line 2: "),
    "one key twice": (b"CertificateAuthorities:\n  - Name: a\n    Name: b\n", ", line 3: found duplicate key"),
    "not UTF-8": (b"\xff\xfe\xff", " is neither YAML nor JSON: "),
    "no day of the calendar": (b"CertificateAuthorities: 2026-02-30", " is neither YAML nor JSON: "),
    "nothing": (b"", ": a seed has one member, CertificateAuthorities."),
    "a list": (b"- Name: root", ": a seed has one member, CertificateAuthorities."),
    "no CA": (b"CertificateAuthorities: []", ": Parameter validation failed:\nInvalid length for parameter"),
    "a CA that is a text": (b"CertificateAuthorities: [root]", "parameter CertificateAuthorities[0], value: root"),
    "a member that no CA has": (
        b"CertificateAuthorities: [{Name: root, Colour: red}]",
        'Unknown parameter in CertificateAuthorities[0]: "Colour"',
    ),
    "no name": (b"CertificateAuthorities: [{}]", 'Missing required parameter in CertificateAuthorities[0]: "Name"'),
    "a tag that is a number": (
        b"CertificateAuthorities: [{Name: root, Tags: [{Key: a, Value: 1}]}]",
        "parameter CertificateAuthorities[0].Tags[0].Value, value: 1",
    ),
    "a policy that holds itself": (
        b"CertificateAuthorities: [{Name: root, Policy: &p {a: *p}}]",
        " has an alias inside of what that stands for.",
    ),
    "two of a name": (
        b"CertificateAuthorities: [{Name: a}, {Name: a, Subject: {CommonName: b}}]",
        ": CertificateAuthorities[1].Name: there are two of the name 'a'.",
    ),
    "two of a subject": (
        b"CertificateAuthorities: [{Name: a}, {Name: b, Subject: {CommonName: a}}]",
        ": CertificateAuthorities[1].Subject: another CA of this file has the same",
    ),
    "an issuer further down": (
        b"CertificateAuthorities: [{Name: a, Issuer: b}, {Name: b}]",
        ": CertificateAuthorities[0].Issuer: there is no CA 'b' further up in the file.",
    ),
    "its own issuer": (b"CertificateAuthorities: [{Name: a, Issuer: a}]", "there is no CA 'a' further up"),
    "a root with a path length": (
        b"CertificateAuthorities: [{Name: a, PathLength: 1}]",
        ": CertificateAuthorities[0].PathLength: only a CA with an Issuer has one.",
    ),
    "a subject without a common name": (
        b"CertificateAuthorities: [{Name: a, Subject: {Organization: b}}]",
        ": CertificateAuthorities[0].Subject: it has no CommonName.",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_with_the_file_and_the_line_or_the_path(case: str) -> None:
    content, complaint = WRONG[case]
    with pytest.raises(UsageProblem) as refused:
        read_seed(content, "seed.yaml")
    assert refused.value.message.startswith("seed.yaml")
    assert complaint in refused.value.message
