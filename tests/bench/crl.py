"""How long a CRL takes, and what revoking costs beside it: `python -m tests.bench.crl [ENTRIES ...]`.

For each number of entries a store is made whose CA has so many revoked certificates (default: 0, 100000, 1000000; the
last takes some minutes to fill). Then two processes work on it: one revokes, which must cost the same whatever the
number, and one publishes the CRL with the entries read, signed and written.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from pcacli.api.arns import AuthorityArn, authority_arn
from pcacli.engine.call import Parts
from pcacli.engine.context import root_of_account, system_context
from pcacli.engine.home import Home
from pcacli.engine.publication import publish_due
from pcacli.engine.records import Certificate
from pcacli.service.local import LocalService
from tests.bench import processes
from tests.bench.table import Bound, Row, compared, show

ENTRIES = (0, 100_000, 1_000_000)
SECONDS = {100_000: Bound(1.2), 1_000_000: Bound(15)}
MEGABYTES = {1_000_000: Bound(1_000)}
GROWTH = Bound(1.2)
REVOCATIONS = 25
BATCH = 50_000
OWNER = root_of_account("111122223333", "eu-central-1")
REASONS = ("KEY_COMPROMISE", "UNSPECIFIED", "SUPERSEDED", "CESSATION_OF_OPERATION")
CRL = {"Enabled": True, "ExpirationInDays": 7, "S3BucketName": "bucket"}
# Serial numbers that look random, so that the index on them works as in earnest.
FACTOR = 0x9E3779B97F4A7C15F39CC0605CEDC835


def quiet(_: str) -> None:
    """Take a notice and say nothing."""


def opened(directory: Path) -> Parts:
    return Home(directory).open(system_context(), quiet)


def make_root(directory: Path) -> AuthorityArn:
    """Make a store with an active root and return its ARN."""
    Home(directory).create()
    service = LocalService(opened(directory), OWNER)
    subject = {"KeyAlgorithm": "EC_prime256v1", "SigningAlgorithm": "SHA256WITHECDSA", "Subject": {"CommonName": "R"}}
    created = service.call(
        "CreateCertificateAuthority",
        {
            "CertificateAuthorityType": "ROOT",
            "CertificateAuthorityConfiguration": subject,
            "RevocationConfiguration": {"CrlConfiguration": CRL},
        },
    )
    named = {"CertificateAuthorityArn": created["CertificateAuthorityArn"]}
    request = {
        "Csr": service.call("GetCertificateAuthorityCsr", named)["Csr"].encode(),
        "SigningAlgorithm": "SHA256WITHECDSA",
        "TemplateArn": "arn:aws:acm-pca:::template/RootCACertificate/V1",
        "Validity": {"Type": "YEARS", "Value": 10},
    }
    issued = service.call("IssueCertificate", {**named, **request})
    certificate = service.call("GetCertificate", {**named, "CertificateArn": issued["CertificateArn"]})
    service.call("ImportCertificateAuthorityCertificate", {**named, "Certificate": certificate["Certificate"].encode()})
    service.close()
    return authority_arn(named["CertificateAuthorityArn"])


def fill(directory: Path, arn: AuthorityArn, count: int) -> None:
    """Add so many revoked certificates, and those that are about to be revoked, through the store's port."""
    parts = opened(directory)
    now = parts.context.now().replace(microsecond=0)
    with parts.store.read() as snapshot:
        root = next(snapshot.certificates(arn))
    for start in range(0, count + REVOCATIONS, BATCH):
        with parts.store.write() as transaction:
            for number in range(start, min(start + BATCH, count + REVOCATIONS)):
                serial = serial_of(number)
                transaction.add_certificate(
                    Certificate(arn, serial, root.certificate, root.template_arn, now, now, now + timedelta(days=365))
                )
                if number < count:
                    transaction.revoke(arn, serial, at=now, reason=REASONS[number % len(REASONS)])
    parts.store.close()


def serial_of(number: int) -> int:
    return (number + 1) * FACTOR % (1 << 127)


class Measured(NamedTuple):
    """What revoking and publishing took with so many entries."""

    entries: int
    revocation_ms: float
    publication_s: float
    peak_mb: float


def rows(entries: Sequence[int] = ENTRIES) -> Iterator[Row]:
    """Measure for each number of entries, then compare each number with the one before."""
    measured = []
    for count in entries:
        one = measure(count)
        measured.append(one)
        yield Row(f"CRL of {count:,} entries", one.publication_s, "s", asked=SECONDS.get(count))
        yield Row(f"CRL of {count:,} entries: peak memory", one.peak_mb, "MB", asked=MEGABYTES.get(count))
    for less, more in pairwise(measured):
        what, peer = f"revoke, with {more.entries:,} revoked", f"with {less.entries:,}"
        yield compared(what, more.revocation_ms, "ms", peer, less.revocation_ms, GROWTH)
        if less.entries:
            what, peer = f"an entry of a CRL of {more.entries:,}", f"of {less.entries:,}"
            microseconds = [one.publication_s / one.entries * 1e6 for one in (more, less)]
            yield compared(what, microseconds[0], "µs", peer, microseconds[1], GROWTH)


def measure(count: int) -> Measured:
    """Fill a store, then revoke and publish in processes of their own."""
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder, "store")
        arn = make_root(directory)
        fill(directory, arn, count)
        command = [sys.executable, "-m", "tests.bench.crl"]
        words = [str(directory), str(arn), str(count)]
        revoked, published = (processes.run([*command, f"--{step}", *words]) for step in STEPS)
        return Measured(count, float(revoked.out), float(published.out), published.peak_mb)


def revoke(directory: Path, arn: AuthorityArn, count: int) -> float:
    """Revoke some certificates without publishing; return the median in milliseconds."""
    parts = opened(directory)
    taken = []
    for number in range(count, count + REVOCATIONS):
        begin = time.perf_counter()
        with parts.store.write() as transaction:
            transaction.revoke(arn, serial_of(number), at=parts.context.now(), reason="SUPERSEDED")
        taken.append(time.perf_counter() - begin)
    return statistics.median(taken) * 1000


def publish(directory: Path, arn: AuthorityArn, count: int) -> float:
    """Publish the CRL; return the time in seconds."""
    parts = opened(directory)
    begin = time.perf_counter()
    done = publish_due(parts, arn)
    taken = time.perf_counter() - begin
    (key,) = done.keys
    assert (directory / "buckets" / "bucket" / key).stat().st_size > count * 20
    return taken


STEPS: dict[str, Callable[[Path, AuthorityArn, int], float]] = {"revoke": revoke, "publish": publish}


def main() -> None:
    """Measure, or be one of the processes that are measured."""
    if sys.argv[1:2] and sys.argv[1].startswith("--"):
        step, directory, arn, count = sys.argv[1:]
        print(STEPS[step.removeprefix("--")](Path(directory), authority_arn(arn), int(count)))
    else:
        show(rows([int(word) for word in sys.argv[1:]] or ENTRIES))


if __name__ == "__main__":
    main()
