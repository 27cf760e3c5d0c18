"""How many certificates a second `pcacli local serve` issues, beside cfssl and moto: `python -m tests.bench.serve`.

Needs the `dev` extra and Debian's wrk and golang-cfssl. All servers run on this machine; they are measured in turns, so
that whatever else the machine does hits all of them: 8 connections, one load generator, RSA-2048 unless it says
otherwise, ours with signatures (made beforehand) and every certificate committed with synchronous=FULL; cfssl stores
nothing. Ours runs with 1, 2 and 3 workers, the others as they come; the best median counts. The CSR, of an RSA key, is
the same everywhere. Every ARN that was answered is looked for in the store in the end.

`python -m tests.bench.serve ROUNDS` takes more turns than 5.
"""

import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.request import Request, urlopen

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from pcacli.api.arns import certificate_arn
from pcacli.engine.store import sqlite
from tests.end_to_end.test_serve import ROOT_TEMPLATE
from tests.support.command_line import Pcacli, openssl_ok
from tests.support.serving import REGION, serving

CONNECTIONS, SECONDS, WARM_UP_SECONDS, ROUNDS = 8, 3, 1, 5
WORKERS = (1, 2, 3)
CFSSL_PORT, MOTO_PORT, START_SECONDS = 18_889, 18_890, 4
RSA, EC = "RSA_2048", "EC_prime256v1"
SIGNING = {RSA: "SHA256WITHRSA", EC: "SHA256WITHECDSA"}
MOTO_KEY = {"AccessKeyId": "AKIDEXAMPLE", "SecretAccessKey": "secret-for-tests"}
ISSUE, DESCRIBE, GET = "IssueCertificate", "DescribeCertificateAuthority", "GetCertificate"
# Writes down every ARN that comes back, in wrk's language.
KEEP_ARNS = """
local answers = io.open({path}, "a")
answers:setvbuf("line")
response = function(status, headers, body)
    answers:write(body:match('"CertificateArn": ?"([^"]+)"') or "", "\\n")
end
"""


class Load(NamedTuple):
    """One request, sent again and again; ARNs in the answers are kept in a file."""

    url: str
    body: str
    headers: Mapping[str, str]
    answers: Path | None = None


class Contender(NamedTuple):
    """What is measured: a server with so many workers, an action, and the key of the CA."""

    server: str
    workers: int
    action: str
    key: str = RSA


def rate(load: Load, folder: Path) -> float:
    """Send the request over all connections for some seconds; return how many were answered with 200 in one."""
    script = folder / "load.lua"
    headers = "".join(f"wrk.headers[{json.dumps(name)}]={json.dumps(value)}\n" for name, value in load.headers.items())
    kept = KEEP_ARNS.format(path=json.dumps(str(load.answers))) if load.answers else ""
    script.write_text(f'wrk.method="POST"\nwrk.body={json.dumps(load.body)}\n{headers}{kept}')
    words = ("wrk", "-t1", f"-c{CONNECTIONS}", "-s", str(script), load.url)
    subprocess.run([*words, f"-d{WARM_UP_SECONDS}s"], capture_output=True, check=True)
    out = subprocess.run([*words, f"-d{SECONDS}s"], capture_output=True, check=True, text=True).stdout
    assert "Non-2xx" not in out, out
    found = re.search(r"Requests/sec:\s+([\d.]+)", out)
    assert found is not None, out
    return float(found[1])


