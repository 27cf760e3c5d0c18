"""`pcacli pki init` and `activate`: on the embedded authority, and on `serve`, which stands in for AWS."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support import hierarchies as pki
from tests.support.aws_scripts import run_with_aws
from tests.support.command_line import Pcacli, openssl_ok
from tests.support.screen import Seat
from tests.support.serving import serving

INIT, ACTIVATE = ("pki", "init"), ("pki", "activate")


@pytest.fixture
def operator(tmp_path: Path) -> Iterator[Pcacli]:
    """A command line for which a server stands in for AWS."""
    with serving(Pcacli(tmp_path / "aws")) as server:
        yield Pcacli(tmp_path / "operator", endpoint=server.environment)


def authorities(pcacli: Pcacli, **environment: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pcacli.json("list-certificate-authorities", **environment)["CertificateAuthorities"]
    return found


def certificate(pcacli: Pcacli, arn: str) -> str:
    """Return what OpenSSL reads in a CA's certificate."""
    words = ("get-certificate-authority-certificate", "--certificate-authority-arn", arn, "--query", "Certificate")
    (pcacli.work / "ca.pem").write_text(pcacli.text(*words) + "\n")
    return openssl_ok(pcacli.work, "x509", "-in", "ca.pem", "-noout", "-text")


def pending(pcacli: Pcacli, name: str, kind: str = "SUBORDINATE") -> str:
    return pki.create(pcacli, kind, name)


# --- init


def test_names_keys_validity_revocation_and_tags_are_as_asked(pcacli: Pcacli) -> None:
    made = pcacli.json(
        *(*INIT, "--common-name", "Example", "--subject", "Country=DE,Organization=Example GmbH"),
        *("--root-key-algorithm", "EC_secp384r1", "--root-validity", "20y", "--issuing-validity", "400d"),
        *("--usage-mode", "SHORT_LIVED_CERTIFICATE", "--crl-bucket", "crls", "--ocsp", "--tag", "team=pki"),
    )
    root, issuing = authorities(pcacli)
    assert list(made.values()) == [root["Arn"], issuing["Arn"]]
    assert [found["Status"] for found in (root, issuing)] == ["ACTIVE", "ACTIVE"]
    assert [found["UsageMode"] for found in (root, issuing)] == ["GENERAL_PURPOSE", "SHORT_LIVED_CERTIFICATE"]
    assert root["CertificateAuthorityConfiguration"] == {
        "KeyAlgorithm": "EC_secp384r1",
        "SigningAlgorithm": "SHA384WITHECDSA",
        "Subject": {"Country": "DE", "Organization": "Example GmbH", "CommonName": "Example Root CA"},
    }
    crl, ocsp = (issuing["RevocationConfiguration"][name] for name in ("CrlConfiguration", "OcspConfiguration"))
    assert (crl["S3BucketName"], crl["ExpirationInDays"], ocsp["Enabled"]) == ("crls", 7, True)
    assert pcacli.text("list-tags", "--certificate-authority-arn", issuing["Arn"]) == "TAGS\tteam\tpki"
    text = certificate(pcacli, issuing["Arn"])
    assert "ecdsa-with-SHA384" in text
    assert "Issuer: C = DE, O = Example GmbH, CN = Example Root CA" in text
    assert "pathlen:0" in text


def test_a_root_alone_can_be_made(pcacli: Pcacli) -> None:
    made = pcacli.json(*INIT, "--root-only", "--root-common-name", "Example R1")
    (root,) = authorities(pcacli)
    assert made == {"RootCertificateAuthorityArn": root["Arn"]}
    assert root["CertificateAuthorityConfiguration"]["Subject"] == {"CommonName": "Example R1"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--root-validity", "1y", "--issuing-validity", "2y"), "'Private Issuing CA' would be valid until"),
        (("--root-validity", "5y"), "it must end before 'Private Root CA', which signs it and ends"),
        (("--root-only", "--issuing-validity", "1y"), "--issuing-validity does not go with --root-only."),
    ],
)
def test_what_cannot_become_active_is_refused_before_a_ca_is_made(
    pcacli: Pcacli, words: tuple[str, ...], said: str
) -> None:
    refused = pcacli.run(*INIT, *words)
    assert (refused.exit_code, refused.out) == (252, "")
    assert said in refused.err
    assert authorities(pcacli) == []


