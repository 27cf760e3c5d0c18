"""One answer in every output format, as scripts read it."""

import json
from pathlib import Path

import pytest

from tests.support.hierarchies import Estate

STATUS = "{Status: CertificateAuthority.Status, Type: CertificateAuthority.Type}"
PRINTED = {
    "json": '{\n    "Status": "ACTIVE",\n    "Type": "ROOT"\n}\n',
    "text": "ACTIVE\tROOT\n",
    "yaml": "Status: ACTIVE\nType: ROOT\n",
    "yaml-stream": "- Status: ACTIVE\n  Type: ROOT\n",
    "off": "",
}


@pytest.mark.parametrize("name", PRINTED)
def test_a_query_is_printed_in_the_format_that_is_asked_for(pristine: Estate, name: str) -> None:
    words = ("describe-certificate-authority", "--certificate-authority-arn", pristine.root, "--query", STATUS)
    assert pristine.ok(*words, "--output", name) == PRINTED[name]
    assert pristine.ok(*words, AWS_DEFAULT_OUTPUT=name) == PRINTED[name]


def test_a_table_is_for_people(pristine: Estate) -> None:
    printed = pristine.ok(
        "describe-certificate-authority", "--certificate-authority-arn", pristine.root, "--output", "table"
    )
    assert "ACTIVE" in printed
    assert "Estate Root" in printed
    assert "\x1b" not in printed  # not a terminal, so no colour


def test_a_listing_can_be_cut_and_continued(pristine: Estate) -> None:
    first = pristine.json("list-certificate-authorities", "--max-items", "1")
    rest = pristine.json("list-certificate-authorities", "--starting-token", first["NextToken"])
    found = [*first["CertificateAuthorities"], *rest["CertificateAuthorities"]]
    assert [authority["Arn"] for authority in found] == [pristine.root, pristine.issuing]


def test_the_text_of_a_certificate_has_aws_tab_and_its_pem_has_not(pristine: Estate) -> None:
    words = ("get-certificate", "--certificate-authority-arn", pristine.issuing, "--certificate-arn", pristine.leaf)
    whole = json.loads(pristine.ok(*words))
    certificate, chain = whole["Certificate"], whole["CertificateChain"]
    assert pristine.ok(*words, "--output", "text") == f"{certificate}\t{chain}\n"
    assert pristine.ok(*words, "--output", "pem") == f"{certificate}\n{chain}\n"


def test_whoever_reads_the_head_only_gets_it_without_noise(pristine: Estate) -> None:
    assert pristine.shell("pcacli list-certificate-authorities | head -n 1") == (0, "{\n", "")


def test_results_that_nobody_can_get_are_an_error(pristine: Estate) -> None:
    done = pristine.shell("pcacli list-certificate-authorities >&-")
    assert (done.exit_code, done.out) == (255, "")
    assert done.err == "\npcacli: [ERROR]: Standard output cannot be written to: Bad file descriptor.\n"


def test_a_closed_stream_that_is_not_needed_is_no_accident(estate: Estate) -> None:
    quiet = 'pcacli tag-certificate-authority --certificate-authority-arn "$ROOT" --tags Key=a,Value=b'
    assert estate.shell(f"{quiet} >&- 2>&- <&-", ROOT=estate.root) == (0, "", "")
    assert estate.shell("pcacli nonsense 2>&-").exit_code == 252
    assert estate.shell("pcacli local reset <&-").exit_code == 253


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_told(pristine: Estate) -> None:
    done = pristine.shell("pcacli list-certificate-authorities > /dev/full")
    expected = "\npcacli: [ERROR]: Standard output cannot be written to: No space left on device.\n"
    assert (done.exit_code, done.err) == (255, expected)
