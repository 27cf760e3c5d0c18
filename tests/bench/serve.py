"""How many certificates a second `pcacli local serve` issues, beside cfssl and moto: `python -m tests.bench.serve`.

Needs the `dev` extra and Debian's wrk and golang-cfssl. Everything runs on this machine in one go: 8 connections, the
same load generator, RSA-2048 unless it says otherwise, ours with signatures (made beforehand) and every certificate
committed with synchronous=FULL; cfssl stores nothing. Ours runs with 1 and with 2 workers, the others as they come; the
best counts. At the end every certificate that was issued is looked for in the store.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.request import Request, urlopen

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from pcacli.api.arns import authority_arn
from pcacli.engine.store import sqlite
from tests.end_to_end.test_serve import ROOT_TEMPLATE
from tests.support.command_line import Pcacli, openssl_ok
from tests.support.serving import REGION, serving

CONNECTIONS, SECONDS, WARM_UP_SECONDS = 8, 6, 1
CFSSL_PORT, MOTO_PORT, START_SECONDS = 18_889, 18_890, 4
ALGORITHMS = {"RSA_2048": "SHA256WITHRSA", "EC_prime256v1": "SHA256WITHECDSA"}
MOTO_KEY = {"AccessKeyId": "AKIDEXAMPLE", "SecretAccessKey": "secret-for-tests"}


class Load(NamedTuple):
    """One request, sent again and again."""

    url: str
    body: str
    headers: Mapping[str, str]


class Rates(NamedTuple):
    """Requests a second of one server."""

    issue: float
    describe: float
    get: float


def rate(load: Load, folder: Path) -> float:
    """Send the request over all connections for some seconds; return how many were answered with 200 in one."""
    script = folder / "load.lua"
    headers = "".join(f"wrk.headers[{json.dumps(name)}]={json.dumps(value)}\n" for name, value in load.headers.items())
    script.write_text(f'wrk.method="POST"\nwrk.body={json.dumps(load.body)}\n{headers}')
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


def measure(url: str, key: Mapping[str, str], key_algorithm: str, csr: str, folder: Path) -> tuple[Rates, str]:
    """Make a root CA and measure a server that speaks AWS's protocol; return the rates and the CA's ARN."""
    signing = ALGORITHMS[key_algorithm]

    def now(action: str, **members: Any) -> dict[str, Any]:
        return call(url, key, action, **members)

    configuration = {"KeyAlgorithm": key_algorithm, "SigningAlgorithm": signing, "Subject": {"CommonName": "Bench"}}
    arn = now(
        "CreateCertificateAuthority",
        CertificateAuthorityType="ROOT",
        CertificateAuthorityConfiguration=configuration,
    )["CertificateAuthorityArn"]
    named = {"CertificateAuthorityArn": arn}
    own = b64encode(now("GetCertificateAuthorityCsr", **named)["Csr"].encode()).decode()
    order = {**named, "SigningAlgorithm": signing}
    years = {"Type": "YEARS", "Value": 10}
    root = now("IssueCertificate", **order, Csr=own, TemplateArn=ROOT_TEMPLATE, Validity=years)["CertificateArn"]
    pem = now("GetCertificate", **named, CertificateArn=root)["Certificate"]
    now("ImportCertificateAuthorityCertificate", **named, Certificate=b64encode(pem.encode()).decode())
    leaf = {**order, "Csr": csr, "Validity": {"Type": "DAYS", "Value": 30}}
    return Rates(
        rate(signed(url, key, "IssueCertificate", leaf), folder),
        rate(signed(url, key, "DescribeCertificateAuthority", named), folder),
        rate(signed(url, key, "GetCertificate", {**named, "CertificateArn": root}), folder),
    ), arn


def ours(workers: int, key_algorithm: str, csr: str, folder: Path) -> Rates:
    """Measure `pcacli local serve` on a new store, and read back what it says that it has issued."""
    pcacli = Pcacli(folder / f"pcacli-{workers}-{key_algorithm}")
    with serving(pcacli, "--workers", str(workers)) as server:
        rates, arn = measure(server.url, server.access_key, key_algorithm, csr, folder)
        log = server.stop()
    issued = sum(line.get("action") == "IssueCertificate" and line["status"] == 200 for line in log)
    store = sqlite.open_store(pcacli.store)
    with store.read() as snapshot:
        kept = sum(1 for _ in snapshot.certificates(authority_arn(arn)))
    store.close()
    assert kept == issued, f"{issued} certificates were issued and {kept} are in the store"
    return rates


def moto(csr: str, folder: Path) -> Rates:
    """Measure moto's server, in a process of its own."""
    words = (str(Path(sys.executable).with_name("moto_server")), "-p", str(MOTO_PORT))
    with running(*words, cwd=folder):
        return measure(f"http://127.0.0.1:{MOTO_PORT}", MOTO_KEY, "RSA_2048", csr, folder)[0]


