"""What the readers of SECURITY.md's table are fed with, each above one of its limits, and what became of it.

A feed takes a world with a hierarchy that is served, and returns the outcome in the words of the table.
"""

import os
import socket
import subprocess
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from pcacli.errors import PcaError
from pcacli.limits import readers
from pcacli.limits.readers import MIB, Limits
from pcacli.service.aws_s3 import short_lines
from pcacli.service.candidate_memory import CandidateMemory
from pcacli.service.candidates import Candidate
from pcacli.service.revocation_status import HttpPublications
from pcacli.service.settings import read_settings
from tests.support.command_line import PROGRAM, Finished, Pcacli, openssl_ok
from tests.support.hierarchies import Estate, authority_id, crl_file
from tests.support.reader_table import IGNORED
from tests.support.serving import STOP_SECONDS, Server
from tests.support.tls import tls_server

Feed = Callable[["World"], str]


class World(NamedTuple):
    """What the readers are fed through."""

    estate: Estate
    server: Server

    def file(self, size: int, name: str = "large") -> str:
        """Make a file of that size, which takes no room on the disk, and return its path."""
        path = self.estate.work / name
        path.touch(0o600)
        os.truncate(path, size)
        return str(path)

    def run(self, *words: str, file: str) -> str:
        """Run a command with a file in the place of {} and the leaf's ARN in that of {leaf}; return the outcome."""
        named = (word.replace("{}", file).replace("{leaf}", self.estate.leaf) for word in words)
        return exit_code(self.estate.run(*named))

    def text(self, content: str, name: str = "text") -> str:
        """Make a file and return its path."""
        path = self.estate.work / name
        path.write_text(content)
        return str(path)


def exit_code(finished: Finished) -> str:
    """Return the outcome of a command that said one thing and nothing else."""
    assert "Traceback" not in finished.err
    assert finished.err.strip(), "it said nothing"
    return f"exit code {finished.exit_code}"


def problem_of(work: Callable[[], object]) -> str:
    """Return the outcome of a function that raises one of our errors."""
    try:
        work()
    except PcaError as problem:
        return f"exit code {problem.exit_code}"
    return "nothing was refused"


def on_file(limits: Limits, *words: str, name: str = "large") -> Feed:
    """Run a command with a file that is one byte too large in the place of {}."""

    def fed(world: World) -> str:
        return world.run(*words, file=world.file(limits.maximum_bytes + 1, name))

    return fed


def on_text(text: str, *words: str, name: str = "text") -> Feed:
    """Run a command with a file of a text in the place of {}."""

    def fed(world: World) -> str:
        return world.run(*words, file=world.text(text, name))

    return fed


def on_bytes(content: bytes, *words: str) -> Feed:
    """Run a command with a file of these bytes in the place of {}."""

    def fed(world: World) -> str:
        path = world.estate.work / "bytes"
        path.write_bytes(content)
        return world.run(*words, file=str(path))

    return fed


def restored(first_line: bytes) -> Feed:
    """Restore a file that begins with that line."""

    def fed(world: World) -> str:
        passphrase_file = world.estate.work / "passphrase"
        passphrase_file.touch(0o600)
        passphrase_file.write_text("correct horse")
        words = ("local", "restore", "{}", "--force", "--passphrase-file", str(passphrase_file))
        return on_bytes(first_line, *words)(world)

    return fed


def in_base64(text: str) -> str:
    return b64encode(text.encode()).decode()


def bomb() -> str:
    """Return YAML in which ten lines stand for a thousand million values."""
    lines = [f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 10)}]" for n in range(1, 10)]
    return "\n".join(["x0: &x0 [x]", *lines, "CertificateAuthorities: *x9", ""])


BOMB = bomb()


