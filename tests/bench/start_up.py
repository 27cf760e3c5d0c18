"""How long commands take from start to end, beside the AWS CLI and signers: `python -m tests.bench.start_up [RUNS]`.

Needs the `dev` extra (for `aws`) and an environment in which pcacli was installed as a wheel (`pip install '.[dev]'`),
so that its modules are compiled. The commands take turns, so that whatever else the machine does hits all of them; the
fastest of their runs (25 unless it is said) count, because everything else a machine does only adds. Keys are of P-256
everywhere. OpenSSL and cfssl sign; they store nothing and check no permission.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

from tests.bench import processes
from tests.bench.table import Bound, Row, compared, show
from tests.support.command_line import openssl_ok

RUNS = 25
AWS, ISSUE = "aws list", "pcacli --local issue"
BOTOCORE_SCRIPT = (
    "import botocore.session, sys; "
    "client = botocore.session.get_session().create_client('acm-pca', endpoint_url=sys.argv[1]); "
    "print(client.list_certificate_authorities()['CertificateAuthorities'])"
)


class Measured(NamedTuple):
    """A command, the one beside it, and what is asked of the ratio; without a peer, of the milliseconds."""

    name: str
    command: Sequence[str]
    peer: str | None = None
    asked: Bound | None = None


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


def rows(runs: int = RUNS) -> Iterator[Row]:
    """Measure the commands."""
    with endpoint() as url, tempfile.TemporaryDirectory() as name:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": name,
            "AWS_ACCESS_KEY_ID": "benchmark",
            "AWS_SECRET_ACCESS_KEY": "benchmark",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        measured = commands(url, prepare(Path(name), environment), Path(name))
        times = fastest(measured, environment, runs)
        for one in measured:
            if one.peer is not None:
                yield compared(one.name, times[one.name], "ms", one.peer, times.get(one.peer), one.asked)
            elif one.asked is not None:
                yield Row(one.name, times[one.name], "ms", asked=one.asked)
        peaks = {
            one.name: processes.run(one.command, environment).peak_mb
            for one in measured
            if one.name in times and one.name in (ISSUE, AWS)
        }
        yield compared(f"{ISSUE}: peak memory", peaks[ISSUE], "MB", AWS, peaks.get(AWS))


@contextmanager
def endpoint() -> Iterator[str]:
    """Run an endpoint that has no certificate authorities; yield its URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), EmptyList)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def prepare(directory: Path, environment: Mapping[str, str]) -> str:
    """Make a CA in the default store, another in files (ca.pem, ca.key) and leaf.csr; return the first one's ARN."""
    made = subprocess.run(
        [installed("pcacli"), "--local", "pki", "init", "--output", "json"],
        env=environment,
        check=True,
        capture_output=True,
    )
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    openssl_ok(directory, "req", "-new", *key, "-keyout", "leaf.key", "-out", "leaf.csr", "-subj", "/CN=leaf")
    openssl_ok(directory, "req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Bench")
    arn: str = json.loads(made.stdout)["IssuingCertificateAuthorityArn"]
    return arn


def installed(name: str) -> str:
    """Return the program of this environment; another one of that name may be another version."""
    return str(Path(sys.executable).with_name(name))


def commands(url: str, arn: str, directory: Path) -> list[Measured]:
    """Return everything that is timed."""
    pcacli, python = installed("pcacli"), sys.executable
    authority = ["--certificate-authority-arn", arn]
    csr, certificate, key = (str(directory / name) for name in ("leaf.csr", "ca.pem", "ca.key"))
    order = ["--csr", f"fileb://{csr}", "--signing-algorithm", "SHA256WITHECDSA", "--validity", "Value=1,Type=DAYS"]
    issue = [pcacli, "--local", "issue-certificate", *authority, *order]
    describe = [pcacli, "--local", "describe-certificate-authority", *authority]
    complete = [pcacli, "--local", "completion", "values", "authorities", ""]
    listing = ["list-certificate-authorities", "--endpoint-url", url]
    openssl = ["openssl", "x509", "-req", "-in", csr, "-CA", certificate, "-CAkey", key, "-days", "1"]
    return [
        Measured("import click", [python, "-c", "import click"]),
        Measured(AWS, [installed("aws"), "acm-pca", *listing]),
        Measured("botocore list", [python, "-c", BOTOCORE_SCRIPT, url]),
        Measured("openssl x509 -req", openssl),
        Measured("cfssl sign", ["cfssl", "sign", "-ca", certificate, "-ca-key", key, csr]),
        Measured("pcacli --help", [pcacli, "--help"], "import click", Bound(1.5)),
        Measured("pcacli --local describe", describe, AWS, Bound(0.18, goal=0.15)),
        Measured(ISSUE, issue, AWS, Bound(0.32, goal=0.28)),
        Measured(ISSUE, issue, "openssl x509 -req"),
        Measured(ISSUE, issue, "cfssl sign"),
        Measured("pcacli completion (ARNs)", complete, asked=Bound(150)),
        Measured("pcacli list over HTTP", [pcacli, *listing], "botocore list", Bound(1.25)),
        Measured("pcacli list over HTTP", [pcacli, *listing], AWS, Bound(0.65, goal=0.55)),
    ]


def fastest(measured: Sequence[Measured], environment: Mapping[str, str], runs: int) -> dict[str, float]:
    """Time every command that is installed, taking turns; return the fastest in milliseconds by name."""
    present = {one.name: one.command for one in measured if shutil.which(one.command[0])}
    times: dict[str, list[float]] = {name: [] for name in present}
    for turn in range(runs + 1):
        for name, command in present.items():
            started = time.perf_counter()
            subprocess.run(command, env=environment, check=True, capture_output=True)
            if turn:  # the first turn warms the file cache
                times[name].append((time.perf_counter() - started) * 1000)
    return {name: min(taken) for name, taken in times.items()}


if __name__ == "__main__":
    show(rows(*map(int, sys.argv[1:])))
