"""Files and links that others may have planted are refused before anything is ordered."""

import os
from pathlib import Path

import pytest

from tests.support.dump import logical_dump
from tests.support.hierarchies import Estate

REQUEST = ("pki", "request", "--dns-name", "www.example.com", "--out-dir", "www")
NOBODY = 65534
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to others")


def key_of(estate: Estate) -> Path:
    return estate.work / "www" / "key.pem"


def refused(estate: Estate, *words: str) -> str:
    """What is said when a command refuses, and has changed nothing."""
    before = logical_dump(estate.store)
    done = estate.run(*words)
    assert done.exit_code != 0
    assert logical_dump(estate.store) == before
    return done.err


def test_a_key_that_is_a_link_stays_one(estate: Estate) -> None:
    estate.ok(*REQUEST)
    keys = estate.work / "keys"
    keys.mkdir(mode=0o700)
    target = keys / "www.key"
    key_of(estate).rename(target)
    key_of(estate).symlink_to("../keys/www.key")
    before = target.read_bytes()
    estate.ok("pki", "renew", "www")
    assert key_of(estate).is_symlink()
    assert target.read_bytes() != before
    assert target.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in keys.iterdir()] == ["www.key"]
    estate.ok("pki", "renew", "www")


@AS_ROOT
@pytest.mark.parametrize("name", ["key.pem", "cert.pem", "fullchain.pem"])
def test_a_link_of_somebody_else_is_refused(estate: Estate, name: str) -> None:
    estate.ok(*REQUEST)
    file = estate.work / "www" / name
    victim = file.rename(estate.work / "victim")
    before = victim.read_bytes()
    file.symlink_to(victim)
    os.chown(file, NOBODY, NOBODY, follow_symlinks=False)
    assert "a symbolic link that is not yours" in refused(estate, "pki", "renew", "www")
    assert victim.read_bytes() == before


@pytest.mark.parametrize("name", [".key.pem.renewal", ".certificate-arn.renewal", ".renewal.lock", ".cert.pem.renewal"])
def test_a_link_in_the_place_of_our_own_files_is_refused(estate: Estate, name: str) -> None:
    estate.ok(*REQUEST)
    victim = estate.work / "victim"
    victim.write_text("mine")
    (estate.work / "www" / name).symlink_to(victim)
    assert refused(estate, "pki", "renew", "www")
    assert victim.read_text() == "mine"


def test_a_key_that_others_could_read_gets_closed_with_a_word(estate: Estate) -> None:
    estate.ok(*REQUEST)
    key_of(estate).chmod(0o644)
    done = estate.run("pki", "renew", "www")
    assert done.exit_code == 0
    assert "was open to others; the new file is readable by its owner only." in done.err
    assert key_of(estate).stat().st_mode & 0o777 == 0o600


def test_a_results_file_that_is_a_link_is_not_written_to(estate: Estate) -> None:
    (estate.work / "list.csv").write_text("dns_names,directory\nb.example.com,x\n")
    (estate.work / "bulk").mkdir()
    (estate.work / "victim").write_text("mine")
    (estate.work / "bulk" / "results.jsonl").symlink_to("../victim")
    said = refused(estate, "pki", "request", "--from", "list.csv", "--out-dir", "bulk")
    assert "results.jsonl is a symbolic link, which is not followed." in said
    assert (estate.work / "victim").read_text() == "mine"


def test_a_store_whose_key_file_is_a_pipe_is_refused_at_once(estate: Estate) -> None:
    key = estate.store / "key-encryption.key"
    key.unlink()
    os.mkfifo(key, 0o600)
    assert "is not a regular file" in refused(estate, *REQUEST)
