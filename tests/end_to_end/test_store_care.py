"""What keeps a store safe over the years, from the command line: check, backup, restore, passphrase, new keys."""

import json
import random
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.support.command_line import Pcacli, run_program
from tests.support.dump import logical_dump, raw_dump
from tests.support.hierarchies import Estate, crl_file, issue, openssl_csr, serial_of
from tests.support.postgresql import PostgreSQLServer
from tests.support.screen import Seat

USAGE, CONFIGURATION = 252, 253


def secret_file(path: Path, text: str) -> str:
    path.touch(0o600)
    path.write_text(text)
    return str(path)


def issue_again(estate: Estate, **environment: str) -> str:
    csr = ("--csr", "fileb://www.example.com.csr", "--signing-algorithm", "SHA256WITHECDSA")
    words = ("--certificate-authority-arn", estate.issuing, *csr, "--validity", "Value=1,Type=DAYS")
    return estate.text("issue-certificate", *words, "--query", "CertificateArn", **environment)


@pytest.fixture
def passphrase(estate: Estate) -> str:
    return secret_file(estate.home / "passphrase", "correct horse\n")


def test_a_sound_store_says_so(estate: Estate) -> None:
    assert estate.ok("local", "check") == (
        "no findings; looked at CAs: 2, certificates: 3, CRLs: 1, entries of the audit trail: 7\n"
    )
    counted = {"CertificateAuthorities": 2, "Certificates": 3, "Crls": 1, "AuditTrailEntries": 7}
    assert estate.json("local", "check", "--quick") == {"Findings": [], "LookedAt": counted}


def test_a_store_without_a_ca_is_not_taken_for_the_right_one(pcacli: Pcacli) -> None:
    pcacli.ok("local", "init")
    empty = pcacli.run("local", "check")
    assert empty.exit_code == 1
    assert f"Nothing was looked at: the store in {pcacli.store} holds no CA." in empty.err
    pcacli.ok("local", "check", "--allow-none")


def test_findings_are_lines_or_data_and_the_exit_code_is_one(estate: Estate) -> None:
    crl_file(estate, estate.issuing).unlink()
    estate.store.chmod(0o755)
    found = estate.run("local", "check")
    assert found.exit_code == 1
    assert found.out.splitlines() == [
        f"FILE  {estate.store}: is open to others (mode 0755), not 0700",
        f"CRL  pki-bucket/crl/{estate.issuing.rpartition('/')[2]}.crl: it is missing",
    ]
    assert "findings: 2; looked at CAs: 2" in found.err
    data = json.loads(estate.run("local", "check", "--output", "json").out)
    assert [finding["Kind"] for finding in data["Findings"]] == ["FILE", "CRL"]


def test_a_check_changes_nothing(estate: Estate) -> None:
    before = logical_dump(estate.store)
    estate.ok("local", "check")
    assert logical_dump(estate.store) == before


def test_a_store_moves_to_another_machine(estate: Estate, tmp_path: Path, passphrase: str) -> None:
    assert estate.ok("local", "backup", "pki.backup", "--passphrase-file", passphrase) == "pki.backup\n"
    other = Pcacli(tmp_path / "other machine")
    (estate.work / "pki.backup").rename(other.work / "pki.backup")
    assert other.ok("local", "restore", "pki.backup", PCACLI_PASSPHRASE_FILE=passphrase) == f"{other.store}\n"
    other.ok("local", "check")
    issue(other, estate.issuing, openssl_csr(other.work, "new.example.com"))
    words = ("--certificate-authority-arn", estate.issuing, "--certificate-serial", serial_of(estate.leaf))
    other.ok("revoke-certificate", *words, "--revocation-reason", "SUPERSEDED")
    assert other.ok("local", "check").startswith("no findings; looked at CAs: 2, certificates: 4")


def test_a_restore_asks_for_force_and_says_where_the_old_store_went(estate: Estate, passphrase: str) -> None:
    words = ("pki.backup", "--passphrase-file", passphrase)
    estate.ok("local", "backup", *words)
    newer = issue_again(estate)
    before = raw_dump(estate.store)
    refused = estate.run("local", "restore", *words)
    assert refused.exit_code == CONFIGURATION
    assert "There is a store in" in refused.err
    assert "--force" in refused.err
    assert raw_dump(estate.store) == before
    done = estate.run("local", "restore", *words, "--force")
    assert done.exit_code == 0
    aside = Path(done.err.removeprefix("pcacli: What was there lies in ").removesuffix(" now\n"))
    find = ("get-certificate", "--certificate-authority-arn", estate.issuing, "--certificate-arn", newer)
    assert estate.run(*find).exit_code == 254
    assert estate.ok(*find, "--endpoint-url", f"local:{aside}")


