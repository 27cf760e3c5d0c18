"""PEM is written as the service writes it, and read as scripts send it."""

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcacli.pki.pem import CERTIFICATE, CERTIFICATE_REQUEST, PemProblem, bundle, certificate_pem, csr_pem, read_pem
from tests.pki.crafting import entity

DER = bytes(range(100))
PEM = csr_pem(DER)
ARMOUR = "-----BEGIN CERTIFICATE REQUEST-----\n{}\n-----END CERTIFICATE REQUEST-----"


def test_a_block_has_64_columns_and_no_final_newline() -> None:
    lines = PEM.split("\n")
    assert lines[0] == "-----BEGIN CERTIFICATE REQUEST-----"
    assert [len(line) for line in lines[1:-1]] == [64, 64, 8]
    assert lines[-1] == "-----END CERTIFICATE REQUEST-----"


@pytest.mark.fact("3.5", "newlines")
def test_certificates_of_a_bundle_follow_one_another_without_blank_lines() -> None:
    first, second = entity("first"), entity("second")
    assert bundle([first.der, second.der]) == (first.pem + second.pem).decode().rstrip("\n")


def test_openssl_reads_what_is_written() -> None:
    subject = entity("written")
    command = ["openssl", "x509", "-noout", "-subject"]
    shown = subprocess.run(command, input=certificate_pem(subject.der), text=True, capture_output=True, check=True)
    assert shown.stdout.strip() == "subject=CN = written"


ACCEPTED = {
    "as written": PEM,
    "final newline": PEM + "\n",
    "Windows line ends": PEM.replace("\n", "\r\n"),
    "lines joined by spaces, as by echo without quotes": PEM.replace("\n", " "),
    "no whitespace in the base64": ARMOUR.format("".join(PEM.split("\n")[1:-1])),
    "whitespace around": f"\n\t {PEM} \n\n",
    "text before, as by openssl req -text": f"Certificate Request:\n    Data: é\n{PEM}\n",
    "text after": f"{PEM}\nthat was it\n",
    "byte order mark": f"\ufeff{PEM}",
}


@pytest.mark.parametrize("text", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_pem_from_shell_scripts_is_read(text: str) -> None:
    assert read_pem(text.encode(), CERTIFICATE_REQUEST) == [DER]


REFUSED = {
    "nothing": ("", "there is no CERTIFICATE REQUEST block"),
    "DER": ("0\x82\x01\x00", "there is no CERTIFICATE REQUEST block"),
    "the older label": (
        PEM.replace("CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"),
        "labelled NEW CERTIFICATE REQUEST, not CERTIFICATE REQUEST",
    ),
    "a certificate": (certificate_pem(DER), "labelled CERTIFICATE, not CERTIFICATE REQUEST"),
    "a further block of another kind": (f"{PEM}\n{certificate_pem(DER)}", "labelled CERTIFICATE, not"),
    "no END line": (PEM.rpartition("\n")[0], "do not pair up"),
    "no BEGIN line": (PEM.partition("\n")[2], "do not pair up"),
    "a BEGIN line inside": (PEM.partition("\n")[0] + "\n" + PEM, "do not pair up"),
    "four dashes": (PEM.replace("-----END", "----END"), "do not pair up"),
    "no base64": (ARMOUR.format("MIIB!"), "not valid base64"),
    "headers": (ARMOUR.format("Proc-Type: 4,ENCRYPTED\n\nAAAA"), "not valid base64"),
    "cut base64": (ARMOUR.format("MIIBA"), "not valid base64"),
    "text behind the padding": (ARMOUR.format("AA==AA=="), "not valid base64"),
    "nothing inside": (ARMOUR.format(""), "is empty"),
}


@pytest.mark.parametrize(("text", "complaint"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_not_the_expected_pem_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(PemProblem, match=complaint):
        read_pem(text.encode("utf-8"), CERTIFICATE_REQUEST)


@given(st.lists(st.binary(min_size=1), min_size=1, max_size=5), st.sampled_from(["\n", "\r\n", " "]))
def test_what_is_written_is_read_back(certificates: list[bytes], line_end: str) -> None:
    assert read_pem(bundle(certificates).replace("\n", line_end).encode(), CERTIFICATE) == certificates
