"""Remembers the last audit report of each CA, because AWS makes one in 30 minutes; one small private file for each.

The files lie in `$XDG_STATE_HOME/pcacli/audit-reports`, else `~/.local/state/pcacli/audit-reports`. Losing them does
no harm, and where they cannot be written nothing is remembered.
Source: XDG Base Directory Specification, which has relative paths in its variables ignored.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from pcacli.api.arns import authority_arn
from pcacli.engine.files import make_private_directory, temporary_beside
from pcacli.engine.own_files import PlantedFile, read_own
from pcacli.limits.readers import STATE_FILE
from pcacli.service.turns import turn


class Report(NamedTuple):
    """A finished audit report: the CA's ARN, where the report lies and since when."""

    authority: str
    report_id: str
    bucket: str
    key: str
    created_at: datetime


def state_directory(environment: Mapping[str, str]) -> Path:
    """Return the directory for what pcacli remembers between two commands."""
    state_home = Path(environment.get("XDG_STATE_HOME", ""))
    return (state_home if state_home.is_absolute() else Path("~/.local/state").expanduser()) / "pcacli"


class ReportMemory:
    """The reports that were made through one endpoint (None: AWS's own)."""

    def __init__(self, directory: Path, endpoint_url: str | None, notify: Callable[[str], object]) -> None:
        self._directory = directory / "audit-reports"
        self._endpoint_url = endpoint_url
        self._notify = notify

    @contextmanager
    def turn(self, authority: str) -> Iterator[None]:
        """Hold a CA's turn for the length of a block, so that of two commands one makes the report for both."""
        try:
            make_private_directory(self._directory)
        except OSError as error:
            self._notify(f"Audit reports are not remembered: {error.filename}: {error.strerror}.")
            yield
            return
        with turn(self._file(authority, "lock")):
            yield

    def recall(self, authority: str) -> Report | None:
        """Return the last report of a CA; None if there is none, or what is written of it cannot be read."""
        try:
            found = json.loads(read_own(self._file(authority, "json"), "memory of reports,", STATE_FILE))
            report = Report(**{**found["report"], "created_at": datetime.fromisoformat(found["report"]["created_at"])})
        except (OSError, PlantedFile, ValueError, TypeError, LookupError):
            return None
        same = (found.get("endpoint_url"), report.authority) == (self._endpoint_url, authority)
        return report if same and report.created_at.tzinfo else None

    def remember(self, report: Report) -> None:
        """Write down a report in place of the last one."""
        report_members = {**report._asdict(), "created_at": report.created_at.isoformat()}
        text = json.dumps({"endpoint_url": self._endpoint_url, "report": report_members}, indent=4)
        path = self._file(report.authority, "json")
        try:
            with temporary_beside(path) as temporary:
                temporary.write_text(text, encoding="utf-8")
                temporary.replace(path)
        except OSError as error:
            # Where the folder could not be made, that has been said already.
            if self._directory.is_dir():
                self._notify(f"The audit report is not remembered: {path}: {error.strerror}.")

    def _file(self, authority: str, kind: str) -> Path:
        return self._directory / f"{authority_arn(authority).authority_id}.{kind}"