@pytest.mark.parametrize(("words", "file"), [(("backup", "new.backup"), "new.backup"), (("restore", "old"), None)])
def test_without_a_passphrase_and_a_terminal_nothing_happens(
    estate: Estate, words: tuple[str, ...], file: str | None
) -> None:
    refused = estate.run("local", *words)
    assert refused.exit_code == USAGE
    assert "give --passphrase-file or set PCACLI_PASSPHRASE_FILE" in refused.err
    assert file is None or not (estate.work / file).exists()


def test_a_person_is_asked_for_the_passphrase_twice_and_it_is_not_shown(estate: Estate, tmp_path: Path) -> None:
    seat = Seat(estate, "local", "backup", "pki.backup")
    seat.watch_until("Passphrase of the backup:")
    seat.type("correct horse\n")
    seat.watch_until("Repeat for confirmation:")
    seat.type("correct horse\n")
    seen = seat.seen()
    assert seen.exit_code == 0
    assert "horse" not in seen.screen
    file = secret_file(tmp_path / "typed", "correct horse")
    estate.ok("local", "restore", "pki.backup", "--passphrase-file", file, "--force")


def test_a_store_on_a_database_is_backed_up_by_its_own_tools(estate: Estate, passphrase: str) -> None:
    pytest.importorskip("psycopg")
    endpoint = ("--endpoint-url", "local:postgresql://127.0.0.1:1/none", "--passphrase-file", passphrase)
    for words in (("backup", "x"), ("restore", "x")):
        refused = estate.run("local", *words, *endpoint)
        assert refused.exit_code == CONFIGURATION
        assert "pg_dump" in refused.err


