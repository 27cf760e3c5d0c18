"""Test stores from the command line: clock, faults, AWS's timing, quotas, snapshots, status and reset."""

import pytest

from tests.support.command_line import Pcacli
from tests.support.dump import logical_dump
from tests.support.hierarchies import Estate, create
from tests.support.screen import Seat

REFUSED_BY_ORDINARY_STORES = (
    ("local", "clock", "show"),
    ("local", "clock", "advance", "1d"),
    ("local", "clock", "reset"),
    ("local", "faults", "add", "--error", "InternalFailure"),
    ("local", "faults", "list"),
    ("local", "faults", "clear"),
    ("local", "snapshot", "save", "name"),
    ("local", "snapshot", "load", "name"),
    ("local", "snapshot", "list"),
    ("local", "snapshot", "delete", "name"),
    ("local", "reset", "--yes"),
)
LISTING = ("list-certificate-authorities", "--query", "CertificateAuthorities[].Status")
NO_USAGE = 252


@pytest.fixture
def rehearsal(pcacli: Pcacli) -> Pcacli:
    assert pcacli.ok("local", "init", "--test") == f"{pcacli.store}\n"
    return pcacli


def code_and_text(pcacli: Pcacli, *words: str) -> tuple[int, str]:
    finished = pcacli.run(*words)
    return finished.exit_code, finished.err


@pytest.mark.parametrize("words", REFUSED_BY_ORDINARY_STORES, ids=" ".join)
def test_an_ordinary_store_refuses_what_is_for_tests(estate: Estate, words: tuple[str, ...]) -> None:
    before = logical_dump(estate.store)
    refused = estate.run(*words)
    assert (refused.exit_code, refused.out) == (253, "")
    assert f"The store in {estate.store} is an ordinary one" in refused.err
    assert logical_dump(estate.store) == before


def test_an_ordinary_store_cannot_become_a_test_store(pcacli: Pcacli) -> None:
    pcacli.ok("local", "init")
    exit_code, text = code_and_text(pcacli, "local", "init", "--test")
    assert exit_code == 253
    assert "cannot become a test store" in text
    assert pcacli.json("local", "status", "--query", "Store.Kind") == "ordinary"


@pytest.mark.fact("1.2")
def test_years_pass_in_a_moment(rehearsal: Pcacli) -> None:
    rehearsal.ok("pki", "init")
    assert rehearsal.ok("local", "clock", "show").endswith("  0s ahead\n")
    rehearsal.ok("local", "clock", "advance", "6y")
    assert sorted(rehearsal.json(*LISTING)) == ["ACTIVE", "EXPIRED"]
    assert rehearsal.json("local", "clock", "show", "--query", "AheadInSeconds") == 6 * 365 * 86_400
    rehearsal.ok("local", "clock", "reset")
    assert rehearsal.json(*LISTING) == ["ACTIVE", "ACTIVE"]


def test_time_that_passes_ends_deletions(rehearsal: Pcacli) -> None:
    arn = create(rehearsal, "ROOT", "Root")
    this = ("--certificate-authority-arn", arn)
    rehearsal.ok("delete-certificate-authority", *this, "--permanent-deletion-time-in-days", "7")
    assert "removed" not in rehearsal.ok("local", "clock", "advance", "6d")
    assert rehearsal.ok("local", "clock", "advance", "1d").endswith(f"removed {arn}\n")


def test_time_that_passes_publishes_crls_unless_it_shall_not(rehearsal: Pcacli) -> None:
    rehearsal.ok("pki", "init")
    arn = rehearsal.text("list-certificate-authorities", "--query", "CertificateAuthorities[1].Arn")
    crl = "CrlConfiguration={Enabled=true,ExpirationInDays=10,S3BucketName=crls}"
    this = ("--certificate-authority-arn", arn)
    rehearsal.ok("update-certificate-authority", *this, "--revocation-configuration", crl)
    rehearsal.ok("pki", "request", "--dns-name", "www.example.com", "--out-dir", "out")
    published = f"published the CRL of {arn}\n"
    assert published not in rehearsal.ok("local", "clock", "advance", "5d", "--no-refresh")
    assert "due now" in rehearsal.ok("local", "status")
    assert rehearsal.ok("local", "clock", "advance", "1s").endswith(published)
    assert "due in 4d23h" in rehearsal.ok("local", "status")


def test_an_error_comes_as_often_as_was_asked_for(rehearsal: Pcacli) -> None:
    words = ("--operation", "list-certificate-authorities", "--error", "ThrottlingException", "--times", "1")
    assert rehearsal.ok("local", "faults", "add", *words) == "1\n"
    listed = rehearsal.ok("local", "faults", "list")
    assert listed == "1  list-certificate-authorities: ThrottlingException (left: 1)\n"
    exit_code, text = code_and_text(rehearsal, *LISTING)
    assert exit_code == 254
    assert "An error occurred (ThrottlingException) when calling the ListCertificateAuthorities operation" in text
    assert rehearsal.json(*LISTING) == []
    assert rehearsal.ok("local", "faults", "list") == ""


