"""What the number of certificates costs: `python -m tests.bench.growth [CERTIFICATES]` (1000000 unless it is said).

One store gets 1,000 certificates, the other so many (which takes some minutes). Then actions are timed on both in
turns: issuing and fetching must cost at most 1.2 times as much in the large store. Last, a process of its own writes
the audit report of the large store, which may take 300 MB of memory.
"""

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from pcacli.api.arns import AuthorityArn, authority_arn, certificate_arn
from pcacli.engine import quotas
from pcacli.engine.keys.kept_open import KeptOpenKeys
from pcacli.service.local import LocalService
from tests.bench.crl import BATCH, OWNER, make_root, opened, serial_of
from tests.support.command_line import openssl_ok

SMALL, LARGE = 1_000, 1_000_000
TURNS = 400
LIMIT, REPORT_LIMIT_MB = 1.2, 300


class Filled(NamedTuple):
    """A store with so many certificates of one CA, open."""

    service: LocalService
    authority: AuthorityArn
    certificates: int

    def call(self, action: str, **members: Any) -> dict[str, Any]:
        """Perform an action on the CA."""
        return self.service.call(action, {"CertificateAuthorityArn": str(self.authority), **members})

    def arn(self, turn: int) -> str:
        """Return the ARN of one of the certificates, another one each turn."""
        return str(self.authority.certificate(serial_of(turn * 7919 % self.certificates)))


def filled(directory: Path, count: int, csr: bytes) -> Filled:
    """Make a store without quotas, issue one certificate and add others like it through the store's port."""
    arn = make_root(directory)
    parts = opened(directory)
    store = Filled(LocalService(parts._replace(keys=KeptOpenKeys(parts.keys)), OWNER), arn, count)
    issued = store.call("IssueCertificate", **order(csr))["CertificateArn"]
    with parts.store.read() as snapshot:
        leaf = snapshot.certificate(arn, certificate_arn(issued).serial)
    assert leaf is not None
    with parts.store.write() as transaction:
        quotas.put_limits(transaction, dict.fromkeys(quotas.QUOTAS))
    for start in range(0, count, BATCH):
        with parts.store.write() as transaction:
            for number in range(start, min(start + BATCH, count)):
                transaction.add_certificate(leaf._replace(serial=serial_of(number)))
    return store


def order(csr: bytes) -> dict[str, Any]:
    """Return the members of a request for a certificate."""
    return {"Csr": csr, "SigningAlgorithm": "SHA256WITHECDSA", "Validity": {"Type": "DAYS", "Value": 1}}


def actions(csr: bytes) -> dict[str, Callable[[Filled, int], object]]:
    """Return what is timed; each takes a store and the number of the turn."""
    return {
        "issue": lambda store, _: store.call("IssueCertificate", **order(csr)),
        "get": lambda store, turn: store.call("GetCertificate", CertificateArn=store.arn(turn)),
        "describe": lambda store, _: store.call("DescribeCertificateAuthority"),
        "list CAs": lambda store, _: store.service.call("ListCertificateAuthorities", {"MaxResults": 10}),
    }


def timed(action: Callable[[Filled, int], object], stores: tuple[Filled, Filled]) -> list[float]:
    """Return the median in milliseconds for each store; they take turns."""
    taken: tuple[list[float], list[float]] = ([], [])
    for turn in range(TURNS):
        for store, times in zip(stores, taken, strict=True):
            begin = time.perf_counter()
            action(store, turn)
            times.append((time.perf_counter() - begin) * 1000)
    return [statistics.median(times) for times in taken]


def revoked(store: Filled, turn: int) -> object:
    """Revoke one of the certificates."""
    serial = f"{serial_of(turn):x}"
    return store.call("RevokeCertificate", CertificateSerial=serial, RevocationReason="SUPERSEDED")


def report(directory: Path, arn: AuthorityArn) -> dict[str, float]:
    """Write the audit report; return seconds and the peak of memory in MB."""
    store = Filled(LocalService(opened(directory), OWNER), arn, 0)
    begin = time.perf_counter()
    store.call("CreateCertificateAuthorityAuditReport", S3BucketName="bucket", AuditReportResponseFormat="JSON")
    return {
        "seconds": time.perf_counter() - begin,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6,
    }


def report_in_a_process(directory: Path, arn: AuthorityArn) -> dict[str, float]:
    """Write the audit report in a process of its own, so that its memory is its own."""
    command = [sys.executable, "-m", "tests.bench.growth", "--report", str(directory), str(arn)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def main() -> None:
    """Measure, or be the process that writes the report."""
    if sys.argv[1:2] == ["--report"]:
        print(json.dumps(report(Path(sys.argv[2]), authority_arn(sys.argv[3]))))
        return
    count = int(sys.argv[1]) if len(sys.argv) > 1 else LARGE
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        words = ("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "leaf.key")
        openssl_ok(folder, *words, "-subj", "/CN=leaf.example", "-out", "leaf.csr")
        begin = time.perf_counter()
        csr = (folder / "leaf.csr").read_bytes()
        stores = (filled(folder / "small", SMALL, csr), filled(folder / "large", count, csr))
        print(f"filled with {count} certificates in {time.perf_counter() - begin:.0f} s", flush=True)
        for label, action in {**actions(csr), "revoke": revoked}.items():
            small, large = timed(action, stores)
            required = f"(at most {LIMIT})" if label in ("issue", "get") else ""
            print(f"{label:10} {small:7.3f} ms  {large:7.3f} ms  {large / small:5.2f} times  {required}", flush=True)
        measured = report_in_a_process(folder / "large", stores[1].authority)
        print(f"audit report of {count}: {measured['seconds']:.1f} s, {measured['peak_mb']:.0f} MB", end=" ")
        print(f"(less than {REPORT_LIMIT_MB} MB)")


if __name__ == "__main__":
    main()
