"""`pcacli pki revoke`: certificates are found wherever they are, shown, and revoked once."""

import json
import shlex
from typing import Any

import pytest

from tests.support import hierarchies as pki
from tests.support.aws_scripts import run_with_aws
from tests.support.command_line import Finished, Pcacli, openssl_ok
from tests.support.hierarchies import Estate
from tests.support.screen import Seat
from tests.support.tls import tls_server

REVOKE = ("pki", "revoke", "--reason", "SUPERSEDED")
SERIAL = "1234"


def write_leaf(estate: Estate, to: Pcacli) -> None:
    """Write the certificate into leaf.pem and its chain into bundle.pem."""
    blocks = pki.fetch(estate, estate.issuing, estate.leaf)
    (to.work / "leaf.pem").write_text(blocks[0])
    (to.work / "bundle.pem").write_text("".join(blocks))


def results(finished: Finished, exit_code: int = 0) -> list[tuple[str, str]]:
    """Return ARN and result of each certificate."""
    assert finished.exit_code == exit_code, finished.err
    return [(each["CertificateArn"], each["Result"]) for each in json.loads(finished.out)]


def revoked(pcacli: Pcacli) -> list[tuple[str, str]]:
    """Return what the store says: ARN and reason."""
    found: list[dict[str, Any]] = pcacli.json("pki", "list", "--status", "REVOKED")
    return [(each["CertificateArn"], each["RevocationReason"]) for each in found]


def spellings(estate: Estate) -> dict[str, str]:
    """Return the ways in which programs write the serial number of the certificate in leaf.pem."""
    serial = pki.serial_of(estate.leaf)
    text = openssl_ok(estate.work, "x509", "-in", "leaf.pem", "-noout", "-text")
    return {
        "digits": serial,
        "capitals": serial.upper(),
        "colons": ":".join(serial[start : start + 2] for start in range(0, 32, 2)),
        "openssl": openssl_ok(estate.work, "x509", "-in", "leaf.pem", "-noout", "-serial").strip(),
        "openssl text": text.partition("Serial Number:")[2].split()[0],
        "decimal": str(int(serial, 16)),
    }


def test_a_file_is_enough_and_again_is_no_harm(client: Pcacli, estate: Estate) -> None:
    write_leaf(estate, client)
    words = (*REVOKE, "leaf.pem", "--yes", "--output", "json")
    assert results(client.run(*words)) == [(estate.leaf, "REVOKED")]
    assert revoked(estate) == [(estate.leaf, "SUPERSEDED")]
    assert results(client.run(*words)) == [(estate.leaf, "ALREADY_REVOKED")]


def test_every_spelling_of_the_serial_number_names_the_certificate(client: Pcacli, estate: Estate) -> None:
    write_leaf(estate, estate)
    words = [*spellings(estate).values(), estate.leaf]
    plan = client.run(*REVOKE, *words, "--output", "json")
    assert (plan.exit_code, plan.out) == (252, "")
    assert plan.err.startswith("1 certificate will be revoked for good, SUPERSEDED:\n  CN=www.example.com\n    serial ")
    assert "This needs a yes: in a script, give --yes." in plan.err
    assert revoked(estate) == []


def test_a_server_shows_which_certificate_is_meant(estate: Estate) -> None:
    write_leaf(estate, estate)
    with tls_server(estate.work / "bundle.pem", estate.work / "www.example.com.key") as address:
        done = estate.run(*REVOKE, address, "--yes", "--output", "json")
    assert results(done) == [(estate.leaf, "REVOKED")]


def test_a_person_is_asked(estate: Estate) -> None:
    seat = Seat(estate, *REVOKE, estate.leaf)
    seat.watch_until("Revoke them?")
    seat.type("n\n")
    assert seat.seen().exit_code == 1
    assert revoked(estate) == []
    seat = Seat(estate, *REVOKE, estate.leaf)
    seat.watch_until("Revoke them?")
    seat.type("y\n")
    assert seat.seen().exit_code == 0
    assert revoked(estate) == [(estate.leaf, "SUPERSEDED")]


def test_many_are_chosen_from_the_inventory(estate: Estate) -> None:
    others = [
        pki.issue(estate, estate.issuing, pki.openssl_csr(estate.work, f"{name}.example.org")) for name in ("a", "b")
    ]
    done = estate.run(*REVOKE, "--match", "*.example.org", "--yes", "--output", "json")
    assert sorted(results(done)) == sorted((arn, "REVOKED") for arn in others)
    none = estate.run(*REVOKE, "--match", "*.example.org", "--yes")
    assert (none.exit_code, none.out) == (1, "")
    assert "There is no such certificate." in none.err


