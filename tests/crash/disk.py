"""Let the disk fail at each system call of a command: `python -m tests.crash.disk [--cases N] [--seed N]`.

A small C library (failing_disk.c) is compiled with gcc and loaded in front of the C library, so that calls on the
store's files fail with EIO or ENOSPC from the n-th on, for good or once. After each of these a command that said that
it failed must have changed nothing and work when it is tried again, one that said that it worked must have done
so, and the store must be in order.
"""

import argparse
import ctypes
import errno
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from pcacli.cli.main import run
from tests.support import hierarchies as pki
from tests.support.dump import logical_dump

_SOURCE = Path(__file__).with_name("failing_disk.c")
_READ, _WRITE, _SYNC, _MAKE = 1, 2, 4, 8
_NEVER = 1 << 40
# A bucket that fails is refused as AWS refuses it, with 254.
_EXIT_CODES = (253, 254, 255)
_IN_STEPS = ("init", "rotate-key")
"""What goes on where it broke off when it is tried again."""


class Failure(NamedTuple):
    """How the disk fails: which kinds of calls, with which error, and whether it goes on to fail."""

    kinds: int
    error: int
    for_good: bool


FAILURES = {
    "EIO": Failure(_READ | _WRITE | _SYNC | _MAKE, errno.EIO, for_good=True),
    "EIO once": Failure(_READ | _WRITE | _SYNC | _MAKE, errno.EIO, for_good=False),
    "ENOSPC": Failure(_WRITE | _MAKE, errno.ENOSPC, for_good=True),
    "EIO of fsync": Failure(_SYNC, errno.EIO, for_good=True),
}


class Case(NamedTuple):
    """A command, and the call from which on the disk fails."""

    command: str
    failure: str
    good_calls: int


class Done(NamedTuple):
    """A command that has ended, and how many calls of the store's files it made."""

    exit_code: int
    out: str
    err: str
    calls: int