def test_no_ca_is_made_below_a_root_that_ends_before_it(pcacli: Pcacli) -> None:
    pcacli.ok(*INIT, "--root-only", "--root-validity", "1y")
    refused = pcacli.run(*INIT)
    assert (refused.exit_code, refused.out) == (252, "")
    assert len(authorities(pcacli)) == 1


def test_an_issuing_ca_that_is_missing_lives_no_longer_than_its_root(pcacli: Pcacli) -> None:
    pcacli.ok(*INIT, "--root-only", "--root-validity", "3y")
    asked = pcacli.run(*INIT, "--if-missing", "--issuing-validity", "5y")
    assert (asked.exit_code, asked.out) == (252, "")
    pcacli.ok(*INIT, "--if-missing")
    root_end, issuing_end = (datetime.fromisoformat(found["NotAfter"]) for found in authorities(pcacli))
    assert root_end - issuing_end == timedelta(seconds=1)


@pytest.mark.parametrize("validity", ["1y", "5y"])
def test_a_short_root_and_its_issuing_ca_are_made_together(pcacli: Pcacli, validity: str) -> None:
    pcacli.ok(*INIT, "--if-missing", "--root-validity", validity)
    root_end, issuing_end = (datetime.fromisoformat(found["NotAfter"]) for found in authorities(pcacli))
    assert timedelta(0) < root_end - issuing_end < timedelta(minutes=5)


def test_twins_are_not_made(pcacli: Pcacli) -> None:
    made = pcacli.ok(*INIT)
    again = pcacli.run(*INIT)
    assert (again.exit_code, again.out) == (1, "")
    assert all(arn in again.err for arn in made.split()[1::2])
    assert pcacli.ok(*INIT, "--if-missing") == made
    assert len(authorities(pcacli)) == 2


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("--common-name", ""), "must not be empty"),
        (("--common-name", "x" * 64), "must have 1 to 64 characters"),
        (("--root-common-name", "x" * 65, "--root-only"), "must have 1 to 64 characters"),
        (("--subject", "CommonName=Example"), "--common-name"),
        (("--subject", "Place=Berlin"), "Unknown parameter"),
        (("--subject", "Country="), "Country"),
        (("--root-validity", "forever"), "is no duration"),
        (("--issuing-validity", "0d"), "more than no time"),
        (("--crl-days", "3"), "--crl-bucket"),
        (("--tag", "novalue"), "KEY=VALUE"),
    ],
)
def test_bad_options_make_nothing(pcacli: Pcacli, options: tuple[str, ...], complaint: str) -> None:
    refused = pcacli.run(*INIT, *options)
    assert (refused.exit_code, refused.out) == (252, "")
    assert complaint in refused.err
    assert not pcacli.store.exists()


def test_a_refusal_in_the_middle_names_what_there_is(pcacli: Pcacli) -> None:
    pcacli.ok("local", "init", "--test")
    pcacli.ok(*INIT, "--root-only")
    fault = ("--operation", "issue-certificate", "--error", "ValidationException", "--times", "1")
    pcacli.ok("local", "faults", "add", *fault)
    refused = pcacli.run(*INIT)
    assert (refused.exit_code, refused.out) == (254, "")
    root, issuing = authorities(pcacli)
    assert [found["Status"] for found in (root, issuing)] == ["ACTIVE", "PENDING_CERTIFICATE"]
    assert f"The root CA is there: {root['Arn']}\n" in refused.err
    assert f"The issuing CA is there: {issuing['Arn']}\n" in refused.err
    assert pcacli.json(*INIT)["IssuingCertificateAuthorityArn"] == issuing["Arn"]


