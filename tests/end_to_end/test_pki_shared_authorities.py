"""CAs that another account shares, in every workflow: on the embedded authority, and on a server in place of AWS."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509

from tests.support import hierarchies as pki
from tests.support.command_line import Pcacli
from tests.support.hierarchies import Estate
from tests.support.serving import serving

OWNER, OTHER = "000000000000", "444455556666"
REQUEST = ("pki", "request", "--dns-name", "www.example.com", "--out-dir", "www")
DISABLE = ("update-certificate-authority", "--status", "DISABLED", "--certificate-authority-arn")


def share(estate: Estate, *arns: str) -> None:
    for arn in arns:
        estate.ok("local", "share", "add", "--certificate-authority-arn", arn, "--principal", OTHER)


@pytest.fixture(params=["embedded", "served"])
def guest(request: pytest.FixtureRequest, tmp_path: Path, estate: Estate) -> Iterator[Pcacli]:
    """A command line of another account, on the same store or on a server that has it."""
    other = Pcacli(tmp_path / "guest")
    other.environment |= {"PCACLI_HOME": str(estate.store), "AWS_ACCOUNT_ID": OTHER, "AWS_REGION": "us-east-1"}
    if request.param == "embedded":
        yield other
        return
    with serving(other) as server:
        endpoint = {**server.environment, "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1"}
        yield Pcacli(tmp_path / "operator", endpoint=endpoint)


def issuer_in(folder: Path) -> str:
    return x509.load_pem_x509_certificate((folder / "cert.pem").read_bytes()).issuer.rfc4514_string()


def test_a_shared_ca_issues_and_renews_without_being_named(guest: Pcacli, estate: Estate) -> None:
    share(estate, estate.issuing)
    guest.ok(*REQUEST)
    assert issuer_in(guest.work / "www") == "CN=Estate Issuing"
    renewed = guest.json("pki", "renew", "www")
    assert (renewed["Renewed"], renewed["CertificateArn"].startswith(estate.issuing)) == (True, True)
    (guest.work / "rows.csv").write_text("dns_names\na.example.com\nb.example.com\n")
    assert guest.json("pki", "request", "--from", "rows.csv", "--out-dir", "rows")["Issued"] == 2


def test_the_owner_of_a_shared_ca_is_told_everywhere(guest: Pcacli, estate: Estate) -> None:
    share(estate, estate.issuing)
    guest.ok(*REQUEST)
    (status,) = guest.json("pki", "status")["CertificateAuthorities"]
    assert (status["Arn"], status["OwnerAccount"], status["Certificates"]) == (estate.issuing, OWNER, None)
    assert f"shared by account {OWNER}" in guest.ok("pki", "status")
    verdict = json.loads(guest.run("pki", "verify", "www/cert.pem", "--no-revocation", "--output", "json").out)
    assert (verdict["Good"], verdict["OwnerAccount"]) == (True, OWNER)
    listed = guest.run("pki", "list", "--fail-if-any")
    assert (listed.exit_code, listed.out) == (1, "[]\n")
    assert f"{estate.issuing} is left out: only account {OWNER}, which shares it, can list" in listed.err
    assert "Nothing was looked at" in listed.err


def test_several_shared_cas_are_listed_with_their_owner(guest: Pcacli, estate: Estate) -> None:
    second = pki.create(estate, "SUBORDINATE", "Second Issuing")
    pki.activate(estate, second, estate.root)
    share(estate, estate.issuing, second)
    refused = guest.run(*REQUEST)
    assert refused.exit_code == 252
    assert f"{second}  Second Issuing (shared by account {OWNER})" in refused.err


def test_no_second_ca_is_suggested_while_a_shared_one_is_there(guest: Pcacli, estate: Estate) -> None:
    share(estate, estate.root, estate.issuing)
    estate.ok(*DISABLE, estate.issuing)
    refused = guest.run(*REQUEST)
    assert refused.exit_code == 252
    assert f"Estate Issuing is DISABLED; account {OWNER}, which shares it, can change that with: " in refused.err
    assert "pki init" not in refused.err
    assert not (guest.work / "www").exists()


def test_what_a_stranger_does_not_share_stays_unseen(guest: Pcacli, estate: Estate) -> None:
    assert guest.json("pki", "status")["CertificateAuthorities"] == []
    refused = guest.run(*REQUEST)
    assert "There is no active certificate authority to issue from. Create one with: pcacli pki init" in refused.err
    assert estate.issuing not in refused.err


def test_a_share_is_found_in_its_region(estate: Estate, tmp_path: Path) -> None:
    share(estate, estate.issuing)
    other = Pcacli(tmp_path / "guest")
    other.environment |= {"PCACLI_HOME": str(estate.store), "AWS_ACCOUNT_ID": OTHER, "AWS_REGION": "eu-west-3"}
    assert other.json("pki", "status")["CertificateAuthorities"] == []
    (found,) = other.json("pki", "status", "--all-regions")["CertificateAuthorities"]
    assert found["Arn"] == estate.issuing


# --- what one command was told


@pytest.mark.parametrize("bulk", [False, True])
def test_a_ca_that_was_named_is_found_again(estate: Estate, bulk: bool) -> None:  # noqa: FBT001 - a column of the table
    """A CA of another region is in no list of this one."""
    far = {"AWS_REGION": "ap-south-1"}
    named = ("--certificate-authority-arn", estate.issuing)
    if bulk:
        (estate.work / "rows.csv").write_text("dns_names,directory\nwww.example.com,www\n")
        estate.ok("pki", "request", "--from", "rows.csv", "--out-dir", ".", *named, **far)
    else:
        estate.ok(*REQUEST, *named, **far)
    assert estate.json("pki", "renew", "www", **far)["CertificateArn"].startswith(estate.issuing)
    (estate.work / "www" / ".certificate-authority-arn").unlink()
    assert estate.run("pki", "renew", "www", **far).exit_code == 252
    estate.ok("pki", "renew", "www", *named, **far)
    estate.ok("pki", "renew", "www", **far)


@pytest.mark.parametrize("planted", ["link", "folder", "pipe", "rubbish", "another"])
def test_a_note_that_somebody_planted_leads_nowhere(estate: Estate, planted: str) -> None:
    far = {"AWS_REGION": "ap-south-1"}
    estate.ok(*REQUEST, "--certificate-authority-arn", estate.issuing, **far)
    note = estate.work / "www" / ".certificate-authority-arn"
    content = note.read_text()
    note.unlink()
    match planted:
        case "link":
            (estate.work / "elsewhere").write_text(content)
            note.symlink_to(estate.work / "elsewhere")
        case "folder":
            note.mkdir()
        case "pipe":
            os.mkfifo(note)
        case "rubbish":
            note.write_bytes(b"\xff" * 4096)
        case "another":
            note.write_text(f"{estate.root}\n")
    refused = estate.run("pki", "renew", "www", **far)
    assert (refused.exit_code, refused.out) == (252, "")
    assert "None of the CAs that you see in this account and region issued the certificate in " in refused.err
