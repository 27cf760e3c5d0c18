"""Reads an audit report in CSV row by row, in the memory of one row.

Source: AWS Private CA User Guide, "Using audit reports"; facts, section 6. Columns are found by their names, so that
more of them, or another order, do no harm.
"""

import csv
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from pcacli.errors import PcaError
from pcacli.pki.certificate_names import Names
from pcacli.pki.serials import parse_serial

_ISSUED_AT = "issuedAt"
_NEEDED = ("certificateArn", "serial", "subject", "notAfter", "revokedAt", "revocationReason", "templateArn")


class ReportRow(NamedTuple):
    """What a report says of one certificate. Alternative names are not in reports."""

    arn: str
    serial: int
    names: Names
    not_after: datetime
    revoked_at: datetime | None
    revocation_reason: str | None
    template_arn: str
    issued_at: datetime | None = None


def report_rows(lines: Iterable[bytes], complain: Callable[[str], object]) -> Iterator[ReportRow]:
    """Yield the rows of a report; `complain` is told, with the line, of each that cannot be read and is left out.

    Raises:
        PcaError: a column that is needed is missing, so that this is no audit report.
    """
    reader = csv.reader(line.decode("utf-8", "replace") for line in lines)
    header = next(reader, [])
    missing = [name for name in _NEEDED if name not in header]
    if missing:
        raise PcaError(f"This is no audit report of AWS Private CA: the column {missing[0]} is missing.")
    columns = [header.index(name) for name in (*_NEEDED, _ISSUED_AT) if name in header]
    while True:
        try:
            row = next(reader)
            if row:
                yield _read(row, columns, len(header))
        except StopIteration:
            return
        except (ValueError, csv.Error) as problem:
            complain(f"line {reader.line_num}: {problem}")


def _read(row: list[str], columns: Iterable[int], count: int) -> ReportRow:
    if len(row) != count:
        raise ValueError(f"{len(row)} fields and not {count}")
    arn, serial, subject, not_after, revoked_at, reason, template_arn, *issued_at = (row[column] for column in columns)
    return ReportRow(
        arn,
        parse_serial(serial),
        Names(subject, None),
        _instant(not_after),
        _instant(revoked_at) if revoked_at else None,
        reason or None,
        template_arn,
        _instant(issued_at[0]) if issued_at and issued_at[0] else None,
    )


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"the time {text} has no zone")
    return instant