def test_on_aws_a_script_has_to_agree_to_the_bill(operator: Pcacli) -> None:
    refused = operator.run(*INIT, "--common-name", "Dear")
    assert (refused.exit_code, refused.out) == (252, "")
    assert "create    Dear Root CA (ROOT, EC_prime256v1, 10 years)\n" in refused.err
    assert "bills every CA" in refused.err
    assert refused.err.endswith("give --yes.\n")
    assert authorities(operator) == []
    made = operator.run(*INIT, "--common-name", "Dear", "--yes")
    assert (made.exit_code, made.err) == (0, "")
    assert [found["Status"] for found in authorities(operator)] == ["ACTIVE", "ACTIVE"]
    assert operator.ok(*INIT, "--common-name", "Dear", "--if-missing") == made.out


@pytest.mark.parametrize(("answer", "exit_code", "made"), [("y\n", 0, 1), ("n\n", 1, 0), ("\x04", 130, 0)])
def test_on_aws_a_person_is_asked(operator: Pcacli, answer: str, exit_code: int, made: int) -> None:
    seat = Seat(operator, *INIT, "--root-only")
    seat.watch_until("Go on? [y/N]")
    seat.type(answer)
    assert seat.seen().exit_code == exit_code
    assert len(authorities(operator)) == made


def test_the_printed_commands_make_the_same_root(operator: Pcacli) -> None:
    words = (*INIT, "--root-only", "--common-name", "It's", "--tag", "team=p k i")
    script = operator.ok(*words, "--print-commands")
    assert authorities(operator) == []
    done = run_with_aws(operator, script)
    assert done.exit_code == 0, done.err
    (root,) = authorities(operator)
    assert (root["Status"], done.out) == ("ACTIVE", f"{root['Arn']}\n")
    assert operator.json(*words, "--if-missing") == {"RootCertificateAuthorityArn": root["Arn"]}
    assert operator.text("list-tags", "--certificate-authority-arn", root["Arn"]) == "TAGS\tteam\tp k i"
    text = certificate(operator, root["Arn"])
    assert "Subject: CN = It's Root CA" in text
    assert "CA:TRUE" in text


def test_the_printed_commands_call_the_region_that_was_named(pcacli: Pcacli) -> None:
    script = pcacli.ok(*INIT, "--print-commands", "--region", "eu-west-3")
    assert "export AWS_REGION=eu-west-3\n" in script
    assert "AWS_PROFILE" not in script
    assert "AWS_ENDPOINT_URL" not in script
    assert "export" not in pcacli.ok(*INIT, "--print-commands")


# --- activate


def test_a_ca_is_activated_in_one_step(pcacli: Pcacli) -> None:
    root, issuing = pending(pcacli, "Root", "ROOT"), pending(pcacli, "Issuing")
    assert pcacli.json(*ACTIVATE, "--certificate-authority-arn", root)["CertificateAuthorityArn"] == root
    pcacli.ok(*ACTIVATE, "--certificate-authority-arn", issuing, "--parent-arn", root, "--validity", "90d")
    assert [found["Status"] for found in authorities(pcacli)] == ["ACTIVE", "ACTIVE"]
    assert "Issuer: CN = Root" in certificate(pcacli, issuing)


def test_without_a_wish_the_ca_lives_no_longer_than_its_parent(pcacli: Pcacli) -> None:
    root, issuing = pending(pcacli, "Root", "ROOT"), pending(pcacli, "Issuing")
    pcacli.ok(*ACTIVATE, "--certificate-authority-arn", root, "--validity", "1y")
    pcacli.ok(*ACTIVATE, "--certificate-authority-arn", issuing, "--parent-arn", root)
    root_end, issuing_end = (datetime.fromisoformat(found["NotAfter"]) for found in authorities(pcacli))
    assert root_end - issuing_end == timedelta(seconds=1)


def test_an_active_ca_is_renewed_only_if_that_is_meant(pcacli: Pcacli) -> None:
    root = pcacli.json(*INIT, "--root-only")["RootCertificateAuthorityArn"]
    (before,) = authorities(pcacli)
    refused = pcacli.run(*ACTIVATE, "--certificate-authority-arn", root)
    assert refused.exit_code == 252
    assert f"{root} is ACTIVE until {before['NotAfter'][:10]}." in refused.err
    assert "--yes" in refused.err
    assert authorities(pcacli) == [before]
    pcacli.ok(*ACTIVATE, "--certificate-authority-arn", root, "--validity", "20y", "--yes")
    (after,) = authorities(pcacli)
    assert after["NotAfter"] > before["NotAfter"]


