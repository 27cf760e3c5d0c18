"""What a store survives, in short; tests/crash has the long versions (SECURITY.md)."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import hierarchies as pki
from tests.support.command_line import PROGRAM, Finished, run_program

REPOSITORY = Path(__file__).parents[2]
SEED = "1"
LONGEST_SECONDS = 600
ROOM_KB = 60


def run_module(*words: str) -> None:
    """Run a module of tests/crash, which ends with a line that says how many promises were broken."""
    command = [sys.executable, "-m", *words, "--seed", SEED]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False)
    assert done.stdout.endswith("violations: 0\n"), done.stdout + done.stderr
    assert (done.returncode, done.stdout.count("\n")) == (0, 1), done.stdout + done.stderr


def test_what_was_promised_survives_processes_that_are_killed() -> None:
    run_module("tests.crash", "--kills", "15")


@pytest.mark.needs("pgrep")
def test_what_was_promised_survives_servers_that_are_killed() -> None:
    run_module("tests.crash", "--kills", "6", "--server")


@pytest.mark.needs("initdb")
@pytest.mark.parametrize("options", [(), ("--server",)], ids=["clients", "server"])
def test_what_was_promised_survives_in_a_database_that_crashes_too(options: tuple[str, ...]) -> None:
    run_module("tests.crash", "--kills", "3", "--postgresql", *options)


def test_damage_of_a_store_is_found_whatever_it_is() -> None:
    run_module("tests.crash.damage", "--cases", "30")


def test_a_crowd_of_processes_gets_what_it_was_promised() -> None:
    run_module("tests.crash.crowd", "--minutes", "0.05", "--patience", "60")


@pytest.mark.needs("gcc")
def test_a_disk_that_fails_anywhere_leaves_nothing_half_done() -> None:
    run_module("tests.crash.disk", "--cases", "12")


class SmallDisk:
    """A hierarchy on a nearly full disk: a file system in memory or, where none can be mounted, a limit on files."""

    def __init__(self, estate: pki.Estate, folder: Path) -> None:
        self._estate = estate
        self._folder = folder
        self._limit: tuple[str, ...] = ()
        folder.mkdir()
        store_kb = sum(path.stat().st_size for path in estate.store.rglob("*")) // 1024
        self._is_mounted = self._mount(2 * store_kb + 10 * ROOM_KB)
        if self._is_mounted:
            estate.store = Path(shutil.copytree(estate.store, folder / "store"))
            estate.environment["PCACLI_HOME"] = str(estate.store)
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        """Leave little room."""
        if not self._is_mounted:
            largest = max(path.stat().st_size for path in self._estate.store.rglob("*")) // 1024
            # Blocks of a limit have 512 bytes (POSIX, ulimit).
            self._limit = ("sh", "-c", f'ulimit -f {2 * (largest + ROOM_KB)}; exec "$@"', "sh")
            return
        free = shutil.disk_usage(self._folder).free
        self._ballast.write_bytes(bytes(free - ROOM_KB * 1024))

    def make_room(self) -> None:
        self._limit = ()
        self._ballast.unlink(missing_ok=True)

    def run(self, *words: str) -> Finished:
        return run_program(*self._limit, *PROGRAM, *words, cwd=self._estate.work, **self._estate.environment)

    def close(self) -> None:
        if self._is_mounted:
            subprocess.run(["umount", self._folder], check=True)

    def _mount(self, size_kb: int) -> bool:
        words = ("mount", "-t", "tmpfs", "-o", f"size={size_kb}k", "tmpfs", str(self._folder))
        return (
            shutil.which("mount") is not None and not subprocess.run(words, capture_output=True, check=False).returncode
        )


@pytest.fixture
def small_disk(estate: pki.Estate, tmp_path: Path) -> Iterator[SmallDisk]:
    disk = SmallDisk(estate, tmp_path / "disk")
    yield disk
    disk.close()


def test_a_disk_that_is_full_is_said_to_be_and_takes_nothing_away(estate: pki.Estate, small_disk: SmallDisk) -> None:
    issuing = ("--certificate-authority-arn", estate.issuing)
    asked = ("--csr", "fileb://www.example.com.csr", "--validity", "Value=30,Type=DAYS", "--output", "text")
    issue = ("issue-certificate", *issuing, *asked, "--signing-algorithm", "SHA256WITHECDSA")
    small_disk.fill()
    issued = []
    while not (done := small_disk.run(*issue)).exit_code:
        issued.append(done.out.strip())
        assert len(issued) < 100
    assert (done.exit_code, done.out) == (255, "")
    assert str(estate.store) in done.err
    assert "full" in done.err or "disk I/O error" in done.err
    small_disk.make_room()
    assert small_disk.run("local", "check") == (0, small_disk.run("local", "check").out, "")
    issued.append(estate.ok(*issue).strip())
    listed = estate.json("pki", "list", *issuing, "--query", "[].CertificateArn")
    assert sorted(listed) == sorted([estate.leaf, *issued])
