"""How much `pcacli local serve` does in a second, beside cfssl and moto: `python -m tests.bench.serve [ROUNDS]`.

Needs the `dev` extra and Debian's wrk and golang-cfssl. All servers run on this machine; they are measured in turns, so
that whatever else the machine does hits all of them: 8 connections, one load generator, RSA-2048 unless it says
otherwise, ours with signatures (made beforehand) and every certificate committed with synchronous=FULL; cfssl stores
nothing. Ours runs with 1, 2 and 3 workers, the others as they come; the best median counts. The CSR, of an RSA key, is
the same everywhere. Every ARN that was answered is looked for in the store in the end. There are 5 rounds unless it is
said.
"""

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from urllib.request import Request, urlopen

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from pcacli.api.arns import certificate_arn
from pcacli.engine.store import sqlite
from tests.bench.load import Load, rate
from tests.bench.processes import peak_mb
from tests.bench.table import Bound, Row, compared, show
from tests.support.boto import ROOT_TEMPLATE
from tests.support.command_line import Pcacli, openssl_ok
from tests.support.serving import REGION, Server, serving

ROUNDS = 5
WORKERS = (1, 2, 3)
CFSSL_PORT, MOTO_PORT, START_SECONDS = 18_889, 18_890, 4
RSA, EC = "RSA_2048", "EC_prime256v1"
SIGNING = {RSA: "SHA256WITHRSA", EC: "SHA256WITHECDSA"}
MOTO = str(Path(sys.executable).with_name("moto_server"))
MOTO_KEY = {"AccessKeyId": "AKIDEXAMPLE", "SecretAccessKey": "secret-for-tests"}
ISSUE, DESCRIBE, GET = "IssueCertificate", "DescribeCertificateAuthority", "GetCertificate"
# Our action and key, who does the same with an RSA-2048 key (or we do), and what is asked.
COMPARISONS = (
    (ISSUE, RSA, "cfssl", Bound(0.8, goal=1.2, at_least=True)),
    (ISSUE, RSA, "moto", Bound(40, at_least=True)),
    (DESCRIBE, RSA, "moto", Bound(10, at_least=True)),
    (GET, RSA, "moto", Bound(10, at_least=True)),
    (ISSUE, EC, "pcacli", Bound(2, at_least=True)),
)


class Contender(NamedTuple):
    """What is measured: a server with so many workers, an action, and the key of the CA."""

    server: str
    workers: int
    action: str
    key: str = RSA


def signed(
    url: str, key: Mapping[str, str], action: str, members: Mapping[str, Any], answers: Path | None = None
) -> Load:
    """Return a call of an action, signed now."""
    body = json.dumps(members)
    headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"ACMPrivateCA.{action}"}
    request = AWSRequest("POST", f"{url}/", headers=headers, data=body.encode())
    SigV4Auth(Credentials(key["AccessKeyId"], key["SecretAccessKey"]), "acm-pca", REGION).add_auth(request)
    return Load(f"{url}/", body, dict(request.headers.items()), answers)


def call(url: str, key: Mapping[str, str], action: str, **members: Any) -> dict[str, Any]:
    """Call an action once."""
    load = signed(url, key, action, members)
    with urlopen(Request(load.url, load.body.encode(), dict(load.headers)), timeout=60) as response:
        answer: dict[str, Any] = json.loads(response.read() or b"{}")
    return answer


