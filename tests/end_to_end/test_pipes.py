"""The exit code is the answer, whatever becomes of the output; and what is lost is said."""

import fcntl
import itertools
import os
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.support.command_line import PROGRAM, TIMEOUT_SECONDS
from tests.support.hierarchies import Estate

REGION = {"AWS_REGION": "us-east-1"}
COMMANDS = {
    "pki list --fail-if-any": 1,
    "pki list --fail-if-any --output json": 1,
    "pki status --fail-if 'expires<99999d'": 1,
    "pki list": 0,
    "pki status --output table": 0,
    "list-certificate-authorities": 0,
    "describe-certificate-authority --certificate-authority-arn x": 252,
    "pki inspect www.example.com.csr": 0,
    "local status": 0,
    "help": 0,
    "pki": 252,
    "completion bash": 0,
}
FILLING = b"\0"
BUFFERING: tuple[dict[str, str], ...] = ({}, {"PYTHONUNBUFFERED": "1"})


@pytest.mark.parametrize(("command", "code"), COMMANDS.items(), ids=COMMANDS)
def test_a_reader_that_leaves_changes_no_answer(pristine: Estate, command: str, code: int) -> None:
    for reader, buffering in itertools.product(("head -1", "true"), BUFFERING):
        line = f"pcacli {command} | {reader} > /dev/null; exit ${{PIPESTATUS[0]}}"
        done = pristine.shell(f"exec bash -c {shlex.quote(line)}", **REGION, **buffering)
        assert (done.exit_code, "Traceback" in done.err) == (code, False), (reader, buffering, done.err)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize(("command", "code"), COMMANDS.items(), ids=COMMANDS)
def test_output_that_is_lost_is_an_error_of_its_own(pristine: Estate, command: str, code: int) -> None:
    for place, buffering in itertools.product((">/dev/full", ">&-"), BUFFERING):
        done = pristine.shell(f"pcacli {command} {place}", **REGION, **buffering)
        assert (done.exit_code, "Traceback" in done.err) == (max(code, 252) if code == 252 else 255, False), done.err
        if code != 252:
            assert "Standard output cannot be written to: " in done.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("place", ["2>/dev/full", "2>&-"])
def test_messages_that_are_lost_change_no_answer(pristine: Estate, place: str) -> None:
    assert pristine.shell(f"pcacli pki list --fail-if-any {place}", **REGION).exit_code == 1
    assert pristine.shell(f"pcacli describe-certificate-authority {place}", **REGION).exit_code == 252


def test_what_the_shim_starts_is_ended_by_a_pipe_that_is_closed(pristine: Estate, tmp_path: Path) -> None:
    """The program behind it would get an error at each write otherwise."""
    real = tmp_path / "real"
    real.mkdir()
    (real / "aws").write_text("#!/bin/sh\nwhile :; do echo line; done\n")
    (real / "aws").chmod(0o755)
    pristine.ok("local", "shim", str(tmp_path / "bin"))
    path = f"{tmp_path / 'bin'}:{real}:{os.environ['PATH']}"
    done = pristine.shell("exec bash -c 'aws sts get-caller-identity | head -1; echo ${PIPESTATUS[0]}'", PATH=path)
    assert done.out == "line\n141\n"


@pytest.mark.skipif(not hasattr(fcntl, "F_SETPIPE_SZ"), reason="this system cannot make a pipe small")
def test_a_stream_that_is_full_for_the_moment_gets_all_of_it(pristine: Estate) -> None:
    """Runtimes with event loops hand on their own pipes, which do not block."""
    whole = pristine.ok("completion", "bash").encode()
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, len(whole) // 4)
    os.set_blocking(writing, False)
    words = [*PROGRAM, "completion", "bash"]
    with subprocess.Popen(words, env=pristine.environment, stdout=writing, stderr=subprocess.PIPE) as process:
        _fill(writing)
        os.close(writing)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=1)
        with os.fdopen(reading, "rb") as pipe:
            received = pipe.read()
        assert process.communicate(timeout=TIMEOUT_SECONDS)[1] == b""
    assert (process.returncode, received.lstrip(FILLING)) == (0, whole)


def _fill(pipe: int) -> None:
    """Write until there is no room, so that the program meets a full pipe whenever it begins."""
    try:
        while True:
            os.write(pipe, FILLING)
    except BlockingIOError:
        return
