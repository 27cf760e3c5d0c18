"""How long `pki list --output json` takes in a large store: `python -m tests.bench.inventory [CERTIFICATES]`.

One store gets so many certificates (100000 unless it is said), each with alternative names of its own and every tenth
revoked, which takes some seconds. Then the whole command runs, in turns with Python's own `json` module, which reads
the same list and writes it with the same indentation; the fastest run of each counts.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from pcacli.engine.records import Certificate
from pcacli.pki.algorithms import generate_private_key
from pcacli.pki.leaf_request import LeafNames, leaf_csr
from pcacli.service.local import LocalService
from tests.bench import processes
from tests.bench.crl import OWNER, REASONS, make_root, opened, serial_of
from tests.bench.table import Bound, Row, compared, show

CERTIFICATES = 100_000
RUNS = 5
SECONDS = {100_000: Bound(2)}
EVERY = 10
DAYS = 400
# Names of one length, so that the DER stays valid when one stands in the place of another.
PLACEHOLDER = "host-000000.example.com"
JSON_ALONE = "import json, sys; json.dump(json.load(open(sys.argv[1])), sys.stdout, indent=4, ensure_ascii=False)"


def fill(directory: Path, count: int) -> None:
    """Make a store in which one certificate was issued, and so many like it were added through the store's port."""
    arn = make_root(directory)
    parts = opened(directory)
    names = LeafNames(PLACEHOLDER, (PLACEHOLDER, f"www.{PLACEHOLDER}"), ("192.0.2.7",), (), ())
    order = {
        "CertificateAuthorityArn": str(arn),
        "Csr": leaf_csr(generate_private_key("EC_prime256v1"), names),
        "SigningAlgorithm": "SHA256WITHECDSA",
        "Validity": {"Type": "DAYS", "Value": 30},
    }
    LocalService(parts, OWNER).call("IssueCertificate", order)
    with parts.store.read() as snapshot:
        *_, leaf = snapshot.certificates(arn)
    with parts.store.write() as transaction:
        for number in range(count):
            transaction.add_certificate(_like(leaf, number))
            if number % EVERY == 0:
                reason = REASONS[number // EVERY % len(REASONS)]
                transaction.revoke(arn, serial_of(number), at=leaf.issued_at, reason=reason)


def _like(leaf: Certificate, number: int) -> Certificate:
    name = f"host-{number:06}.example.com"
    return leaf._replace(
        serial=serial_of(number),
        certificate=leaf.certificate.replace(PLACEHOLDER.encode(), name.encode()),
        not_after=leaf.not_after + timedelta(days=number % DAYS),
    )


def timed(command: list[str], environment: dict[str, str], output: Path) -> float:
    """Return how many seconds a command takes that writes to a file."""
    with output.open("wb") as file:
        begin = time.perf_counter()
        subprocess.run(command, check=True, stdout=file, env=environment)
        return time.perf_counter() - begin


def rows(count: int = CERTIFICATES) -> Iterator[Row]:
    """Fill a store and measure."""
    environment = {**os.environ, "AWS_REGION": OWNER.region, "AWS_ACCOUNT_ID": OWNER.account}
    with tempfile.TemporaryDirectory() as name:
        store, listed, again = Path(name, "store"), Path(name, "listed.json"), Path(name, "again.json")
        fill(store, count)
        listing = [sys.executable, "-m", "pcacli", "--endpoint-url", f"local:{store}", "pki", "list"]
        listing += ["--output", "json"]
        ours, peer = [], []
        for _ in range(RUNS):
            ours.append(timed(listing, environment, listed))
            peer.append(timed([sys.executable, "-c", JSON_ALONE, str(listed)], environment, again))
        if again.read_text().strip() != listed.read_text().strip():
            sys.exit("The two did not write the same list.")
        what = f"pki list of {count:,}"
        yield Row(what, min(ours), "s", asked=SECONDS.get(count))
        yield compared(what, min(ours), "s", "json reads and writes it", min(peer))
        yield Row(f"{what}: peak memory", processes.run(listing, environment).peak_mb, "MB")


if __name__ == "__main__":
    show(rows(*map(int, sys.argv[1:])))
