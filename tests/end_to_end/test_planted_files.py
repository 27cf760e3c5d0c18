"""Files and links that others may have planted are refused before anything is ordered."""

import os
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.dump import logical_dump
from tests.support.hierarchies import Estate

REQUEST = ("pki", "request", "--dns-name", "www.example.com", "--out-dir", "www")
REGION = {"AWS_REGION": "us-east-1"}
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


def open_to_all(folder: Path) -> Path:
    folder.mkdir()
    folder.chmod(0o777)
    return folder


def of_another(folder: Path) -> Path:
    folder.mkdir()
    os.chown(folder, NOBODY, NOBODY)
    return folder


def link_of_another(folder: Path) -> Path:
    folder.with_name("mine").mkdir()
    folder.symlink_to("mine")
    os.chown(folder, NOBODY, NOBODY, follow_symlinks=False)
    return folder


def below_a_link_of_another(folder: Path) -> Path:
    return link_of_another(folder) / "further" / "down"


def by_way_of_a_link_of_another(folder: Path) -> Path:
    own = folder.with_name("own-link")
    own.symlink_to(link_of_another(folder))
    return own


FOLDERS: dict[str, tuple[Callable[[Path], Path], str]] = {
    "open to all": (open_to_all, "is writable by others (mode 0777)"),
    "of another user": (of_another, "belongs to another user"),
    "a link of another user": (link_of_another, "a symbolic link that is not yours"),
    "below a link of another user": (below_a_link_of_another, "a symbolic link that is not yours"),
    "own link over one of another user": (by_way_of_a_link_of_another, "a symbolic link that is not yours"),
}


@AS_ROOT
@pytest.mark.parametrize(("plant", "reason"), FOLDERS.values(), ids=FOLDERS)
def test_a_folder_that_others_can_change_gets_no_key(
    estate: Estate, plant: Callable[[Path], Path], reason: str
) -> None:
    folder = plant(estate.work / "out")
    before = sorted(estate.work.rglob("*"))
    assert reason in refused(estate, *REQUEST[:-1], str(folder))
    assert sorted(estate.work.rglob("*")) == before


@AS_ROOT
@pytest.mark.parametrize(("plant", "reason"), FOLDERS.values(), ids=FOLDERS)
def test_a_list_is_not_requested_into_such_a_folder(estate: Estate, plant: Callable[[Path], Path], reason: str) -> None:
    (estate.work / "list.csv").write_text("dns_names\nb.example.com\n")
    folder = str(plant(estate.work / "out"))
    words = ("pki", "request", "--from", "list.csv", "--out-dir", folder)
    assert reason in refused(estate, *words)
    assert reason in refused(estate, *words, "--result-file", "results.jsonl")


@AS_ROOT
def test_a_folder_that_others_can_change_gets_no_export(estate: Estate) -> None:
    folder = open_to_all(estate.work / "out")
    assert "is writable by others" in refused(estate, "pki", "export", estate.leaf, "--out-dir", str(folder))
    assert not list(folder.iterdir())


@AS_ROOT
def test_a_renewal_is_refused_in_a_folder_that_came_to_belong_to_another_user(estate: Estate) -> None:
    estate.ok(*REQUEST)
    os.chown(estate.work / "www", NOBODY, NOBODY)
    assert "belongs to another user" in refused(estate, "pki", "renew", "www")


@AS_ROOT
def test_a_server_that_has_the_key_may_have_its_folder(estate: Estate) -> None:
    estate.ok(*REQUEST)
    for path in (estate.work / "www", key_of(estate)):
        os.chown(path, NOBODY, NOBODY)
    estate.ok("pki", "renew", "www")
    assert (key_of(estate).stat().st_uid, key_of(estate).stat().st_mode & 0o777) == (NOBODY, 0o600)


@pytest.mark.parametrize("way", ["own link", "sticky", "no umask"])
def test_folders_that_only_the_caller_can_change_are_taken(estate: Estate, way: str) -> None:
    folder = estate.work / "out"
    if way == "own link":
        folder.with_name("mine").mkdir()
        folder.symlink_to("mine")
    elif way == "sticky":
        open_to_all(folder).chmod(0o1777)
    umask = "umask 0; " if way == "no umask" else ""
    done = estate.shell(f"{umask}pcacli {shlex.join(REQUEST[:-1])} out; pcacli pki renew out", **REGION)
    assert done.exit_code == 0, done.err


@pytest.mark.parametrize("name", ["fullchain.pem", "root.pem", ".deploy-hook-due"])
def test_a_folder_in_a_files_place_is_refused_before_anything_is_ordered(estate: Estate, name: str) -> None:
    estate.ok(*REQUEST)
    place = estate.work / "www" / name
    place.unlink(missing_ok=True)
    place.mkdir()
    assert "is a folder and cannot become a file" in refused(estate, "pki", "renew", "www")


@pytest.mark.parametrize("mode", [0o666, 0o4644, 0o1644])
def test_a_public_file_that_others_could_write_is_closed_with_a_word(estate: Estate, mode: int) -> None:
    estate.ok(*REQUEST)
    certificate = estate.work / "www" / "cert.pem"
    certificate.chmod(mode)
    done = estate.run("pki", "renew", "www")
    assert done.exit_code == 0
    assert "the new file is writable by its owner only." in done.err
    assert certificate.stat().st_mode & 0o7777 == 0o644
