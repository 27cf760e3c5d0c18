"""What the number of certificates costs: `python -m tests.bench.growth [CERTIFICATES]` (1000000 unless it is said).

One store gets 1,000 certificates, the other so many (which takes some minutes). Then actions are timed on both in
turns; they must cost at most 1.2 times as much in the large store. Last, processes of their own write the audit reports
of both, where it is a row that counts; that of the large store may take 300 MB of memory. Growth of CRLs: crl.py.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from pcacli.api.arns import AuthorityArn, authority_arn, certificate_arn
from pcacli.engine import quotas
from pcacli.engine.keys.kept_open import KeptOpenKeys
from pcacli.service.local import LocalService
from tests.bench import processes
from tests.bench.crl import BATCH, GROWTH, OWNER, make_root, opened, serial_of
from tests.bench.table import Bound, Row, compared, show
from tests.support.command_line import openssl_ok

SMALL, LARGE = 1_000, 1_000_000
TURNS = 400
REPORT_MEGABYTES = Bound(300)


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


def revoked(store: Filled, turn: int) -> object:
    """Revoke one of the certificates."""
    serial = f"{serial_of(turn):x}"
    return store.call("RevokeCertificate", CertificateSerial=serial, RevocationReason="SUPERSEDED")


def actions(csr: bytes) -> dict[str, Callable[[Filled, int], object]]:
    """Return what is timed; each takes a store and the number of the turn."""
    return {
        "issue": lambda store, _: store.call("IssueCertificate", **order(csr)),
        "get": lambda store, turn: store.call("GetCertificate", CertificateArn=store.arn(turn)),
        "describe": lambda store, _: store.call("DescribeCertificateAuthority"),
        "page of CAs": lambda store, _: store.service.call("ListCertificateAuthorities", {"MaxResults": 10}),
        "revoke": revoked,
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


def report(directory: Path, arn: AuthorityArn) -> float:
    """Write the audit report; return the seconds that it takes."""
    store = Filled(LocalService(opened(directory), OWNER), arn, 0)
    begin = time.perf_counter()
    store.call("CreateCertificateAuthorityAuditReport", S3BucketName="bucket", AuditReportResponseFormat="JSON")
    return time.perf_counter() - begin


def rows(count: int = LARGE) -> Iterator[Row]:
    """Fill two stores and compare them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        words = ("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "leaf.key")
        openssl_ok(folder, *words, "-subj", "/CN=leaf.example", "-out", "leaf.csr")
        csr = (folder / "leaf.csr").read_bytes()
        directories = (folder / "small", folder / "large")
        stores = (filled(directories[0], SMALL, csr), filled(directories[1], count, csr))
        for label, action in actions(csr).items():
            small, large = timed(action, stores)
            yield compared(f"{label}, with {count:,} certificates", large, "ms", f"with {SMALL:,}", small, GROWTH)
        yield from reports(directories, stores)


def reports(directories: tuple[Path, Path], stores: tuple[Filled, Filled]) -> Iterator[Row]:
    """Write the audit reports of both stores in processes of their own, so that their memory is their own."""
    count = stores[1].certificates
    command = (sys.executable, "-m", "tests.bench.growth", "--report")
    small, large = (
        processes.run([*command, str(directory), str(store.authority)])
        for directory, store in zip(directories, stores, strict=True)
    )
    seconds = float(large.out)
    yield Row(f"audit report of {count:,}", seconds, "s")
    yield Row(f"audit report of {count:,}: peak memory", large.peak_mb, "MB", asked=REPORT_MEGABYTES)
    what, peer = f"a row of an audit report of {count:,}", f"of {SMALL:,}"
    yield compared(what, seconds / count * 1e6, "µs", peer, float(small.out) / SMALL * 1e6, GROWTH)


def main() -> None:
    """Measure, or be the process that writes the report."""
    if sys.argv[1:2] == ["--report"]:
        print(report(Path(sys.argv[2]), authority_arn(sys.argv[3])))
    else:
        show(rows(*map(int, sys.argv[1:])))


if __name__ == "__main__":
    main()
