"""Answers that get lost, processes that are killed: the same command again issues nothing twice and loses no key."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.support.command_line import Pcacli
from tests.support.hierarchies import Estate, openssl_csr
from tests.support.lossy_proxy import LossyProxy, lossy_proxy
from tests.support.screen import Seat

REQUEST = ("pki", "request", "--dns-name", "www.example.com", "--out-dir", "www")
BULK = ("pki", "request", "--from", "rows.csv", "--out-dir", "made")
RENEW = ("pki", "renew", "www")
NAMES = [f"host{number}.example.com" for number in range(8)]
UNKNOWN = "Whether the certificate was issued is not known; the same command goes on"


class Line(NamedTuple):
    """A command line that reaches its server through a proxy."""

    pcacli: Pcacli
    proxy: LossyProxy


@pytest.fixture
def line(operator: Pcacli) -> Iterator[Line]:
    """A line on which answers can be lost."""
    with lossy_proxy(operator.environment["AWS_ENDPOINT_URL_ACM_PCA"]) as proxy:
        operator.environment |= {"AWS_ENDPOINT_URL_ACM_PCA": proxy.url, "AWS_MAX_ATTEMPTS": "1"}
        yield Line(operator, proxy)


@pytest.fixture
def slow(pcacli: Pcacli) -> Pcacli:
    """A command line on a test store whose certificates take an hour."""
    pcacli.ok("local", "init", "--test")
    pcacli.ok("pki", "init")
    pcacli.ok("local", "faults", "add", "--timing", "issuance=1h")
    return pcacli


def issued_for(pcacli: Pcacli, pattern: str) -> list[str]:
    """Return the ARNs of what was issued for a name."""
    return [entry["CertificateArn"] for entry in pcacli.json("pki", "list", "--match", pattern)]


def require_pair(folder: Path, *, key: bool = True) -> x509.Certificate:
    """Check that a folder has what belongs together, and nothing that waits."""
    found = x509.load_pem_x509_certificate((folder / "cert.pem").read_bytes())
    if key:
        private = load_pem_private_key((folder / "key.pem").read_bytes(), password=None)
        assert private.public_key() == found.public_key()
    waiting = {path.name for path in folder.iterdir() if path.name.startswith(".")}
    assert waiting <= {".renewal.lock"}
    return found


# --- lost answers


def test_a_row_whose_answer_was_lost_gets_the_certificate_that_was_issued(line: Line, estate: Estate) -> None:
    rows = "\n".join(["dns_names", *NAMES, ""])
    (line.pcacli.work / "rows.csv").write_text(rows)
    line.proxy.loses = lambda action, number: action == "IssueCertificate" and number <= 3
    first = line.pcacli.run(*BULK)
    assert first.exit_code == 1
    assert first.err.count(UNKNOWN) == 3
    line.proxy.loses = lambda _action, _number: False
    summary = line.pcacli.json(*BULK)
    assert (summary["Issued"], summary["Skipped"]) == (3, len(NAMES) - 3)
    assert len(issued_for(estate, "host")) == len(NAMES)
    for name in NAMES:
        require_pair(line.pcacli.work / "made" / name)


@pytest.mark.parametrize("from_csr", [False, True])
def test_a_request_whose_answer_was_lost_is_gone_on_with(line: Line, estate: Estate, *, from_csr: bool) -> None:
    words = REQUEST
    if from_csr:
        openssl_csr(line.pcacli.work, "www.example.com")
        words = ("pki", "request", "--csr", "www.example.com.csr", "--out-dir", "www")
    before = set(issued_for(estate, "www.example.com"))
    line.proxy.loses = lambda action, _number: action == "IssueCertificate"
    lost = line.pcacli.run(*words)
    assert (lost.exit_code, lost.out) == (255, "")
    assert UNKNOWN in lost.err
    line.proxy.loses = lambda _action, _number: False
    summary = line.pcacli.json(*words)
    assert set(issued_for(estate, "www.example.com")) - before == {summary["CertificateArn"]}
    found = require_pair(line.pcacli.work / "www", key=not from_csr)
    assert summary["CertificateArn"].endswith(f"/{found.serial_number:032x}")


def test_another_request_into_the_folder_takes_nothing_of_the_one_that_waits(line: Line, estate: Estate) -> None:
    line.proxy.loses = lambda action, number: action == "IssueCertificate" and number == 1
    assert line.pcacli.run(*REQUEST).exit_code == 255
    (waiting,) = (line.pcacli.work / "www").iterdir()
    key = waiting.read_bytes()
    line.pcacli.ok("pki", "request", "--dns-name", "other.example.com", "--out-dir", "www")
    assert waiting.read_bytes() == key
    assert (line.pcacli.work / "www" / "key.pem").read_bytes() != key
    assert len(issued_for(estate, "other.example.com")) == 1


@pytest.mark.parametrize("options", [(), ("--reuse-key",)])
def test_a_renewal_whose_answer_was_lost_is_gone_on_with(line: Line, estate: Estate, options: tuple[str, ...]) -> None:
    line.pcacli.ok(*REQUEST)
    count = len(issued_for(estate, "www.example.com"))
    line.proxy.loses = lambda action, _number: action == "IssueCertificate"
    assert UNKNOWN in line.pcacli.run(*RENEW, *options).err
    line.proxy.loses = lambda _action, _number: False
    assert not line.pcacli.json(*RENEW, "--if-expires-within", "1d")["Renewed"]
    result = line.pcacli.json(*RENEW, *options)
    found = require_pair(line.pcacli.work / "www")
    assert result["CertificateArn"].endswith(f"/{found.serial_number:032x}")
    assert len(issued_for(estate, "www.example.com")) == count + 1


def test_a_revocation_that_is_cut_off_shows_what_was_done(line: Line, estate: Estate) -> None:
    for name in NAMES[:4]:
        line.pcacli.ok("pki", "request", "--dns-name", name, "--out-dir", name)
    (line.pcacli.work / "list.txt").write_text("\n".join(f"{name}/cert.pem" for name in NAMES[:4]))
    words = ("pki", "revoke", "--from", "list.txt", "--reason", "SUPERSEDED", "--yes", "--output", "json")
    line.proxy.loses = lambda action, number: action == "RevokeCertificate" and number == 3
    cut = line.pcacli.run(*words)
    assert cut.exit_code == 255
    assert [each["Result"] for each in json.loads(cut.out)] == ["REVOKED", "REVOKED"]
    assert "2 of 4 are known to be revoked; the same command goes on." in cut.err
    again = json.loads(line.pcacli.ok(*words))
    assert [each["Result"] for each in again] == [*["ALREADY_REVOKED"] * 3, "REVOKED"]
    assert len(estate.json("pki", "list", "--status", "REVOKED")) == 4


# --- answers that leave it open, and those that do not


@pytest.mark.parametrize("error", ["InternalFailure", "ServiceUnavailable", "ThrottlingException"])
def test_a_failure_inside_the_service_keeps_the_key(pcacli: Pcacli, error: str) -> None:
    pcacli.ok("local", "init", "--test")
    pcacli.ok("pki", "init")
    pcacli.ok("local", "faults", "add", "--operation", "issue-certificate", "--error", error, "--times", "1")
    failed = pcacli.run(*REQUEST)
    assert failed.exit_code == 254
    assert UNKNOWN in failed.err
    (waiting,) = (pcacli.work / "www").iterdir()
    key = waiting.read_bytes()
    pcacli.ok(*REQUEST)
    assert (pcacli.work / "www" / "key.pem").read_bytes() == key


def test_a_refusal_leaves_neither_key_nor_folder(pcacli: Pcacli) -> None:
    pcacli.ok("local", "init", "--test")
    pcacli.ok("pki", "init")
    fault = ("--operation", "issue-certificate", "--error", "AccessDeniedException", "--times", "1")
    pcacli.ok("local", "faults", "add", *fault)
    refused = pcacli.run(*REQUEST)
    assert refused.exit_code == 254
    assert "the same command" not in refused.err
    assert not (pcacli.work / "www").exists()


def test_a_renewal_that_could_not_be_fetched_is_finished_by_the_next_though_it_is_not_due(pcacli: Pcacli) -> None:
    pcacli.ok("local", "init", "--test")
    pcacli.ok("pki", "init")
    pcacli.ok(*REQUEST)
    fault = ("--operation", "get-certificate", "--error", "AccessDeniedException", "--times", "1")
    pcacli.ok("local", "faults", "add", *fault)
    failed = pcacli.run(*RENEW)
    assert failed.exit_code == 255
    assert ". The certificate was issued, and its key is in www/.key.pem.renewal: arn:aws:acm-pca:" in failed.err
    key = (pcacli.work / "www" / ".key.pem.renewal").read_bytes()
    # AWS has forgotten the token by then.
    pcacli.ok("local", "clock", "advance", "1h")
    result = pcacli.json(*RENEW, "--if-expires-within", "1d")
    assert result["Renewed"]
    assert result["CertificateArn"] in failed.err
    assert (pcacli.work / "www" / "key.pem").read_bytes() == key
    assert len(issued_for(pcacli, "www.example.com")) == 2
    require_pair(pcacli.work / "www")
    assert not pcacli.json(*RENEW, "--if-expires-within", "1d")["Renewed"]


def test_a_certificate_that_failed_for_good_is_asked_for_anew(pcacli: Pcacli) -> None:
    pcacli.ok("local", "init", "--test")
    pcacli.ok("pki", "init")
    fault = ("--operation", "get-certificate", "--error", "RequestFailedException", "--times", "1")
    pcacli.ok("local", "faults", "add", *fault)
    failed = pcacli.run(*REQUEST)
    assert failed.exit_code == 254
    assert "was issued" not in failed.err
    pcacli.ok("local", "clock", "advance", "6m")
    pcacli.ok(*REQUEST)
    require_pair(pcacli.work / "www")


# --- kill -9


@pytest.mark.parametrize("words", [REQUEST, RENEW], ids=["request", "renew"])
def test_what_a_killed_process_waited_for_is_delivered_later(slow: Pcacli, words: tuple[str, ...]) -> None:
    if words == RENEW:
        slow.ok("local", "faults", "clear")
        slow.ok(*REQUEST)
        slow.ok("local", "faults", "add", "--timing", "issuance=1h")
    count = len(issued_for(slow, "www.example.com"))
    seat = Seat(slow, *words)
    seat.watch_until("Waiting for the certificate")
    seat.process.send_signal(signal.SIGKILL)
    seat.seen()
    slow.ok("local", "clock", "advance", "2h")
    arn = slow.json(*words)["CertificateArn"]
    found = require_pair(slow.work / "www")
    assert arn.endswith(f"/{found.serial_number:032x}")
    assert len(issued_for(slow, "www.example.com")) == count + 1


def test_a_request_that_was_killed_between_its_renames_is_finished(line: Line) -> None:
    line.proxy.loses = lambda action, _number: action == "IssueCertificate"
    line.pcacli.run(*REQUEST)
    line.proxy.loses = lambda _action, _number: False
    made = line.pcacli.work / "www"
    (waiting,) = made.iterdir()
    mark = waiting.name.removeprefix(".key.pem.")
    arn = line.pcacli.json(*REQUEST)["CertificateArn"]
    for name in ("cert.pem", "fullchain.pem", "chain.pem", "root.pem"):
        (made / name).rename(made / f".{name}.{mark}")
    (made / f".certificate-arn.{mark}").write_text(f"{arn}\n")
    assert line.pcacli.json(*REQUEST)["CertificateArn"] == arn
    require_pair(made)
