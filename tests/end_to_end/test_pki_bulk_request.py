"""`pcacli pki request --from`: many certificates in one process, none of them twice."""

import json
import re
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.support.aws_scripts import run_with_aws
from tests.support.command_line import Pcacli, openssl_ok
from tests.support.hierarchies import Estate, openssl_csr
from tests.support.screen import Seat, on_screen
from tests.support.waiting import wait_until

BULK = ("pki", "request", "--from", "rows.csv", "--out-dir", "made")
NAMES = [f"host{number}.example.com" for number in range(12)]


def write_rows(client: Pcacli, *more: str) -> None:
    lines = [f"{name},{name} www.{name},," for name in NAMES]
    (client.work / "rows.csv").write_text("\n".join(["common_name,dns_names,validity,csr", *lines, *more, ""]))


def require_good(folder: Path, name: str) -> x509.Certificate:
    """Check with OpenSSL that a folder has a certificate for a name, and the key to it."""
    verify = ("verify", "-x509_strict", "-CAfile", "root.pem", "-untrusted", "fullchain.pem")
    openssl_ok(folder, *verify, "-verify_hostname", name, "cert.pem")
    found = x509.load_pem_x509_certificate((folder / "cert.pem").read_bytes())
    key = load_pem_private_key((folder / "key.pem").read_bytes(), password=None)
    assert key.public_key() == found.public_key()
    return found


def results(client: Pcacli) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (client.work / "made" / "results.jsonl").read_text().splitlines()]


def subjects(pcacli: Pcacli, pattern: str = "host*") -> list[str]:
    """Return whom the CA has issued certificates for."""
    return sorted(entry["Subject"] for entry in pcacli.json("pki", "list", "--match", pattern))


@pytest.fixture
def slow(pcacli: Pcacli) -> Pcacli:
    """A command line on a test store whose certificates take three minutes; tokens count for five."""
    pcacli.ok("local", "init", "--test")
    pcacli.ok("pki", "init")
    pcacli.ok("local", "faults", "add", "--timing", "issuance=3m")
    return pcacli


def test_every_good_row_gets_its_folder_and_every_bad_one_is_named(client: Pcacli) -> None:
    openssl_csr(client.work, "csr.example.com")
    write_rows(client, "bad,not a_name!,,", ",,7d,csr.example.com.csr", ",,,none.csr", "late,,4000d,")
    finished = client.run(*BULK, "--output", "json")
    assert finished.exit_code == 1
    expected = {"Issued": len(NAMES) + 1, "Skipped": 0, "Failed": 3, "ResultFile": "made/results.jsonl"}
    assert json.loads(finished.out) == expected
    bad_line = len(NAMES) + 2
    assert f"rows.csv, line {bad_line}: 'a_name!' is not a DNS name.\n" in finished.err
    assert (
        f"rows.csv, line {bad_line + 2}: The CSR none.csr cannot be read: No such file or directory.\n" in finished.err
    )
    assert f"rows.csv, line {bad_line + 3}: The certificate validity specified exceeds" in finished.err
    assert "3 rows have no certificate." in finished.err
    for name in NAMES:
        folder = client.work / "made" / name
        found = require_good(folder, f"www.{name}")
        (result,) = [result for result in results(client) if result["Directory"] == name]
        assert result["CertificateArn"].endswith(f"/{found.serial_number:032x}")
        assert not [file.name for file in folder.iterdir() if file.name.startswith(".")]
    assert not (client.work / "made" / "csr.example.com" / "key.pem").exists()
    assert {folder.name for folder in (client.work / "made").iterdir() if folder.is_dir()} == {
        *NAMES,
        "csr.example.com",
    }


def test_a_second_run_does_only_what_is_not_done(estate: Estate) -> None:
    write_rows(estate, "bad,not a_name!,,")
    estate.run(*BULK)
    before = subjects(estate)
    write_rows(estate, "good,good.example.com,,", "")
    finished = estate.run(*BULK, "--output", "json", "--query", "[Issued, Skipped, Failed]")
    assert (finished.exit_code, json.loads(finished.out), finished.err) == (0, [1, len(NAMES), 0], "")
    assert subjects(estate) == before
    assert subjects(estate, "good.example.com") == ["CN=good"]


def test_a_row_that_says_something_else_is_another_row(estate: Estate) -> None:
    write_rows(estate)
    estate.ok(*BULK)
    rows = (estate.work / "rows.csv").read_text()
    (estate.work / "rows.csv").write_text(rows.replace("host3.example.com,,", "host3.example.com,7d,"))
    refused = estate.run(*BULK)
    assert refused.exit_code == 1
    assert "line 5: made/host3.example.com already has key.pem" in refused.err
    assert estate.json(*BULK, "--force") == {
        "Issued": 1,
        "Skipped": len(NAMES) - 1,
        "Failed": 0,
        "ResultFile": "made/results.jsonl",
    }


def test_a_row_without_its_certificate_is_not_done(estate: Estate) -> None:
    write_rows(estate)
    estate.ok(*BULK)
    shutil.rmtree(estate.work / "made" / NAMES[1])
    summary = estate.json(*BULK)
    assert (summary["Issued"], summary["Skipped"]) == (1, len(NAMES) - 1)
    require_good(estate.work / "made" / NAMES[1], NAMES[1])


