"""The AWS CLI's ways to write one and the same thing."""

import json
from pathlib import Path

import pytest

from tests.support.command_line import Pcacli, split_words
from tests.support.hierarchies import Estate

DESCRIBE = "describe-certificate-authority"
STATUS = "--query CertificateAuthority.Status --output text"
WAYS_TO_DESCRIBE = (
    f"{DESCRIBE} --certificate-authority-arn {{arn}} {STATUS}",
    f"{DESCRIBE} --certificate-authority-arn={{arn}} --query=CertificateAuthority.Status --output=text",
    f"{DESCRIBE} --certificate-auth {{arn}} --que CertificateAuthority.Status --outp text",
    f"--output text --query CertificateAuthority.Status {DESCRIBE} --certificate-authority-arn {{arn}}",
    f"--output text {DESCRIBE} --query CertificateAuthority.Status --certificate-authority-arn {{arn}}",
    f"{DESCRIBE} --output json --certificate-authority-arn {{arn}} --query CertificateAuthority.Status --output text",
    f"{DESCRIBE} --cli-input-json file://{{folder}}/arn.json {STATUS}",
    f"{DESCRIBE} --cli-input-yaml file://{{folder}}/arn.yaml {STATUS}",
    f"{DESCRIBE} --certificate-authority-arn file://{{folder}}/arn.txt {STATUS}",
)
WAYS_TO_TAG = (
    "--tags Key=team,Value=blue Key=stage,Value=test",
    '--tags "Key=team,Value=blue" "Key=stage,Value=test"',
    """--tags '[{"Key": "team", "Value": "blue"}, {"Key": "stage", "Value": "test"}]'""",
    "--tags file://tags.json",
    "--cli-input-json file://input.json",
    """--cli-input-json '{"Tags": [{"Key": "other"}]}' --tags Key=team,Value=blue Key=stage,Value=test""",
)
TAGS = [{"Key": "team", "Value": "blue"}, {"Key": "stage", "Value": "test"}]
SUBJECT = {"Country": "US", "Organization": "Example, Inc.", "CommonName": "Example Root"}
ONE_LINE = (
    "KeyAlgorithm=EC_prime256v1,SigningAlgorithm=SHA256WITHECDSA,"
    'Subject={Country=US,Organization="Example, Inc.",CommonName=Example Root}'
)
SEVERAL_LINES = """KeyAlgorithm=EC_prime256v1,
    SigningAlgorithm=SHA256WITHECDSA,
    Subject={
        Country=US,
        Organization='Example, Inc.',
        CommonName=Example Root}"""
AS_JSON = json.dumps({"KeyAlgorithm": "EC_prime256v1", "SigningAlgorithm": "SHA256WITHECDSA", "Subject": SUBJECT})


@pytest.mark.parametrize("line", WAYS_TO_DESCRIBE)
def test_an_option_may_be_written_in_all_the_ways_of_aws(pristine: Estate, tmp_path: Path, line: str) -> None:
    (tmp_path / "arn.json").write_text(json.dumps({"CertificateAuthorityArn": pristine.root}))
    (tmp_path / "arn.yaml").write_text(f"CertificateAuthorityArn: {pristine.root}\n")
    (tmp_path / "arn.txt").write_text(pristine.root)
    assert pristine.ok(*split_words(line, {"arn": pristine.root, "folder": str(tmp_path)})) == "ACTIVE\n"


@pytest.mark.parametrize("line", WAYS_TO_TAG)
def test_a_list_may_be_several_words_or_one_document(estate: Estate, line: str) -> None:
    named = {"CertificateAuthorityArn": estate.root}
    (estate.work / "tags.json").write_text(json.dumps(TAGS))
    (estate.work / "input.json").write_text(json.dumps({**named, "Tags": TAGS}))
    arn = ("--certificate-authority-arn", estate.root)
    assert estate.ok("tag-certificate-authority", *split_words(line, {}), *arn) == ""
    assert estate.json("list-tags", *arn) == {"Tags": TAGS}


@pytest.mark.parametrize("configuration", [ONE_LINE, SEVERAL_LINES, AS_JSON], ids=["one line", "several lines", "JSON"])
def test_a_structure_may_be_shorthand_or_json(pcacli: Pcacli, configuration: str) -> None:
    words = ("--certificate-authority-type", "ROOT", "--certificate-authority-configuration", configuration)
    arn = pcacli.json("create-certificate-authority", *words)["CertificateAuthorityArn"]
    described = pcacli.json("describe-certificate-authority", "--certificate-authority-arn", arn)
    assert described["CertificateAuthority"]["CertificateAuthorityConfiguration"]["Subject"] == SUBJECT


def test_a_printed_skeleton_can_be_filled_in_and_given_back(estate: Estate) -> None:
    skeleton = json.loads(estate.ok("list-certificate-authorities", "--generate-cli-skeleton"))
    filled = {**skeleton, "ResourceOwner": "SELF", "MaxResults": 1}
    del filled["NextToken"]
    listed = estate.json("list-certificate-authorities", "--cli-input-json", json.dumps(filled))
    assert [found["Arn"] for found in listed["CertificateAuthorities"]] == [estate.root]
