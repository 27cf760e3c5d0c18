"""The program as its users run it: a process of its own, with a home, a store and nothing of our environment."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pcacli

PROGRAM = (sys.executable, "-m", "pcacli")
LOCAL_ENDPOINT = {"AWS_ENDPOINT_URL_ACM_PCA": "local:"}
TIMEOUT_SECONDS = 120


class Finished(NamedTuple):
    """A process that has ended: its exit code and what it wrote."""

    exit_code: int
    out: str
    err: str


class Pcacli:
    """The command line in a folder of a test's own, on the embedded authority unless `endpoint` says otherwise.

    The folder holds `home/` (HOME), `store/` (PCACLI_HOME) and `work/`, where the commands run.
    """

    def __init__(self, folder: Path, *, endpoint: Mapping[str, str] = LOCAL_ENDPOINT) -> None:
        self.home, self.store, self.work = folder / "home", folder / "store", folder / "work"
        self.home.mkdir(parents=True, exist_ok=True)
        self.work.mkdir(exist_ok=True)
        self.environment = {**clean_environment(self.home), "PCACLI_HOME": str(self.store), **endpoint}

    def start(self, *words: str, **environment: str) -> subprocess.Popen[str]:
        """Start a command and do not wait for it."""
        return subprocess.Popen(
            [*PROGRAM, *words],
            cwd=self.work,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str, **environment: str) -> Finished:
        """Run a command to its end, however that is."""
        return finish(self.start(*words, **environment))

    def ok(self, *words: str, **environment: str) -> str:
        """Run a command that works and return what it printed."""
        finished = self.run(*words, **environment)
        assert finished.exit_code == 0, f"{shlex.join(words)}\n{finished.err}"
        return finished.out

    def json(self, *words: str, **environment: str) -> Any:
        """Run a command that works and return the JSON that it printed."""
        return json.loads(self.ok(*words, "--output", "json", **environment))

    def text(self, *words: str, **environment: str) -> str:
        """Run a command that works and return the text that it printed, without the end of the line."""
        return self.ok(*words, "--output", "text", **environment).removesuffix("\n")

    def shell(self, script: str, **environment: str) -> Finished:
        """Run a script as `sh -eu` would, with the program on its PATH."""
        shims = self.home / "bin"
        write_program(shims / "pcacli", f'exec {shlex.join(PROGRAM)} "$@"')
        path = f"{shims}{os.pathsep}{self.environment['PATH']}"
        return run_program(
            "sh", "-eu", "-c", script, cwd=self.work, **{**self.environment, "PATH": path, **environment}
        )


def clean_environment(home: Path) -> dict[str, str]:
    """Return an environment in which only HOME, PATH and the language are set, and this package can be imported."""
    kept = {name: value for name, value in os.environ.items() if name == "PATH" or name.startswith("COV")}
    package_folder = str(Path(pcacli.__file__).parents[1])
    return {**kept, "HOME": str(home), "TZ": "UTC", "LANG": "C.UTF-8", "PYTHONPATH": package_folder}


def finish(process: subprocess.Popen[str]) -> Finished:
    """Wait for a process that was started."""
    out, err = process.communicate(timeout=TIMEOUT_SECONDS)
    return Finished(process.returncode, out, err)


def run_program(*words: str, cwd: Path, **environment: str) -> Finished:
    """Run any program to its end in exactly this environment."""
    done = subprocess.run(
        words, cwd=cwd, env=environment, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False
    )
    return Finished(done.returncode, done.stdout, done.stderr)


def write_program(path: Path, *lines: str) -> None:
    """Write a shell program that can be called by its name."""
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    path.chmod(0o700)


def openssl(cwd: Path, *words: str) -> Finished:
    """Run OpenSSL, the judge who is not us."""
    return run_program("openssl", *words, cwd=cwd, PATH=os.environ["PATH"], HOME=str(cwd), TZ="UTC")


def openssl_ok(cwd: Path, *words: str) -> str:
    """Run OpenSSL, which is content, and return what it printed."""
    done = openssl(cwd, *words)
    assert done.exit_code == 0, f"openssl {shlex.join(words)}\n{done.out}{done.err}"
    return done.out


def split_words(line: str, names: Mapping[str, str]) -> Sequence[str]:
    """Split a line as a shell does and put values in place of `{name}`, so that a value is never split."""
    words = shlex.split(line)
    for name, value in names.items():
        words = [word.replace(f"{{{name}}}", value) for word in words]
    return words