def test_what_another_ca_issued_is_not_what_is_wanted(estate: Estate) -> None:
    write_rows(estate)
    estate.ok(*BULK)
    shutil.rmtree(estate.work / "made" / NAMES[1])
    finished = estate.run(*BULK, "--certificate-authority-arn", estate.root, "--output", "json")
    summary = json.loads(finished.out)
    assert (summary["Issued"], summary["Skipped"], summary["Failed"]) == (1, 0, len(NAMES) - 1)
    issuer = x509.load_pem_x509_certificate((estate.work / "made" / NAMES[1] / "cert.pem").read_bytes()).issuer
    assert issuer.rfc4514_string() == "CN=Estate Root"


def test_a_row_whose_csr_is_another_one_is_not_done(estate: Estate) -> None:
    openssl_csr(estate.work, "csr.example.com")
    write_rows(estate, ",,,csr.example.com.csr")
    estate.ok(*BULK)
    openssl_csr(estate.work, "csr.example.com")
    assert f"line {len(NAMES) + 2}: made/csr.example.com already has" in estate.run(*BULK).err
    assert estate.json(*BULK, "--force")["Issued"] == 1


def test_after_ctrl_c_the_same_command_goes_on_with_the_same_certificates(slow: Pcacli) -> None:
    write_rows(slow)
    seat = Seat(slow, *BULK, "--concurrency", "4")
    seat.watch_until("Requesting")
    wait_until(lambda: len(list((slow.work / "made").glob("*/.key.pem.request-*"))) == 4)
    seat.process.send_signal(signal.SIGINT)
    seen = seat.seen()
    assert seen.exit_code == 130, seen.screen
    assert re.search(r"Interrupted: 0 issued, 0 done before, \d+ failed. The same command goes on.", seen.screen)
    interrupted = {result["Directory"]: result["Error"] for result in results(slow)}
    slow.ok("local", "faults", "clear")
    slow.ok("local", "clock", "advance", "4m")
    slow.ok(*BULK)
    certificates = {name: require_good(slow.work / "made" / name, f"www.{name}") for name in NAMES}
    # What had been issued is not issued again.
    assert subjects(slow) == sorted(f"CN={name}" for name in NAMES)
    for name, error in interrupted.items():
        assert f"{certificates[name].serial_number:032x}" in error or "issued" not in error


def test_a_list_is_worked_on_by_one_process(slow: Pcacli) -> None:
    write_rows(slow)
    first = Seat(slow, *BULK)
    first.watch_until("Requesting")
    refused = slow.run(*BULK)
    assert (refused.exit_code, refused.out) == (252, "")
    assert "Another process is writing to made/results.jsonl." in refused.err
    first.process.send_signal(signal.SIGINT)
    first.seen()


def test_a_throttled_authority_gets_its_time(pcacli: Pcacli) -> None:
    pcacli.ok("local", "init", "--test")
    pcacli.ok("pki", "init")
    pcacli.ok(
        "local", "faults", "add", "--operation", "issue-certificate", "--error", "ThrottlingException", "--times", "3"
    )
    write_rows(pcacli)
    assert pcacli.json(*BULK)["Issued"] == len(NAMES)
    assert pcacli.json("local", "faults", "list")["Faults"] == []


def test_a_terminal_shows_how_far_it_is(slow: Pcacli) -> None:
    write_rows(slow)
    seat = Seat(slow, *BULK, on_screen="err", COLUMNS="80")
    seat.watch_until(f"0/{len(NAMES)}")
    seat.process.send_signal(signal.SIGINT)
    assert seat.seen().exit_code == 130


def test_a_pipe_and_quick_work_have_no_bar(estate: Estate) -> None:
    write_rows(estate)
    seen = on_screen(estate, *BULK, streams="out", COLUMNS="80")
    assert seen == (0, f"{len(NAMES)} issued, 0 done before, 0 failed; see made/results.jsonl\n", "", "")


def test_a_result_line_that_was_cut_off_does_no_harm(estate: Estate) -> None:
    write_rows(estate)
    estate.ok(*BULK)
    with (estate.work / "made" / "results.jsonl").open("a") as file:
        file.write('{"Line": 3, "Row": "0123')
    write_rows(estate, "more,more.example.com,,")
    assert estate.json(*BULK)["Issued"] == 1
    assert estate.json(*BULK)["Skipped"] == len(NAMES) + 1


def test_a_result_file_that_cannot_be_made_is_refused_before_anything_is_issued(estate: Estate) -> None:
    write_rows(estate)
    refused = estate.run(*BULK, "--result-file", "rows.csv/results")
    assert refused.exit_code == 252
    assert "The result file rows.csv/results cannot be used" in refused.err
    assert subjects(estate) == []


def test_one_password_protects_the_pkcs12_files_of_all_rows(estate: Estate) -> None:
    write_rows(estate)
    estate.ok(*BULK, "--pkcs12", PCACLI_PKCS12_PASSWORD="geheim")
    for name in NAMES[:2]:
        openssl_ok(estate.work / "made" / name, "pkcs12", "-in", "cert.p12", "-passin", "pass:geheim", "-noout")


@pytest.mark.needs("aws")
def test_the_script_makes_every_row_with_the_aws_cli(operator: Pcacli) -> None:
    (operator.work / "rows.csv").write_text("dns_names\nwww.a.example\nwww.b.example\n")
    done = run_with_aws(operator, operator.ok(*BULK, "--print-commands"))
    assert done.exit_code == 0, done.err
    for name in ("www.a.example", "www.b.example"):
        require_good(operator.work / "made" / name, name)
