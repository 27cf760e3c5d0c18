"""How long commands take from start to end, beside the AWS CLI: `python -m tests.bench.start_up`.

Needs the `dev` extra (for `aws`) and an environment in which pcacli was installed as a wheel (`pip install '.[dev]'`),
so that its modules are compiled. The commands take turns, so that whatever else the machine does hits all of them; the
fastest of their runs count, because everything else a machine does only adds. Times in milliseconds.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

RUNS = 25
BOTOCORE_SCRIPT = (
    "import botocore.session, sys; "
    "client = botocore.session.get_session().create_client('acm-pca', endpoint_url=sys.argv[1]); "
    "print(client.list_certificate_authorities()['CertificateAuthorities'])"
)


class Measured(NamedTuple):
    """One command: what is timed, what it is compared with, and the ratio that is required and wished for."""

    name: str
    command: Sequence[str]
    peer: str | None = None
    limit: float | None = None
    goal: float | None = None


class EmptyList(BaseHTTPRequestHandler):
    """An endpoint that has no certificate authorities."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        body = json.dumps({"CertificateAuthorities": []}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Keep quiet."""


def program(name: str) -> str:
    """Return the program of this environment, else the one on PATH."""
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if found is None:
        sys.exit(f"{name} is missing: pip install '.[dev]'")
    return found


def prepare(directory: Path, environment: Mapping[str, str]) -> tuple[str, Path]:
    """Make a root CA with a P-256 key in the default store, and a CSR; return the CA's ARN and the CSR's file."""
    csr = directory / "leaf.csr"
    made = subprocess.run(
        [program("pcacli"), "--local", "pki", "init", "--output", "json"],
        env=environment,
        check=True,
        capture_output=True,
    )
    request = ["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    files = ["-keyout", str(directory / "leaf.key"), "-out", str(csr), "-subj", "/CN=leaf"]
    subprocess.run([*request, *files], check=True, capture_output=True)
    arn: str = json.loads(made.stdout)["IssuingCertificateAuthorityArn"]
    return arn, csr


def commands(endpoint: str, arn: str, csr: Path) -> list[Measured]:
    """Return everything that is timed."""
    pcacli, python = program("pcacli"), sys.executable
    authority = ["--certificate-authority-arn", arn]
    issue = ["--csr", f"fileb://{csr}", "--signing-algorithm", "SHA256WITHECDSA", "--validity", "Value=1,Type=DAYS"]
    listing = ["list-certificate-authorities", "--endpoint-url", endpoint]
    return [
        Measured("import click", [python, "-c", "import click"]),
        Measured("aws list", [program("aws"), "acm-pca", *listing]),
        Measured("botocore list", [python, "-c", BOTOCORE_SCRIPT, endpoint]),
        Measured("pcacli --help", [pcacli, "--help"], "import click", 1.5),
        Measured(
            "pcacli --local describe",
            [pcacli, "--local", "describe-certificate-authority", *authority],
            "aws list",
            0.18,
            0.15,
        ),
        Measured(
            "pcacli --local issue", [pcacli, "--local", "issue-certificate", *authority, *issue], "aws list", 0.32, 0.28
        ),
        Measured("pcacli list over HTTP", [pcacli, *listing], "botocore list", 1.25),
        Measured("pcacli list over HTTP", [pcacli, *listing], "aws list", 0.65, 0.55),
    ]


def measure(measured: Sequence[Measured], environment: Mapping[str, str]) -> dict[str, list[float]]:
    """Time every command RUNS times, taking turns; return the times in milliseconds by name."""
    times: dict[str, list[float]] = {one.name: [] for one in measured}
    for turn in range(RUNS + 1):
        for one in {one.name: one for one in measured}.values():
            started = time.perf_counter()
            subprocess.run(one.command, env=environment, check=True, capture_output=True)
            if turn:  # the first turn warms the file cache
                times[one.name].append((time.perf_counter() - started) * 1000)
    return times


def report(measured: Sequence[Measured], times: Mapping[str, Sequence[float]]) -> None:
    """Print one line a comparison."""
    print(f"{'command':26} {'fastest':>8} {'median':>8}  ratio of the fastest")
    for one in measured:
        fastest, median = min(times[one.name]), statistics.median(times[one.name])
        line = f"{one.name:26} {fastest:8.1f} {median:8.1f}"
        if one.peer:
            wanted = f"at most {one.limit}" + (f", goal {one.goal}" if one.goal else "")
            line += f"  {fastest / min(times[one.peer]):.3f} of {one.peer} ({wanted})"
        print(line)


def main() -> None:
    """Run the benchmark."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), EmptyList)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as directory:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": directory,
            "AWS_ACCESS_KEY_ID": "benchmark",
            "AWS_SECRET_ACCESS_KEY": "benchmark",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        arn, csr = prepare(Path(directory), environment)
        measured = commands(f"http://127.0.0.1:{server.server_port}", arn, csr)
        report(measured, measure(measured, environment))
    server.shutdown()


if __name__ == "__main__":
    main()