def test_a_creation_ends_failed(rehearsal: Pcacli) -> None:
    rehearsal.ok("local", "faults", "add", "--failure-reason", "UNSUPPORTED_ALGORITHM", "--times", "1")
    arn = create(rehearsal, "ROOT", "Root")
    described = rehearsal.json("describe-certificate-authority", "--certificate-authority-arn", arn)
    authority = described["CertificateAuthority"]
    assert (authority["Status"], authority["FailureReason"]) == ("FAILED", "UNSUPPORTED_ALGORITHM")


@pytest.mark.fact("3.6")
def test_calls_are_throttled_at_the_rates_of_aws(rehearsal: Pcacli) -> None:
    rehearsal.ok("local", "faults", "add", "--throttle", "aws", "--operation", "list-permissions")
    assert rehearsal.ok("local", "faults", "list") == "throttle  list-permissions: 5 per second\n"
    rehearsal.ok("local", "faults", "add", "--throttle", "0.01", "--operation", "list-certificate-authorities")
    assert rehearsal.json(*LISTING) == []
    exit_code, text = code_and_text(rehearsal, *LISTING)
    assert (exit_code, "Rate exceeded" in text) == (254, True)
    rehearsal.ok("local", "clock", "advance", "100s")
    assert rehearsal.json(*LISTING) == []


@pytest.mark.fact("1.3")
def test_waiters_wait_for_what_takes_its_time(rehearsal: Pcacli) -> None:
    rehearsal.ok("local", "faults", "add", "--timing", "creation=1h")
    arn = create(rehearsal, "ROOT", "Root")
    this = ("--certificate-authority-arn", arn)
    exit_code, text = code_and_text(rehearsal, "get-certificate-authority-csr", *this)
    assert (exit_code, "RequestInProgressException" in text) == (254, True)
    waiter = Seat(rehearsal, "wait", "certificate-authority-csr-created", *this)
    waiter.watch_until("Waiting: certificate-authority-csr-created")  # It has asked in vain.
    rehearsal.ok("local", "clock", "advance", "1h")
    assert waiter.seen().exit_code == 0
    assert rehearsal.ok("get-certificate-authority-csr", *this, "--output", "text").startswith("-----BEGIN")


def test_a_whole_hierarchy_is_made_in_the_time_of_aws(rehearsal: Pcacli) -> None:
    rehearsal.ok("local", "faults", "add", "--timing", "issuance=1s")
    rehearsal.ok("pki", "init")
    assert rehearsal.json(*LISTING) == ["ACTIVE", "ACTIVE"]