def signed(url: str, key: Mapping[str, str], action: str, members: Mapping[str, Any]) -> Load:
    """Return a call of an action, signed now."""
    body = json.dumps(members)
    headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"ACMPrivateCA.{action}"}
    request = AWSRequest("POST", f"{url}/", headers=headers, data=body.encode())
    SigV4Auth(Credentials(key["AccessKeyId"], key["SecretAccessKey"]), "acm-pca", REGION).add_auth(request)
    return Load(f"{url}/", body, dict(request.headers.items()))


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
            self.loads[Contender(server, workers, action, algorithm)] = lambda action=action, members=members: signed(
                url, key, action, members
            )._replace(answers=answers if action == ISSUE else None)

    def add_ours(self, workers: int) -> None:
        """Run `pcacli local serve` on a new store."""
        pcacli = Pcacli(self.folder / f"pcacli-{workers}")
        self.stores[workers] = pcacli.store
        server = self.stack.enter_context(serving(pcacli, "--workers", str(workers)))
        self.stack.callback(server.stop)
        for algorithm in (RSA, EC):
            self.add_service("pcacli", workers, server.url, server.access_key, algorithm)

    def add_moto(self) -> None:
        """Run moto's server, in a process of its own."""
        words = (str(Path(sys.executable).with_name("moto_server")), "-p", str(MOTO_PORT))
        self.stack.enter_context(running(*words, cwd=self.folder))
        self.add_service("moto", 1, f"http://127.0.0.1:{MOTO_PORT}", MOTO_KEY, RSA)

    def add_cfssl(self) -> None:
        """Run `cfssl serve`."""
        request = json.dumps({"CN": "Bench", "key": {"algo": "rsa", "size": 2048}})
        words = ("cfssl", "gencert", "-initca", "-")
        made = subprocess.run(words, input=request, capture_output=True, check=True, text=True)
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

    def best(self, server: str, action: str, key: str = RSA) -> Contender:
        """Return the contender with the best number of workers."""
        fitting = [each for each in self.rates if (each.server, each.action, each.key) == (server, action, key)]
        return max(fitting, key=lambda each: statistics.median(self.rates[each]))

    def ratio(self, one: Contender, other: Contender) -> float:
        """Return the median of what one was to the other in each round."""
        return statistics.median(mine / theirs for mine, theirs in zip(self.rates[one], self.rates[other], strict=True))

    def read_back(self) -> None:
        """Look for every ARN that one of our servers has answered, each of which must be another one."""
        for workers, directory in self.stores.items():
            arns = [arn for file in self.folder.glob(f"pcacli-{workers}-*.arns") for arn in file.read_text().split()]
            assert arns
            assert len(arns) == len(set(arns))
            store = sqlite.open_store(directory)
            with store.read() as snapshot:
                for arn in map(certificate_arn, arns):
                    assert snapshot.certificate(arn.authority, arn.serial) is not None, f"{arn} is not in the store"
            store.close()
            print(f"{len(arns)} certificates of {workers} workers are in their store")


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


def show(bench: Bench) -> None:
    """Print the rates and the ratios."""
    for contender, rates in bench.rates.items():
        name = f"{contender.server}, {contender.workers} workers, {contender.key}: {contender.action}"
        print(f"{name:66} {statistics.median(rates):9.1f}/s")
    ours, cfssl = bench.best("pcacli", ISSUE), bench.best("cfssl", ISSUE)
    ratios: Sequence[tuple[str, Contender, Contender, str]] = (
        ("issue, ours to cfssl", ours, cfssl, "at least 0.8, goal 1.2"),
        ("issue, ours to moto", ours, bench.best("moto", ISSUE), "at least 40"),
        ("describe, ours to moto", bench.best("pcacli", DESCRIBE), bench.best("moto", DESCRIBE), "at least 10"),
        ("get, ours to moto", bench.best("pcacli", GET), bench.best("moto", GET), "at least 10"),
        ("issue, our P-256 to our RSA-2048", bench.best("pcacli", ISSUE, EC), ours, "at least 2"),
    )
    for label, one, other, required in ratios:
        print(f"{label:34} {bench.ratio(one, other):6.2f}  ({required}; {one.workers} workers)")


def main() -> None:
    """Measure everything and print rates and ratios."""
    missing = [program for program in ("wrk", "cfssl", "openssl") if shutil.which(program) is None]
    if missing:
        raise SystemExit(f"needs {', '.join(missing)} (Debian: wrk, golang-cfssl)")
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with tempfile.TemporaryDirectory(prefix="pcacli-bench-") as name, ExitStack() as stack:
        bench = Bench(Path(name), stack)
        for workers in WORKERS:
            bench.add_ours(workers)
        bench.add_cfssl()
        bench.add_moto()
        bench.run(rounds)
        bench.read_back()
        show(bench)


if __name__ == "__main__":
    main()
