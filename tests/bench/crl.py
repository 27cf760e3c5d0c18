"""How long a CRL takes, and what revoking costs beside it: `python -m tests.bench.crl [ENTRIES ...]`.

For each number of entries a store is made whose CA has so many revoked certificates (default: 0, 100000, 1000000; the
last takes some minutes to fill). Then two processes work on it: one revokes, which must cost the same whatever the
number, and one publishes the CRL with the entries read, signed and written. Goals: 1.2 s for 100,000 entries, 15 s
and 1 GB of memory for 1,000,000.
"""

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from pcacli.api.arns import AuthorityArn, authority_arn
from pcacli.engine.call import Parts
from pcacli.engine.context import root_of_account, system_context
from pcacli.engine.home import Home
from pcacli.engine.publication import publish_due
from pcacli.engine.records import Certificate
from pcacli.service.local import LocalService

ENTRIES = (0, 100_000, 1_000_000)
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


def revoke(directory: Path, arn: AuthorityArn, count: int) -> dict[str, float]:
    """Revoke some certificates without publishing; return the median in milliseconds."""
    parts = opened(directory)
    taken = []
    for number in range(count, count + REVOCATIONS):
        begin = time.perf_counter()
        with parts.store.write() as transaction:
            transaction.revoke(arn, serial_of(number), at=parts.context.now(), reason="SUPERSEDED")
        taken.append(time.perf_counter() - begin)
    return {"revocation_ms": statistics.median(taken) * 1000}


def publish(directory: Path, arn: AuthorityArn, count: int) -> dict[str, float]:
    """Publish the CRL; return the time in seconds, of this process's processor too, and the peak of memory in MiB."""
    parts = opened(directory)
    wall, processor = time.perf_counter(), time.process_time()
    done = publish_due(parts, arn)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    (key,) = done.keys
    size = (directory / "buckets" / "bucket" / key).stat().st_size
    assert size > count * 20
    return {"publication_s": wall, "processor_s": processor, "peak_mib": peak, "size_mib": size / (1 << 20)}


STEPS: dict[str, Callable[[Path, AuthorityArn, int], dict[str, float]]] = {"revoke": revoke, "publish": publish}


def in_a_process(step: str, directory: Path, arn: AuthorityArn, count: int) -> dict[str, float]:
    """Run one step in a process of its own, so that its memory is its own."""
    command = [sys.executable, "-m", "tests.bench.crl", f"--{step}", str(directory), str(arn), str(count)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def main() -> None:
    """Measure, or be one of the processes that are measured."""
    if len(sys.argv) > 1 and sys.argv[1].startswith("--"):
        directory, arn, count = Path(sys.argv[2]), authority_arn(sys.argv[3]), int(sys.argv[4])
        print(json.dumps(STEPS[sys.argv[1].removeprefix("--")](directory, arn, count)))
        return
    for count in [int(word) for word in sys.argv[1:]] or ENTRIES:
        with tempfile.TemporaryDirectory() as folder:
            directory = Path(folder, "store")
            arn = make_root(directory)
            fill(directory, arn, count)
            measured = {
                name: value for step in STEPS for name, value in in_a_process(step, directory, arn, count).items()
            }
        print(
            f"{count:>9} entries: " + ", ".join(f"{name} {value:.2f}" for name, value in measured.items()), flush=True
        )


if __name__ == "__main__":
    main()
