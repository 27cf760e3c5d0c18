"""Audit reports: one record for each certificate that a CA issued, as JSON or as CSV.

Both forms are generators of pieces in UTF-8, so that a report on a million certificates needs the memory of one.
Source: AWS Private CA User Guide, "Using audit reports" (samples); facts, section 6. The samples settle the order of
the keys, the indentation, which keys may be absent and what is quoted.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from pcacli.api.arns import SERIAL_HEX_DIGITS
from pcacli.pki.serials import colon_hex


class ReportRecord(NamedTuple):
    """What a report says of one certificate; instants are aware datetimes, `subject` is in RFC 2253 form.

    `requested_by` is a service principal, None for people and programs.
    """

    account: str
    requested_by: str | None
    certificate_arn: str
    serial: int
    subject: str
    not_before: datetime
    not_after: datetime
    issued_at: datetime
    revoked_at: datetime | None
    revocation_reason: str | None
    template_arn: str


# The keys of a record in their order, which is also the header line of CSV.
KEYS = (
    "awsAccountId",
    "requestedByServicePrincipal",
    "certificateArn",
    "serial",
    "subject",
    "notBefore",
    "notAfter",
    "issuedAt",
    "revokedAt",
    "revocationReason",
    "templateArn",
)

_RECORD_INDENT = " " * 3
_MEMBER_INDENT = " " * 6
_SUBJECT = KEYS.index("subject")


def json_report(records: Iterable[ReportRecord]) -> Iterator[bytes]:
    """Yield a JSON array with one object for each record; a key without a value is left out.

    Assumption: the file is laid out as the samples are, and ends without a newline.
    """
    separator = "\n"
    yield b"["
    for record in records:
        yield (separator + _json_object(record)).encode()
        separator = ",\n"
    yield b"\n]"


def csv_report(records: Iterable[ReportRecord]) -> Iterator[bytes]:
    """Yield the header line and one line for each record; only the subject is quoted, absent values are empty."""
    yield (",".join(KEYS) + "\n").encode()
    for record in records:
        fields = [text or "" for text in _texts(record)]
        fields[_SUBJECT] = '"' + record.subject.replace('"', '""') + '"'
        yield (",".join(fields) + "\n").encode()


def _json_object(record: ReportRecord) -> str:
    members = ",\n".join(
        f'{_MEMBER_INDENT}"{key}":{json.dumps(text, ensure_ascii=False)}'
        for key, text in zip(KEYS, _texts(record), strict=True)
        if text is not None
    )
    return f"{_RECORD_INDENT}{{\n{members}\n{_RECORD_INDENT}}}"


def _texts(record: ReportRecord) -> tuple[str | None, ...]:
    """Return the values as text in the order of `KEYS`."""
    return (
        record.account,
        record.requested_by,
        record.certificate_arn,
        # As many digits as in the ARN, so that a script finds one by the other.
        colon_hex(record.serial, minimum_bytes=SERIAL_HEX_DIGITS // 2),
        record.subject,
        _time(record.not_before),
        _time(record.not_after),
        _time(record.issued_at),
        None if record.revoked_at is None else _time(record.revoked_at),
        record.revocation_reason,
        record.template_arn,
    )


def _time(instant: datetime) -> str:
    """Write an instant in UTC with whole seconds, as in `2020-03-02T21:43:57+0000`."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