class Guarded(Pcacli):
    """A command line whose default store was made with a passphrase."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.passphrase_file = secret_file(self.home / "passphrase", "correct horse")
        self.with_passphrase = {"PCACLI_PASSPHRASE_FILE": self.passphrase_file}
        self.ok("local", "init", **self.with_passphrase)
        self.ok("pki", "init", **self.with_passphrase)


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Guarded:
    return Guarded(tmp_path_factory.mktemp("guarded"))


def test_with_a_passphrase_there_is_no_key_file_and_everything_works(guarded: Guarded) -> None:
    assert {path.name for path in guarded.store.iterdir()} <= {
        "authority.db",
        "authority.db-wal",
        "authority.db-shm",
        "locks",
        "buckets",
    }
    guarded.ok("local", "check", **guarded.with_passphrase)


def test_what_needs_no_key_needs_no_passphrase(guarded: Guarded) -> None:
    assert len(guarded.json("list-certificate-authorities")["CertificateAuthorities"]) == 2


REQUEST = ("pki", "request", "--dns-name", "www.example.com", "--out-dir", "out")


def test_without_its_passphrase_a_store_signs_nothing(guarded: Guarded) -> None:
    before = logical_dump(guarded.store).tables
    wrong = secret_file(guarded.home / "wrong", "wrong horse")
    for environment, sentence in (
        ({}, "PCACLI_PASSPHRASE_FILE must name the file that holds it"),
        ({"PCACLI_PASSPHRASE_FILE": wrong}, f"The passphrase in {wrong} is not the one of this store."),
        ({"PCACLI_PASSPHRASE_FILE": "/nowhere"}, "/nowhere cannot be read"),
    ):
        refused = guarded.run(*REQUEST, **environment)
        assert refused.exit_code == CONFIGURATION, refused.err
        assert sentence in refused.err
        assert "Traceback" not in refused.err
    assert logical_dump(guarded.store).tables == before


def test_a_passphrase_leaves_no_trace(guarded: Guarded) -> None:
    heard = guarded.run(*REQUEST, "--debug", **guarded.with_passphrase)
    assert heard.exit_code == 0
    assert "correct horse" not in heard.out + heard.err
    assert not any(b"correct horse" in path.read_bytes() for path in guarded.store.rglob("*") if path.is_file())


def test_a_passphrase_file_that_others_may_read_is_refused_before_a_store_is_made(pcacli: Pcacli) -> None:
    file = pcacli.home / "passphrase"
    file.write_text("secret")
    file.chmod(0o644)
    refused = pcacli.run("local", "init", PCACLI_PASSPHRASE_FILE=str(file))
    assert refused.exit_code == CONFIGURATION
    assert "open to others (mode 0644)" in refused.err
    assert not (pcacli.store / "authority.db").exists()


def test_init_says_that_a_store_that_is_there_has_no_passphrase(estate: Estate, passphrase: str) -> None:
    said = estate.run("local", "init", PCACLI_PASSPHRASE_FILE=passphrase)
    assert said.exit_code == 0
    assert "pcacli: The store has a key file." in said.err
    issue_again(estate)


def test_keys_move_into_a_passphrase_and_out_again(estate: Estate, passphrase: str) -> None:
    said = estate.ok("local", "rotate-key", "--new-passphrase-file", passphrase)
    assert said == "re-encrypted CA keys: 2, access keys: 0; new key: derived from the passphrase\n"
    assert not (estate.store / "key-encryption.key").exists()
    issue_again(estate, PCACLI_PASSPHRASE_FILE=passphrase)
    said = estate.ok("local", "rotate-key", "--to-key-file", PCACLI_PASSPHRASE_FILE=passphrase)
    assert said.endswith(f"new key: {estate.store / 'key-encryption.key'}\n")
    issue_again(estate)
    estate.ok("local", "check")


def test_a_store_on_a_database_is_checked_and_gets_new_keys(
    pcacli: Pcacli, postgresql: PostgreSQLServer, database: str, tmp_path: Path
) -> None:
    key_file = tmp_path / "ca.key"
    pcacli.environment |= {
        "AWS_ENDPOINT_URL_ACM_PCA": f"local:{postgresql.url(database)}",
        "PCACLI_KEY_FILE": str(key_file),
    }
    pcacli.ok("local", "init")
    pcacli.ok("pki", "init")
    old = key_file.read_bytes()
    assert pcacli.ok("local", "rotate-key").endswith(f"new key: {key_file}\n")
    assert key_file.read_bytes() != old
    pcacli.ok(*REQUEST)
    passphrase = secret_file(tmp_path / "passphrase", "correct horse")
    pcacli.ok("local", "rotate-key", "--new-passphrase-file", passphrase)
    assert not key_file.exists()
    assert pcacli.run("local", "check").exit_code == 1
    assert pcacli.ok("local", "check", PCACLI_PASSPHRASE_FILE=passphrase).startswith("no findings")
    key_file.write_bytes(old)
    key_file.chmod(0o600)
    pcacli.ok("local", "rotate-key", "--to-key-file", PCACLI_PASSPHRASE_FILE=passphrase)
    assert pcacli.ok("local", "check").startswith("no findings; looked at CAs: 2, certificates: 3")
    key_file.write_bytes(old)
    refused = pcacli.run(*REQUEST[:4], "--out-dir", "more")
    assert refused.exit_code == CONFIGURATION
    assert "holds another key than that of the store" in refused.err


def test_status_says_what_protects_the_keys(estate: Estate, guarded: Guarded) -> None:
    assert estate.json("local", "status")["Store"]["KeyProtection"] == "key file"
    assert guarded.json("local", "status")["Store"]["KeyProtection"] == "passphrase"


def test_a_rotation_that_is_killed_at_any_time_leaves_a_store_that_issues(estate: Estate) -> None:
    chance = random.Random(20260301)
    for _ in range(12):
        process = estate.start("local", "rotate-key")
        time.sleep(chance.uniform(0.05, 0.35))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        issue_again(estate)
    estate.ok("local", "rotate-key")
    assert estate.ok("local", "check").startswith("no findings; looked at CAs: 2, certificates: 15")


_CRASH = """
import resource, sys
resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
from pcacli.cli.main import run
if len(sys.argv) > 1:
    assert run(sys.argv[1:]) == 0
print(resource.getrlimit(resource.RLIMIT_CORE)[0])
"""


def test_a_process_that_opened_a_key_leaves_no_core_dump(estate: Estate) -> None:
    """The limit of a process is what keeps the kernel from writing one; a command without keys leaves it alone."""

    def limit_after(*words: str) -> str:
        done = run_program(sys.executable, "-c", _CRASH, *words, cwd=estate.work, **estate.environment)
        assert done.exit_code == 0, done.err
        return done.out.splitlines()[-1]

    untouched = limit_after()
    csr = ("--csr", "fileb://www.example.com.csr", "--signing-algorithm", "SHA256WITHECDSA")
    words = ("--certificate-authority-arn", estate.issuing, *csr, "--validity", "Value=1,Type=DAYS")
    assert limit_after("issue-certificate", *words) == "0"
    assert limit_after("describe-certificate-authority", "--certificate-authority-arn", estate.issuing) == untouched