class Bench:
    """The contenders, each of which makes its request anew for every round, and the rates of those that were."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        self.stack = stack
        self.loads: dict[Contender, Callable[[], Load]] = {}
        self.rates: dict[Contender, list[float]] = {}
        self.stores: dict[int, Path] = {}
        self.servers: dict[int, Server] = {}
        words = ("req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", "leaf.key", "-subj", "/CN=leaf.example")
        openssl_ok(folder, *words, "-out", "leaf.csr")
        self.csr = (folder / "leaf.csr").read_text()

    def add_service(self, server: str, workers: int, url: str, key: Mapping[str, str], algorithm: str) -> None:
        """Make a root CA and one certificate on a server that speaks AWS's protocol, and add its actions."""
        csr, signing = b64encode(self.csr.encode()).decode(), SIGNING[algorithm]

        def now(action: str, **members: Any) -> dict[str, Any]:
            return call(url, key, action, **members)

        configuration = {"KeyAlgorithm": algorithm, "SigningAlgorithm": signing, "Subject": {"CommonName": "Bench"}}
        created = now(
            "CreateCertificateAuthority",
            CertificateAuthorityType="ROOT",
            CertificateAuthorityConfiguration=configuration,
        )
        named = {"CertificateAuthorityArn": created["CertificateAuthorityArn"]}
        own = b64encode(now("GetCertificateAuthorityCsr", **named)["Csr"].encode()).decode()
        order = {**named, "SigningAlgorithm": signing}
        years = {"Type": "YEARS", "Value": 10}
        root = now(ISSUE, **order, Csr=own, TemplateArn=ROOT_TEMPLATE, Validity=years)["CertificateArn"]
        pem = now(GET, **named, CertificateArn=root)["Certificate"]
        now("ImportCertificateAuthorityCertificate", **named, Certificate=b64encode(pem.encode()).decode())
        leaf = {**order, "Csr": csr, "Validity": {"Type": "DAYS", "Value": 30}}
        issued = now(ISSUE, **leaf)["CertificateArn"]
        answers = self.folder / f"{server}-{workers}-{algorithm}.arns"
        for action, members in ((ISSUE, leaf), (DESCRIBE, named), (GET, {**named, "CertificateArn": issued})):
            kept = answers if action == ISSUE else None
            self.loads[Contender(server, workers, action, algorithm)] = partial(signed, url, key, action, members, kept)

    def add_ours(self, workers: int) -> None:
        """Run `pcacli local serve` on a new store."""
        pcacli = Pcacli(self.folder / f"pcacli-{workers}")
        self.stores[workers] = pcacli.store
        server = self.stack.enter_context(serving(pcacli, "--workers", str(workers)))
        self.stack.callback(server.stop)
        self.servers[workers] = server
        for algorithm in (RSA, EC):
            self.add_service("pcacli", workers, server.url, server.access_key, algorithm)

    def add_moto(self) -> None:
        """Run moto's server, in a process of its own."""
        words = (MOTO, "-p", str(MOTO_PORT))
        self.stack.enter_context(running(*words, cwd=self.folder))
        self.add_service("moto", 1, f"http://127.0.0.1:{MOTO_PORT}", MOTO_KEY, RSA)

    def add_cfssl(self) -> None:
        """Run `cfssl serve`."""
        request = json.dumps({"CN": "Bench", "key": {"algo": "rsa", "size": 2048}})
        make_authority = ("cfssl", "gencert", "-initca", "-")
        made = subprocess.run(make_authority, input=request, capture_output=True, check=True, text=True)
        authority = json.loads(made.stdout)
        (self.folder / "ca.pem").write_text(authority["cert"])
        (self.folder / "ca.key").write_text(authority["key"])
        words = ("cfssl", "serve", "-port", str(CFSSL_PORT), "-ca", "ca.pem", "-ca-key", "ca.key")
        self.stack.enter_context(running(*words, cwd=self.folder))
        url = f"http://127.0.0.1:{CFSSL_PORT}/api/v1/cfssl/sign"
        headers, answers = {"Content-Type": "application/json"}, self.folder / "cfssl.answers"
        load = Load(url, json.dumps({"certificate_request": self.csr}), headers, answers)
        self.loads[Contender("cfssl", 1, ISSUE)] = lambda: load

    def run(self, rounds: int) -> None:
        """Measure everything in turns."""
        for _ in range(rounds):
            for contender, load in self.loads.items():
                self.rates.setdefault(contender, []).append(rate(load(), self.folder))

    def best(self, server: str, action: str, key: str = RSA) -> Contender | None:
        """Return the contender with the best number of workers, None if there is none."""
        fitting = [each for each in self.rates if (each.server, each.action, each.key) == (server, action, key)]
        return max(fitting, key=self.rate, default=None)

    def rate(self, contender: Contender) -> float:
        """Return the median of the rounds, in requests a second."""
        return statistics.median(self.rates[contender])

    def compare(self, action: str, key: str, server: str, asked: Bound) -> Row:
        """Return our rate beside another; the ratio is the median of the rounds' ratios."""
        ours, other = self.best("pcacli", action, key), self.best(server, action)
        assert ours is not None
        what = f"serve --workers {ours.workers}: {action}, {key}"
        row = compared(what, self.rate(ours), "/s", f"{server}, {RSA}", other and self.rate(other), asked)
        if other is None:
            return row
        rounds = zip(self.rates[ours], self.rates[other], strict=True)
        return row._replace(ratio=statistics.median(mine / theirs for mine, theirs in rounds))

    def read_back(self) -> int:
        """Look for every ARN that one of our servers has answered, each of which must be another one; count them."""
        found = 0
        for workers, directory in self.stores.items():
            arns = [arn for file in self.folder.glob(f"pcacli-{workers}-*.arns") for arn in file.read_text().split()]
            assert arns
            assert len(arns) == len(set(arns))
            store = sqlite.open_store(directory)
            with store.read() as snapshot:
                for arn in map(certificate_arn, arns):
                    assert snapshot.certificate(arn.authority, arn.serial) is not None, f"{arn} is not in the store"
            store.close()
            found += len(arns)
        return found


@contextmanager
def running(*words: str, cwd: Path) -> Iterator[None]:
    """Run another server, quietly, as long as the `with` block."""
    process = subprocess.Popen(words, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(START_SECONDS)
        yield
    finally:
        process.kill()
        process.wait()


def rows(rounds: int = ROUNDS) -> Iterator[Row]:
    """Measure everything."""
    if shutil.which("wrk") is None:
        yield Row("serve", beside="wrk: not installed")
        return
    with tempfile.TemporaryDirectory(prefix="pcacli-bench-") as name, ExitStack() as stack:
        bench = Bench(Path(name), stack)
        for workers in WORKERS:
            bench.add_ours(workers)
        if shutil.which("cfssl"):
            bench.add_cfssl()
        if shutil.which(MOTO):
            bench.add_moto()
        bench.run(rounds)
        for comparison in COMPARISONS:
            yield bench.compare(*comparison)
        yield Row("serve: certificates answered, and found in the store", bench.read_back())
        yield Row("serve --workers 1: peak memory", peak_mb(bench.servers[1].process.pid), "MB")


if __name__ == "__main__":
    show(rows(*map(int, sys.argv[1:])))