def test_what_was_added_can_be_cleared_one_by_one_and_all_at_once(rehearsal: Pcacli) -> None:
    for words in (
        ("--error", "InternalFailure"),
        ("--error", "ServiceUnavailable", "--message", "Gone {fishing}."),
        ("--throttle", "2.5", "--operation", "list-tags"),
        ("--timing", "crl=10m,report-interval=1h"),
        ("--timing", "creation=2s"),
    ):
        rehearsal.ok("local", "faults", "add", *words)
    rehearsal.ok("local", "faults", "clear", "1", "throttle")
    assert rehearsal.json("local", "faults", "list") == {
        "Faults": [
            {
                "Number": 2,
                "Operation": None,
                "Error": "ServiceUnavailable",
                "Message": "Gone {fishing}.",
                "FailureReason": None,
                "TimesLeft": None,
            }
        ],
        "CallsPerSecond": {},
        "Timing": {"creation": "2s", "report-interval": "1h", "crl": "10m"},
    }
    rehearsal.ok("local", "faults", "clear")
    assert rehearsal.ok("local", "faults", "list") == ""


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ((), "Give one of --error"),
        (("--error", "InternalFailure", "--timing", "aws"), "Give one of --error"),
        (("--throttle", "aws", "--times", "2"), "--times does not go with that"),
        (("--timing", "aws", "--operation", "list-tags"), "--operation does not go with that"),
        (("--error", "Nonsense"), "Nonsense is no error of every action"),
        (("--error", "MalformedCSRException", "--operation", "list-tags"), "is no error of ListTags"),
        (("--throttle", "0"), "calls per second above zero"),
        (("--throttle", "nan"), "calls per second above zero"),
        (("--timing", "lunch=1h"), "'lunch' is no phase of the timing"),
        (("--timing", "crl"), "'' is no duration"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_fault_that_makes_no_sense_is_refused(rehearsal: Pcacli, words: tuple[str, ...], complaint: str) -> None:
    exit_code, text = code_and_text(rehearsal, "local", "faults", "add", *words)
    assert (exit_code, complaint in text) == (NO_USAGE, True), text
    assert rehearsal.ok("local", "faults", "list") == ""


def test_clearing_what_is_not_there_clears_nothing(rehearsal: Pcacli) -> None:
    rehearsal.ok("local", "faults", "add", "--timing", "aws")
    exit_code, text = code_and_text(rehearsal, "local", "faults", "clear", "timing", "7")
    assert (exit_code, "'7' is neither the number of a fault" in text) == (NO_USAGE, True)
    assert rehearsal.ok("local", "faults", "list").startswith("timing  creation: 1s\n")


@pytest.mark.fact("3.6")
def test_quotas_can_be_changed_for_any_store(pcacli: Pcacli) -> None:
    pcacli.ok("local", "init")
    pcacli.ok("local", "quota", "set", "authorities", "1")
    pcacli.ok("local", "quota", "set", "certificates", "unlimited")
    assert [quota["Limit"] for quota in pcacli.json("local", "quota", "list")] == [1, None, 1_000_000]
    assert pcacli.ok("local", "quota", "list").startswith("authorities                   1  private CAs in")
    exit_code, text = code_and_text(pcacli, "pki", "init")
    assert (exit_code, "LimitExceededException" in text) == (254, True)
    pcacli.ok("local", "quota", "reset")
    create(pcacli, "ROOT", "Another")
    assert code_and_text(pcacli, "local", "quota", "set", "authorities", "-1")[0] == NO_USAGE
    assert code_and_text(pcacli, "local", "quota", "set", "authorities", "many")[0] == NO_USAGE


def test_a_store_goes_back_to_a_snapshot(rehearsal: Pcacli) -> None:
    rehearsal.ok("local", "snapshot", "save", "empty")
    rehearsal.ok("pki", "init")
    rehearsal.ok("local", "snapshot", "save", "built")
    rehearsal.ok("local", "snapshot", "load", "empty")
    assert rehearsal.json(*LISTING) == []
    rehearsal.ok("local", "snapshot", "load", "built")
    assert rehearsal.json(*LISTING) == ["ACTIVE", "ACTIVE"]
    assert rehearsal.ok("local", "snapshot", "list") == "empty\nbuilt\n"
    rehearsal.ok("local", "snapshot", "delete", "empty")
    assert rehearsal.json("local", "snapshot", "list", "--query", "[].Name") == ["built"]


def test_a_reset_empties_the_store_but_asks_first(rehearsal: Pcacli) -> None:
    rehearsal.ok("pki", "init")
    exit_code, text = code_and_text(rehearsal, "local", "reset")
    assert (exit_code, "--yes" in text) == (NO_USAGE, True)
    assert len(rehearsal.json(*LISTING)) == 2
    rehearsal.ok("local", "reset", "--yes")
    assert rehearsal.json(*LISTING) == []
    rehearsal.ok("pki", "init")


def test_status_shows_what_is_there(estate: Estate) -> None:
    lines = estate.ok("local", "status").splitlines()
    assert lines[0] == str(estate.store)
    assert lines[1].startswith("ordinary store, schema 1, 20")
    assert lines[2:4] == ["", "ACTIVE  ROOT  Estate Root"]
    assert f"  {estate.issuing}" in lines
    assert any(line.endswith("; 1 certificate, 0 revoked") for line in lines)
    key = f"pki-bucket/crl/{estate.issuing.rpartition('/')[2]}.crl"
    (crl,) = [line for line in lines if line.startswith("  CRL ")]
    assert crl.startswith(f"  CRL {key}: number ")
    assert ", 0 entries, " in crl
    assert "due in 3d" in crl
    assert any("CRLGenerated success" in line for line in lines)


def test_status_is_data_for_programs(estate: Estate) -> None:
    status = estate.json("local", "status")
    assert status["Store"]["Location"] == str(estate.store)
    assert "Faults" not in status
    root, issuing = status["CertificateAuthorities"]
    assert (root["Arn"], root["Type"], root["Crls"]) == (estate.root, "ROOT", [])
    assert (issuing["Status"], issuing["Certificates"], issuing["RevokedCertificates"]) == ("ACTIVE", 1, 0)
    (crl,) = issuing["Crls"]
    assert (crl["Entries"], crl["IsDue"]) == (0, False)
    assert [event["Kind"] for event in issuing["Events"]] == ["CRLGenerated"]
    assert "Store:" in estate.ok("local", "status", "--output", "yaml")


def test_status_of_a_test_store_shows_its_clock_and_faults(rehearsal: Pcacli) -> None:
    rehearsal.ok("local", "clock", "advance", "400d12h")
    rehearsal.ok("local", "faults", "add", "--operation", "issue-certificate", "--error", "InternalFailure")
    lines = rehearsal.ok("local", "status").splitlines()
    assert lines[1].startswith("test store, schema 1, ")
    assert lines[1].endswith(" (400d12h ahead of real time)")
    assert lines[2:] == ["", "1  issue-certificate: InternalFailure (always)"]