def test_a_list_is_revoked_as_far_as_it_can_be_read(client: Pcacli, estate: Estate) -> None:
    missing = f"{estate.issuing}/certificate/00000000000000000000000000001234"
    rows = f"certificateArn,new\n{estate.leaf},x\none\n{missing},\nnonsense,\n"
    (client.work / "list.csv").write_text(rows)
    done = client.run(*REVOKE, "--from", "list.csv", "--yes", "--output", "json")
    assert results(done, 1) == [(estate.leaf, "REVOKED"), (missing, "FAILED")]
    assert "list.csv, line 3: 1 fields and not 2." in done.err
    assert "list.csv, line 5: nonsense is none of these: " in done.err
    assert "3 of 4 were not revoked." in done.err


@pytest.mark.parametrize("end", ["\\n", "\\r\\n"])
def test_a_list_from_windows_can_be_piped_in(estate: Estate, end: str) -> None:
    script = f"printf '\\357\\273\\277%s{end}' {estate.leaf} | pcacli pki revoke --reason SUPERSEDED --from - --yes"
    assert estate.shell(script).exit_code == 0
    assert revoked(estate) == [(estate.leaf, "SUPERSEDED")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "--from - is empty."),
        (r"\n \n", "--from - is empty."),
        (r"1234\0", "there is a NUL in it"),
        (r"\377\376", "it is no UTF-8 text"),
    ],
)
def test_what_is_no_list_is_told(estate: Estate, content: str, said: str) -> None:
    refused = estate.shell(f"printf '{content}' | pcacli pki revoke --reason SUPERSEDED --from - --yes")
    assert (refused.exit_code, refused.out) == (252, "")
    assert said in refused.err


def test_the_list_of_another_command_can_be_piped_in(estate: Estate) -> None:
    done = estate.shell(
        "pcacli pki list --match www --output json | pcacli pki revoke --from - --reason SUPERSEDED --yes"
    )
    assert done.exit_code == 0, done.err
    assert revoked(estate) == [(estate.leaf, "SUPERSEDED")]


@pytest.mark.parametrize(
    ("words", "exit_code", "said"),
    [
        ((SERIAL,), 1, "1234: None of your CAs in this region issued a certificate with this serial number."),
        (("nobody.pem",), 1, "]: nobody.pem is none of these: a file that is there"),
        (("x.key",), 1, "]: x.key: there is no certificate, certificate request or CRL, only"),
        (("x.pem",), 1, "x.pem: None of your CAs in this region issued it; its issuer is CN=x."),
        (("{root}",), 1, "is not the ARN of a certificate."),
        ((), 252, "Name the certificates in one way"),
        ((SERIAL, "--match", "www"), 252, "Name the certificates in one way"),
        (("--from", "none.txt"), 252, "--from none.txt cannot be read: No such file or directory."),
        (("--reason", "LOST", SERIAL), 252, "'LOST' is not one of 'UNSPECIFIED', 'KEY_COMPROMISE'"),
    ],
)
def test_what_cannot_be_found_is_one_sentence(
    estate: Estate, words: tuple[str, ...], exit_code: int, said: str
) -> None:
    request = ("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2")
    openssl_ok(estate.work, *request, "-subj", "/CN=x", "-keyout", "x.key", "-out", "x.pem")
    done = estate.run(*REVOKE, *(word.format(root=estate.root) for word in words), "--yes")
    assert (done.exit_code, done.out) == (exit_code, "")
    assert said in done.err
    assert revoked(estate) == []


def test_a_refusal_of_the_service_is_told_for_its_certificate(estate: Estate) -> None:
    done = estate.run(*REVOKE, "--match", "Estate Root", "--yes", "--output", "json")
    assert done.exit_code == 1
    (result,) = json.loads(done.out)
    assert (result["Result"], result["Problem"]) == (
        "FAILED",
        "InvalidRequestException: Self-signed certificate can not be revoked",
    )


def test_waiting_ends_when_the_crl_shows_it(estate: Estate) -> None:
    assert estate.run(*REVOKE, estate.leaf, "--yes", "--wait-published").exit_code == 0
    crl = openssl_ok(estate.work, "crl", "-inform", "DER", "-in", str(pki.crl_file(estate, estate.issuing)), "-text")
    assert pki.serial_of(estate.leaf).upper().lstrip("0") in crl


