"""`pcacli pki request --from`: reads the list, shows how far it is, and says what became of it."""

import time
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from pcacli.cli.pki.authority_choice import issuing_authority
from pcacli.cli.pki.pkcs12_options import password_source, pkcs12_password
from pcacli.cli.pki.print_commands import new_script, print_script
from pcacli.cli.pki.request_options import Wanted
from pcacli.cli.progress_bar import ProgressBar
from pcacli.cli.session import Session
from pcacli.cli.showing import say, show
from pcacli.engine.own_files import require_own_folder
from pcacli.engine.progress import Phase
from pcacli.errors import AnswerIsNo, Interrupted, UsageProblem
from pcacli.service.paced import PacedService
from pcacli.service.turns import turn
from pcacli.service.workflows.bulk_request import Brake, BulkRequest, Outcome, Terms
from pcacli.service.workflows.bulk_results import ResultFile
from pcacli.service.workflows.bulk_rows import Row, read_rows
from pcacli.service.workflows.inventory import ledger_of
from pcacli.service.workflows.request_script import write_request
from pcacli.service.workflows.workflow import time_of

_RESULTS = "results.jsonl"
_REQUESTING = Phase("Requesting certificates")


class _Tally:
    """How many rows came to what; what is wrong is said at once, on standard error."""

    def __init__(self, rows_file: Path) -> None:
        self._rows_file = rows_file
        self.issued = self.skipped = self.failed = 0

    def __str__(self) -> str:
        return f"{self.issued} issued, {self.skipped} done before, {self.failed} failed"

    def complain(self, line: int, reason: str) -> None:
        """Count a row that has no certificate and say why."""
        self.failed += 1
        say(f"{self._rows_file}, line {line}: {reason}", is_message=True)

    def count(self, outcome: Outcome) -> None:
        """Count a row that was worked on."""
        if outcome.problem is None:
            self.issued += 1
        else:
            self.complain(outcome.row.line, outcome.problem.message)

    def as_data(self) -> dict[str, Any]:
        """Return the numbers for scripts."""
        return {"Issued": self.issued, "Skipped": self.skipped, "Failed": self.failed}


def request_rows(session: Session, wanted: Wanted, rows_file: Path) -> None:
    """Request a certificate for each row of a file.

    Raises:
        AnswerIsNo: not every row has its certificate.
        Interrupted: the user stopped it; the same command goes on.
    """
    if any(wanted.wish.names) or wanted.csr_file is not None:
        raise UsageProblem("With --from, names and CSRs stand in the rows.")
    tally = _Tally(rows_file)
    now = time_of(session.service)
    asks = wanted.pkcs12 and not wanted.print_commands
    password = cache(pkcs12_password(wanted.pkcs12_password_file)) if asks else None
    rows = read_rows(rows_file, wanted.wish.with_checked_terms(now), now, tally.complain)
    authority = issuing_authority(session, wanted.certificate_authority_arn)
    if password is not None:
        # Before anything is begun, and once.
        password()
    is_named = wanted.certificate_authority_arn is not None
    terms = Terms(authority, wanted.out_dir, wanted.force, password, is_named)
    if wanted.print_commands:
        _print_script(session, wanted, terms, rows)
    else:
        result_file = wanted.result_file or wanted.out_dir / _RESULTS
        try:
            addressed = [row.addressed_to(authority) for row in rows]
            _request(session, terms, addressed, wanted.concurrency, result_file, tally)
        except KeyboardInterrupt as interruption:
            raise Interrupted(f"Interrupted: {tally}. The same command goes on.") from interruption
        show(session, tally.as_data() | {"ResultFile": str(result_file)}, [f"{tally}; see {result_file}"])
    if tally.failed:
        raise AnswerIsNo(f"{tally.failed} {'row has' if tally.failed == 1 else 'rows have'} no certificate.")


def _request(
    session: Session, terms: Terms, rows: list[Row], concurrency: int, result_file: Path, tally: _Tally
) -> None:
    require_own_folder(terms.directory)
    service, brake = session.service, Brake()
    paced = PacedService(service, clock=time.monotonic, sleep=brake.sleep, unlimited=ledger_of(service) is not None)
    bulk = BulkRequest(paced, terms, lambda: time_of(service), brake)
    with ResultFile(result_file) as results, turn(result_file, wait=False) as is_alone:
        if not is_alone:
            raise UsageProblem(f"Another process is writing to {result_file}.")
        results.read()
        open_rows = [row for row in rows if not results.is_done(row, terms.directory)]
        tally.skipped = len(rows) - len(open_rows)
        with ProgressBar(_REQUESTING.text) as bar:
            bar(_REQUESTING, 0, len(open_rows))
            number = count(1)

            def report(outcome: Outcome) -> None:
                results.add(outcome.row, _result(outcome))
                tally.count(outcome)
                bar(_REQUESTING, next(number), len(open_rows))

            bulk.run(open_rows, concurrency=concurrency, report=report)


def _result(outcome: Outcome) -> dict[str, Any]:
    if outcome.problem is None:
        return {"CertificateArn": outcome.certificate_arn}
    return {"Error": outcome.problem.message}


def _print_script(session: Session, wanted: Wanted, terms: Terms, rows: list[Row]) -> None:
    script = new_script(session, f"Request the certificates of {wanted.rows_file}")
    password = password_source(wanted.pkcs12_password_file) if wanted.pkcs12 else None
    for row in rows:
        write_request(script, row.wish, terms.authority, terms.directory / row.directory, password)
    print_script(script)