class Bench:
    """A hierarchy of which every case gets a copy, and the commands that are tried on it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._library = ctypes.CDLL(None)
        self.pristine = pki.Estate(folder / "pristine")
        self.pristine.build()
        self.commands = _commands(self.pristine, self._disabled_authority())
        self._copy = pki.Estate.copy_of(self.pristine, folder / "copy")

    def calls(self, command: str, failure: str) -> int:
        """Return how many calls of a command could fail."""
        self._renew(command)
        return self._run(self.commands[command], FAILURES[failure], _NEVER).calls

    def violations(self, case: Case) -> Iterator[str]:
        """Let a command fail, and yield what is wrong then."""
        self._renew(case.command)
        before = self._records()
        done = self._run(self.commands[case.command], FAILURES[case.failure], case.good_calls)
        yield from _wrong_words(done)
        changed = self._records() != before
        if done.exit_code and (changed or done.out) and case.command not in _IN_STEPS:
            yield f"something was done although it failed: {done}"
        if not done.exit_code and (case.failure, case.good_calls) == ("EIO of fsync", 0):
            yield f"it worked although nothing was made durable: {done}"
        if not done.exit_code and not changed:
            yield f"nothing was done although it worked: {done}"
        retry = (self.commands[case.command],) if done.exit_code else ()
        for words in (*retry, ("local", "refresh"), ("local", "check", "--allow-none")):
            after = self._run(words, FAILURES[case.failure], _NEVER)
            if after.exit_code or after.err:
                yield f"{shlex.join(words)} after {done}: {after}"

    def _renew(self, command: str) -> None:
        shutil.rmtree(self._copy.store, ignore_errors=True)
        if command != "init":
            shutil.copytree(self.pristine.store, self._copy.store)

    def _records(self) -> Any:
        tables = dict(logical_dump(self._copy.store).tables)
        # How publishing a CRL went is kept whatever becomes of a command.
        for name in ("events", "published_crls"):
            tables.pop(name, None)
        return tables

    def _run(self, words: tuple[str, ...], failure: Failure, good_calls: int) -> Done:
        """Run a command line in a process of its own that is forked, with a disk that fails."""
        out, err, calls = (self._folder / name for name in ("out", "err", "calls"))
        child = os.fork()
        if child == 0:
            try:
                os.environ.clear()
                os.environ.update(self._copy.environment)
                os.chdir(self._copy.work)
                for stream, path in ((1, out), (2, err)):
                    os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream)
                store = str(self._copy.store).encode()
                after = ctypes.c_long(good_calls)
                self._library.fail_disk(store, failure.kinds, after, failure.error, int(failure.for_good))
                exit_code = run(words)
                calls.write_text(str(self._library.disk_calls()))
                sys.stderr.flush()
                os._exit(exit_code)
            finally:
                os._exit(99)
        _, status = os.waitpid(child, 0)
        return Done(os.waitstatus_to_exitcode(status), out.read_text(), err.read_text(), int(calls.read_text()))

    def _disabled_authority(self) -> str:
        pcacli = self.pristine
        spare = pki.create(pcacli, "SUBORDINATE", "Spare")
        pki.activate(pcacli, spare, pcacli.root)
        # It leaves certificate and chain of the issuing CA in files, to be imported once more.
        pki.activate(pcacli, pcacli.issuing, pcacli.root)
        pcacli.ok("update-certificate-authority", "--certificate-authority-arn", spare, "--status", "DISABLED")
        return spare


def _commands(estate: pki.Estate, disabled: str) -> dict[str, tuple[str, ...]]:
    """Return the commands that change a store."""
    issuing = ("--certificate-authority-arn", estate.issuing)
    spare = ("--certificate-authority-arn", disabled)
    configuration = "KeyAlgorithm=EC_prime256v1,SigningAlgorithm=SHA256WITHECDSA,Subject={CommonName=New}"
    csr = f"fileb://{estate.work}/www.example.com.csr"
    return {
        "init": ("local", "init"),
        "create": (
            *("create-certificate-authority", "--certificate-authority-type", "ROOT"),
            *("--certificate-authority-configuration", configuration),
        ),
        "issue": (
            *("issue-certificate", *issuing, "--csr", csr, "--signing-algorithm", "SHA256WITHECDSA"),
            *("--validity", "Value=30,Type=DAYS"),
        ),
        "revoke": (
            *("revoke-certificate", *issuing, "--certificate-serial", pki.serial_of(estate.leaf)),
            *("--revocation-reason", "SUPERSEDED"),
        ),
        "import": (
            *("import-certificate-authority-certificate", *issuing),
            *("--certificate", f"fileb://{estate.work}/ca.pem"),
            *("--certificate-chain", f"fileb://{estate.work}/ca-chain.pem"),
        ),
        "delete": ("delete-certificate-authority", *spare),
        "report": (
            *("create-certificate-authority-audit-report", *issuing, "--s3-bucket-name", pki.BUCKET),
            *("--audit-report-response-format", "JSON"),
        ),
        "credentials": ("local", "credentials", "create"),
        "rotate-key": ("local", "rotate-key"),
    }


def _wrong_words(done: Done) -> Iterator[str]:
    """Yield what a user would not understand."""
    if done.exit_code not in (0, *_EXIT_CODES):
        yield f"the exit code is no error's: {done}"
    if "Traceback" in done.err or "bug in pcacli" in done.err:
        yield f"it has a bug: {done}"
    if done.exit_code and not done.err:
        yield f"it does not say what is wrong: {done}"


def main() -> int:
    """Try cases, all or some at random; return 1 if a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash.disk")
    parser.add_argument("--cases", type=int, help="how many cases to try, chosen at random (default: all)")
    parser.add_argument("--seed", type=int, default=1, help="decides which (default: %(default)s)")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pcacli-disk-") as folder:
        if not hasattr(ctypes.CDLL(None), "fail_disk"):
            return _again_with_library(Path(folder))
        bench = Bench(Path(folder))
        cases = [
            Case(command, failure, good_calls)
            for command in bench.commands
            for failure in FAILURES
            for good_calls in range(bench.calls(command, failure))
        ]
        chosen = Random(asked.seed).sample(cases, min(asked.cases or len(cases), len(cases)))
        violations = 0
        for case in chosen:
            for violation in bench.violations(case):
                violations += 1
                print(f"{case}: {violation}", flush=True)
    print(f"seed {asked.seed}: {len(chosen)} of {len(cases)} cases; violations: {violations}")
    return 1 if violations else 0


def _again_with_library(folder: Path) -> int:
    """Run this program once more, with the library loaded that lets the disk fail."""
    library = folder / "failing_disk.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-Wall", "-Werror", "-o", library, _SOURCE, "-ldl"], check=True)
    words = (sys.executable, "-m", "tests.crash.disk", *sys.argv[1:])
    return subprocess.run(words, env={**os.environ, "LD_PRELOAD": str(library)}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