@pytest.mark.parametrize(
    ("kind", "options", "complaint"),
    [
        ("SUBORDINATE", (), "needs --parent-arn"),
        ("ROOT", ("--parent-arn", "arn:aws:acm-pca:us-east-1:000000000000:certificate-authority/0"), "signs itself"),
        ("ROOT", ("--validity", "ten years"), "is no duration"),
    ],
)
def test_who_cannot_sign_is_told_before_anything_is_issued(
    pcacli: Pcacli, kind: str, options: tuple[str, ...], complaint: str
) -> None:
    refused = pcacli.run(*ACTIVATE, "--certificate-authority-arn", pending(pcacli, "New", kind), *options)
    assert (refused.exit_code, refused.out) == (252, "")
    assert complaint in refused.err
    assert authorities(pcacli)[0]["Status"] == "PENDING_CERTIFICATE"


@pytest.mark.parametrize("state", ["EXPIRED", "ACTIVE"])
def test_the_ca_that_signed_before_is_found(pcacli: Pcacli, state: str) -> None:
    pcacli.ok("local", "init", "--test")
    made = pcacli.json(*INIT, "--issuing-validity", "1y")
    issuing = made["IssuingCertificateAuthorityArn"]
    # A namesake of the root has another key.
    twin = pending(pcacli, "Private Root CA", "ROOT")
    pki.activate(pcacli, twin, twin)
    if state == "EXPIRED":
        pcacli.ok("local", "clock", "advance", "2y", "--no-refresh")
    signed = pcacli.json(*ACTIVATE, "--certificate-authority-arn", issuing, "--yes")
    assert signed["CertificateArn"].startswith(made["RootCertificateAuthorityArn"])
    assert {found["Arn"]: found["Status"] for found in authorities(pcacli)}[issuing] == "ACTIVE"


def test_an_issuer_that_has_expired_too_is_named(pcacli: Pcacli) -> None:
    pcacli.ok("local", "init", "--test")
    made = pcacli.json(*INIT, "--root-validity", "2y", "--issuing-validity", "1y")
    pcacli.ok("local", "clock", "advance", "3y", "--no-refresh")
    refused = pcacli.run(*ACTIVATE, "--certificate-authority-arn", made["IssuingCertificateAuthorityArn"])
    assert (refused.exit_code, refused.out) == (252, "")
    root = made["RootCertificateAuthorityArn"]
    assert f"{root}, which signed the certificate that the CA has, is EXPIRED." in refused.err


def test_a_disabled_ca_gets_no_certificate(estate: pki.Estate) -> None:
    estate.ok("update-certificate-authority", "--certificate-authority-arn", estate.issuing, "--status", "DISABLED")
    words = (*ACTIVATE, "--certificate-authority-arn", estate.issuing, "--parent-arn", estate.root, "--yes")
    issued_before = len(json.loads(estate.ok("pki", "list")))
    refused = estate.run(*words)
    assert (refused.exit_code, refused.out) == (1, "")
    assert "is DISABLED" in refused.err
    assert len(json.loads(estate.ok("pki", "list"))) == issued_before


def test_the_printed_commands_activate_the_same_ca(operator: Pcacli) -> None:
    root = operator.json(*INIT, "--root-only", "--yes")["RootCertificateAuthorityArn"]
    issuing = pending(operator, "Issuing")
    words = (*ACTIVATE, "--certificate-authority-arn", issuing, "--parent-arn", root, "--validity", "3y")
    done = run_with_aws(operator, operator.ok(*words, "--print-commands"))
    assert done.exit_code == 0, done.err
    by_script = certificate(operator, issuing)
    assert "Issuer: CN = Private Root CA" in by_script
    operator.ok(*words, "--yes")

    def lasting(text: str) -> list[str]:
        """Return the lines that do not differ from one certificate to the next for the same request."""
        lines = text.partition("Signature Value:")[0].splitlines()
        return [line for line in lines if "Not " not in line and line.count(":") < 15]

    assert lasting(certificate(operator, issuing)) == lasting(by_script)
