"""How long processes wait for one another on one store: `python -m tests.bench.concurrency [OPTIONS]`.

Each process does what commands do, one after the other: open the store, issue a certificate, close the store; and in
the second measurement revoke it, too, which publishes a CRL that grows. Starting a program is not measured here
(start_up.py).
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from pcacli.engine.context import root_of_account
from pcacli.service.local import DEFAULT_ACCOUNT, DEFAULT_REGION, LocalService, open_parts
from pcacli.service.store_place import StorePlace
from tests.bench.table import Bound, Row, show
from tests.support.hierarchies import Estate, serial_of

PROCESSES = 16
COMMANDS = 50
MILLISECONDS = Bound(5_000)


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.concurrency")
    parser.add_argument("--processes", type=int, default=PROCESSES, help="default: %(default)s")
    parser.add_argument("--commands", type=int, default=COMMANDS, help="of each process (default: %(default)s)")
    asked = parser.parse_args()
    show(rows(asked.processes, asked.commands))


def rows(processes: int = PROCESSES, commands: int = COMMANDS) -> Iterator[Row]:
    """Measure how long commands take and how many are done in a second."""
    for name, command in (("issue", issue), ("issue and revoke", issue_and_revoke)):
        with tempfile.TemporaryDirectory() as folder:
            estate = Estate(Path(folder, "estate"))
            estate.build()
            _timed(estate, command)  # Forked processes begin with everything imported.
            began = time.perf_counter()
            waits = _at_once(estate, command, processes, commands, Path(folder))
            rate = len(waits) / (time.perf_counter() - began)
        what = f"{name}, {processes} processes"
        yield Row(f"{what}: together", rate, "/s")
        yield Row(f"{what}: median", waits[len(waits) // 2], "ms")
        yield Row(f"{what}: 99th percentile", waits[len(waits) * 99 // 100], "ms", asked=MILLISECONDS)
        yield Row(f"{what}: longest", waits[-1], "ms", asked=MILLISECONDS)


def issue(service: LocalService, estate: Estate) -> str:
    """Issue a certificate and return its ARN."""
    request = {
        "CertificateAuthorityArn": estate.issuing,
        "Csr": (estate.work / "www.example.com.csr").read_bytes(),
        "SigningAlgorithm": "SHA256WITHECDSA",
        "Validity": {"Type": "DAYS", "Value": 5},
    }
    arn: str = service.call("IssueCertificate", request)["CertificateArn"]
    return arn


def issue_and_revoke(service: LocalService, estate: Estate) -> None:
    """Issue a certificate and revoke it."""
    revoked = {"CertificateSerial": serial_of(issue(service, estate)), "RevocationReason": "SUPERSEDED"}
    service.call("RevokeCertificate", {"CertificateAuthorityArn": estate.issuing, **revoked})


def _at_once(
    estate: Estate, command: Callable[[LocalService, Estate], object], processes: int, commands: int, folder: Path
) -> list[float]:
    """Let processes work at the same time; return what each of their commands took, in milliseconds, sorted."""
    children = []
    for number in range(processes):
        child = os.fork()
        if child == 0:
            try:
                taken = [_timed(estate, command) for _ in range(commands)]
                (folder / str(number)).write_text(" ".join(map(str, taken)))
                os._exit(0)
            finally:
                os._exit(1)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * processes, "a process failed"
    return sorted(float(word) for number in range(processes) for word in (folder / str(number)).read_text().split())


def _timed(estate: Estate, command: Callable[[LocalService, Estate], object]) -> float:
    began = time.perf_counter()
    parts = open_parts(StorePlace(estate.store), lambda _: None)
    with closing(LocalService(parts, root_of_account(DEFAULT_ACCOUNT, DEFAULT_REGION))) as service:
        command(service, estate)
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