def test_a_ca_that_publishes_nothing_is_told_with_what_to_do(client: Pcacli, estate: Estate) -> None:
    silent = pki.issue(estate, estate.root, pki.openssl_csr(estate.work, "silent.example.com"))
    done = client.run(*REVOKE, silent, estate.leaf, "--yes", "--output", "json")
    assert done.exit_code == 0
    assert [each["PublishedBy"] for each in json.loads(done.out)] == [[], ["CRL"]]
    (hint,) = [line for line in done.err.splitlines() if "verifiers will not learn of this" in line]
    # The command that it names works: the CA publishes from then on.
    turn_on = hint.partition("turn a CRL on with: pcacli ")[2].replace("BUCKET", pki.BUCKET)
    assert estate.root in turn_on
    client.ok(*shlex.split(turn_on))
    again = client.run(*REVOKE, silent, "--yes", "--output", "json")
    assert "verifiers" not in again.err
    assert [(each["Result"], each["PublishedBy"]) for each in json.loads(again.out)] == [("ALREADY_REVOKED", ["CRL"])]


def test_the_command_that_turns_a_crl_on_is_for_the_same_place(estate: Estate) -> None:
    silent = pki.issue(estate, estate.root, pki.openssl_csr(estate.work, "silent.example.com"))
    place = f"local:{estate.store}"
    for where in (("--local",), ("--endpoint-url", place, "--region", "eu-central-1")):
        done = estate.run(*where, *REVOKE, silent, "--yes")
        assert f"turn a CRL on with: pcacli {' '.join(where)} update-certificate-authority " in done.err


def test_nothing_is_waited_for_when_the_ca_has_ceased_to_publish(client: Pcacli, estate: Estate) -> None:
    other = pki.issue(estate, estate.root, pki.openssl_csr(estate.work, "silent.example.com"))
    off = ("--revocation-configuration", "CrlConfiguration={Enabled=false}")
    estate.ok("update-certificate-authority", "--certificate-authority-arn", estate.issuing, *off)
    # Waiting would take an hour.
    done = client.run(*REVOKE, estate.leaf, other, "--yes", "--wait-published")
    assert done.exit_code == 1
    assert f"Revoked, but the CA publishes no revocation of:\n{estate.leaf}\n{other}\n" in done.err
    assert {arn for arn, _ in revoked(estate)} == {estate.leaf, other}


def test_what_is_published_is_waited_for_beside_what_is_not(estate: Estate) -> None:
    silent = pki.issue(estate, estate.root, pki.openssl_csr(estate.work, "silent.example.com"))
    folder = pki.crl_file(estate, estate.issuing).parent
    pki.crl_file(estate, estate.issuing).unlink()
    folder.rmdir()
    folder.touch()
    done = estate.run(*REVOKE, silent, estate.leaf, "--yes", "--wait-published", "--wait-timeout", "1s")
    assert done.exit_code == 1
    assert f"Revoked, but not published yet:\n{estate.leaf}\n" in done.err
    assert f"Revoked, but the CA publishes no revocation of:\n{silent}\n" in done.err


def test_waiting_for_what_is_never_published_is_given_up(estate: Estate) -> None:
    silent = pki.issue(estate, estate.root, pki.openssl_csr(estate.work, "silent.example.com"))
    done = estate.run(*REVOKE, silent, "--yes", "--wait-published")
    assert done.exit_code == 1
    assert f"Revoked, but the CA publishes no revocation of:\n{silent}" in done.err
    folder = pki.crl_file(estate, estate.issuing).parent
    pki.crl_file(estate, estate.issuing).unlink()
    folder.rmdir()
    folder.touch()
    done = estate.run(*REVOKE, estate.leaf, "--yes", "--wait-published", "--wait-timeout", "1s")
    assert done.exit_code == 1
    assert f"Revoked, but not published yet:\n{estate.leaf}" in done.err


def test_aws_s_rate_is_kept(pcacli: Pcacli) -> None:
    pcacli.ok("local", "init", "--test")
    pcacli.ok("pki", "init")
    for name in ("a", "b", "c"):
        pcacli.ok("pki", "request", "--dns-name", f"{name}.example.com", "--out-dir", name)
    fault = ("--operation", "revoke-certificate", "--error", "ThrottlingException", "--times", "2")
    pcacli.ok("local", "faults", "add", *fault)
    done = pcacli.run(*REVOKE, "--match", "example.com", "--yes", "--output", "json")
    assert [result for _, result in results(done)] == ["REVOKED"] * 3


@pytest.mark.needs("aws")
def test_the_script_revokes_the_same_with_the_aws_cli(operator: Pcacli, estate: Estate) -> None:
    script = operator.ok(*REVOKE, pki.serial_of(estate.leaf), "--print-commands")
    assert revoked(estate) == []
    done = run_with_aws(operator, script)
    assert done.exit_code == 0, done.err
    assert revoked(estate) == [(estate.leaf, "SUPERSEDED")]