def piped(limits: Limits, *words: str) -> Feed:
    """Pipe more than the limit into a command."""

    def fed(world: World) -> str:
        with subprocess.Popen(
            [*PROGRAM, *words], env=world.estate.environment, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=False
        ) as process:
            assert process.stdin is not None
            with suppress(BrokenPipeError), process.stdin as stdin:
                for _ in range(limits.maximum_bytes // MIB + 1):
                    stdin.write(bytes(MIB))
            assert process.stderr is not None
            err = process.stderr.read().decode()
        return exit_code(Finished(process.returncode, "", err))

    return fed


def passphrase(world: World) -> str:
    large = world.file(readers.PASSPHRASE_FILE.maximum_bytes + 1)
    return exit_code(Pcacli(world.estate.work / "further").run("local", "init", PCACLI_PASSPHRASE_FILE=large))


def in_folder(world: World) -> str:
    folder = world.estate.work / "leaf"
    world.estate.ok("pki", "request", "--dns-name", "folder.example.com", "--out-dir", str(folder))
    os.truncate(folder / "cert.pem", readers.FOLDER_FILE.maximum_bytes + 1)
    return exit_code(world.estate.run("pki", "renew", str(folder)))


def result_file(world: World) -> str:
    listed = world.text("common_name\nresult.example.com\n", "rows.csv")
    folder = world.estate.work / "results"
    folder.mkdir()
    world.estate.ok("pki", "request", "--from", listed, "--out-dir", str(folder))
    os.truncate(folder / "results.jsonl", readers.RESULT_FILE.maximum_bytes + 1)
    return exit_code(world.estate.run("pki", "request", "--from", listed, "--out-dir", str(folder)))


def remembered(world: World) -> str:
    memory = CandidateMemory(read_settings({}, world.estate.environment), {"XDG_CACHE_HOME": str(world.estate.home)})
    memory.remember([Candidate("a", "b")])
    found = memory.recall()
    (file,) = world.estate.home.rglob("completion/*.json")
    os.truncate(file, readers.STATE_FILE.maximum_bytes + 1)
    return IGNORED if found and memory.recall() is None else "other"


def store_key(world: World) -> str:
    further = Pcacli(world.estate.work.parent / "store-with-large-key")
    further.ok("local", "init")
    os.truncate(further.store / "key-encryption.key", readers.KEY_ENCRYPTION_FILE.maximum_bytes + 1)
    return exit_code(further.run("local", "credentials", "create"))


def bucket_object(world: World) -> str:
    crl = crl_file(world.estate, world.estate.issuing)
    world.estate.ok("local", "refresh")
    kept = crl.read_bytes()
    os.truncate(crl, readers.BUCKET_OBJECT.maximum_bytes + 1)
    response, _ = world.server.send("GET", f"/crl/{authority_id(world.estate.issuing)}.crl")
    crl.write_bytes(kept)
    return f"HTTP {response.status}"


@contextmanager
def flood(size: int) -> Iterator[str]:
    """Answer one request with so many bytes; gives the URL."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            client, _ = listener.accept()
            with client:
                client.recv(65536)
                try:
                    client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                    for _ in range(size // MIB + 1):
                        client.sendall(bytes(MIB))
                except OSError:
                    return

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        thread.join()


def fetched(limits: Limits, ask: Callable[[HttpPublications, str], bytes]) -> Feed:
    def fed(_world: World) -> str:
        with flood(limits.maximum_bytes) as url:
            problem_of(lambda: ask(HttpPublications(STOP_SECONDS), url))
        # `pki verify` turns whatever cannot be fetched into the answer no.
        return "exit code 1"

    return fed


def large_chain(world: World) -> str:
    folder = world.estate.work
    value = "00" * (readers.TLS_CHAIN.maximum_bytes + 1)
    world.text(f"[req]\ndistinguished_name=n\nx509_extensions=e\n[n]\n[e]\n1.2.3.4=DER:{value}\n", "req.cnf")
    words = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=a", "-config", "req.cnf")
    openssl_ok(folder, *words, "-keyout", "large.key", "-out", "large.pem")
    with tls_server(folder / "large.pem", folder / "large.key") as address:
        return exit_code(world.estate.run("pki", "inspect", address))


def start_file(world: World) -> str:
    os.truncate(_touched(world.estate.home / ".bashrc"), readers.START_FILE.maximum_bytes + 1)
    return exit_code(world.estate.run("completion", "install", "bash"))


def aws_file(world: World) -> str:
    large = world.file(readers.AWS_FILE.maximum_bytes + 1)
    return exit_code(world.estate.run("list-certificate-authorities", AWS_CONFIG_FILE=large))


def _touched(path: Path) -> Path:
    path.touch()
    return path


def long_report_line(_world: World) -> str:
    return problem_of(lambda: list(short_lines([bytes(readers.REPORT_LINE.maximum_bytes), b"x"])))


def deep(depth: int | None) -> str:
    """Return JSON that is one level too deep."""
    levels = (depth or 0) + 1
    return "[" * levels + "]" * levels


def many(values: int | None) -> str:
    """Return JSON or YAML of one value too many."""
    return f"[{'1,' * (values or 0)}1]"