def cfssl(folder: Path) -> float:
    """Measure how many certificates `cfssl serve` signs in a second."""
    request = json.dumps({"CN": "Bench", "key": {"algo": "rsa", "size": 2048}})
    made = subprocess.run(
        ["cfssl", "gencert", "-initca", "-"], input=request, capture_output=True, check=True, text=True
    )
    authority = json.loads(made.stdout)
    (folder / "ca.pem").write_text(authority["cert"])
    (folder / "ca.key").write_text(authority["key"])
    words = ("cfssl", "serve", "-port", str(CFSSL_PORT), "-ca", "ca.pem", "-ca-key", "ca.key")
    with running(*words, cwd=folder):
        body = json.dumps({"certificate_request": (folder / "leaf.csr").read_text()})
        url = f"http://127.0.0.1:{CFSSL_PORT}/api/v1/cfssl/sign"
        return rate(Load(url, body, {"Content-Type": "application/json"}), folder)


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


def best(measured: list[Rates]) -> Rates:
    """Return the best of each rate."""
    return Rates(*map(max, zip(*measured, strict=True)))


def show(label: str, value: float, required: str = "") -> None:
    """Print one line of the table."""
    print(f"{label:36} {value:9.2f}  {required}")


def main() -> None:
    """Measure everything and print rates and ratios."""
    missing = [program for program in ("wrk", "cfssl", "openssl") if shutil.which(program) is None]
    if missing:
        raise SystemExit(f"needs {', '.join(missing)} (Debian: wrk, golang-cfssl)")
    with tempfile.TemporaryDirectory(prefix="pcacli-bench-") as name:
        folder = Path(name)
        words = ("req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", "leaf.key", "-subj", "/CN=leaf.example")
        openssl_ok(folder, *words, "-out", "leaf.csr")
        csr = b64encode((folder / "leaf.csr").read_bytes()).decode()

        def both(key_algorithm: str) -> Rates:
            return best([ours(workers, key_algorithm, csr, folder) for workers in (1, 2)])

        rsa, cfssl_rate, ecdsa, theirs = both("RSA_2048"), cfssl(folder), both("EC_prime256v1"), moto(csr, folder)
    for label, rates in (("pcacli, RSA-2048", rsa), ("pcacli, P-256", ecdsa), ("moto, RSA-2048", theirs)):
        for action, value in rates._asdict().items():
            show(f"{label}: {action}/s", value)
    show("cfssl, RSA-2048: sign/s", cfssl_rate)
    show("issue, ours to cfssl", rsa.issue / cfssl_rate, "(at least 0.8, goal 1.2)")
    show("issue, ours to moto", rsa.issue / theirs.issue, "(at least 40)")
    show("describe, ours to moto", rsa.describe / theirs.describe, "(at least 10)")
    show("get, ours to moto", rsa.get / theirs.get, "(at least 10)")
    show("issue, our P-256 to our RSA-2048", ecdsa.issue / rsa.issue, "(at least 2)")


if __name__ == "__main__":
    main()
