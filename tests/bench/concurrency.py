"""How long processes wait for one another on one store: `python -m tests.bench.concurrency [OPTIONS]`.

Each process does what commands do, one after the other: open the store, issue a certificate, close the store; and in
the second measurement revoke it, too, which publishes a CRL that grows. Starting a program is not measured here
(start_up.py).
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from pcacli.engine.context import root_of_account
from pcacli.service.local import DEFAULT_ACCOUNT, DEFAULT_REGION, LocalService, open_parts
from pcacli.service.store_place import StorePlace
from tests.bench.table import Bound, Row, show
from tests.support.hierarchies import Estate, serial_of

PROCESSES = 16
COMMANDS = 50
LONGEST_WAIT = Bound(5_000)
"""In milliseconds."""


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
            timed(estate, command)  # Forked processes begin with everything imported.
            began = time.perf_counter()
            waits = at_once(processes, partial(_all_timed, estate, command, commands), Path(folder))
            rate = len(waits) / (time.perf_counter() - began)
        what = f"{name}, {processes} processes"
        yield Row(f"{what}: together", rate, "/s")
        yield Row(f"{what}: median", waits[len(waits) // 2], "ms")
        yield Row(f"{what}: 99th percentile", percentile_99(waits), "ms", asked=LONGEST_WAIT)
        yield Row(f"{what}: longest", waits[-1], "ms", asked=LONGEST_WAIT)


def percentile_99(waits: list[float]) -> float:
    """Return what 99 of 100 numbers, which are sorted, do not exceed."""
    return waits[len(waits) * 99 // 100]


def issue(service: LocalService, estate: Estate, **members: Any) -> str:
    """Issue a certificate and return its ARN."""
    request = {
        "CertificateAuthorityArn": estate.issuing,
        "Csr": (estate.work / "www.example.com.csr").read_bytes(),
        "SigningAlgorithm": "SHA256WITHECDSA",
        "Validity": {"Type": "DAYS", "Value": 5},
        **members,
    }
    arn: str = service.call("IssueCertificate", request)["CertificateArn"]
    return arn


def issue_and_revoke(service: LocalService, estate: Estate) -> None:
    """Issue a certificate and revoke it."""
    revoke(service, estate, issue(service, estate))


def revoke(service: LocalService, estate: Estate, certificate: str) -> None:
    """Revoke a certificate."""
    revoked = {"CertificateSerial": serial_of(certificate), "RevocationReason": "SUPERSEDED"}
    service.call("RevokeCertificate", {"CertificateAuthorityArn": estate.issuing, **revoked})


def at_once(processes: int, work: Callable[[int], Iterable[float]], folder: Path) -> list[float]:
    """Let processes, which are numbered, work at the same time; return all figures that come of it, sorted."""
    children = []
    for number in range(processes):
        child = os.fork()
        if child == 0:
            try:
                (folder / str(number)).write_text(" ".join(map(str, work(number))))
                os._exit(0)
            finally:
                os._exit(1)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * processes, "a process failed"
    return sorted(float(word) for number in range(processes) for word in (folder / str(number)).read_text().split())


def _all_timed(
    estate: Estate, command: Callable[[LocalService, Estate], object], commands: int, _process: int
) -> Iterator[float]:
    return (timed(estate, command) for _ in range(commands))


def timed(estate: Estate, command: Callable[[LocalService, Estate], object]) -> float:
    """Open a store, do something and close the store; return how many milliseconds that took."""
    began = time.perf_counter()
    parts = open_parts(StorePlace(estate.store), lambda _: None)
    with closing(LocalService(parts, root_of_account(DEFAULT_ACCOUNT, DEFAULT_REGION))) as service:
        command(service, estate)
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
