"""What the `table` format shows of the large responses: few chosen members, in words for people; `--wide` shows all.

A view is a list of columns for each action; `chosen` applies it. Responses without a view are small and shown whole.
What a workflow finds has columns of its own, which `chosen_columns` applies.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from pcacli.output.relative_time import relative_time
from pcacli.output.terminal import Terminal

# A terminal with this many columns has room for whole identifiers (36 characters) and for the less important members.
_ROOMY_COLUMNS = 130
_SHORT_IDENTIFIER_CHARACTERS = 8


class Column(NamedTuple):
    """A name for people, the way to the member in the response, how to write it, and whether it can be missed.

    An empty way leads to the whole structure.
    """

    name: str
    path: tuple[str, ...]
    write: Callable[[Any, Terminal], str]
    is_extra: bool = False


class View(NamedTuple):
    """What is shown of a member of the response, which is a structure or a list of structures."""

    member: str
    columns: tuple[Column, ...]


def chosen(operation_name: str, response: Mapping[str, object], terminal: Terminal) -> Mapping[str, object]:
    """Return a response with what a person wants to see of it, in the same members."""
    view = VIEWS.get(operation_name)
    if view is None or not response.get(view.member):
        return response
    found = response[view.member]
    if isinstance(found, list):
        return {**response, view.member: chosen_columns(view.columns, found, terminal)}
    return {**response, view.member: _sheet(view.columns, found, terminal)}


def chosen_columns(columns: Iterable[Column], found: list[dict[str, Any]], terminal: Terminal) -> list[dict[str, str]]:
    """Return what a workflow has found with what a person wants to see of it."""
    shown = [column for column in columns if not column.is_extra or _is_roomy(terminal)]
    return [_row(shown, each, terminal) for each in found]


def _is_roomy(terminal: Terminal) -> bool:
    return terminal.width_columns >= _ROOMY_COLUMNS


def _row(columns: Iterable[Column], structure: object, terminal: Terminal) -> dict[str, str]:
    """Write every column, so that all rows have the same."""
    return {column.name: _cell(column, structure, terminal) for column in columns}


def _sheet(columns: Iterable[Column], structure: object, terminal: Terminal) -> dict[str, str]:
    """Write what there is."""
    return {name: cell for name, cell in _row(columns, structure, terminal).items() if cell}


def _cell(column: Column, structure: object, terminal: Terminal) -> str:
    value = structure
    for name in column.path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return "" if value is None else column.write(value, terminal)


def _text(value: Any, _terminal: Terminal) -> str:
    return str(value)


def _words(value: list[str], _terminal: Terminal) -> str:
    return ", ".join(value)


def _distance(instant: datetime, terminal: Terminal) -> str:
    return relative_time(instant, terminal.now())


def _instant(instant: datetime, terminal: Terminal) -> str:
    return f"{instant.astimezone():%Y-%m-%d %H:%M} ({_distance(instant, terminal)})"


def _identifier(arn: str, terminal: Terminal) -> str:
    """Write an ARN whole, or its last part on a terminal, where it would fold."""
    return short_identifier(arn.rpartition("/")[2], terminal) if terminal.is_terminal else arn


def short_identifier(identifier: str, terminal: Terminal) -> str:
    """Cut an identifier or a serial number short on a narrow terminal."""
    if _is_roomy(terminal) or not terminal.is_terminal:
        return identifier
    return identifier[:_SHORT_IDENTIFIER_CHARACTERS] + ("…" if terminal.unicode else "...")


def _certificate_names(entry: Mapping[str, Any], _terminal: Terminal) -> str:
    """Write the alternative names of a certificate, else its subject, and what of them cannot be read."""
    names = ", ".join(entry.get("SubjectAlternativeNames", ())) or str(entry["Subject"])
    return f"{names} ({entry['Problem']})".strip() if "Problem" in entry else names


def _name(subject: Mapping[str, Any], _terminal: Terminal) -> str:
    """Write the name by which people know a CA: its common name, else whatever the subject begins with."""
    texts = [value for value in subject.values() if isinstance(value, str)]
    return str(subject.get("CommonName") or next(iter(texts), ""))


def _subject(subject: Mapping[str, Any], _terminal: Terminal) -> str:
    return ", ".join(f"{name}={value}" for name, value in subject.items() if isinstance(value, str))


def _crl(configuration: Mapping[str, Any], _terminal: Terminal) -> str:
    if not configuration.get("Enabled"):
        return "off"
    place = "/".join(filter(None, (configuration.get("S3BucketName"), configuration.get("CustomPath"))))
    return f"{configuration.get('ExpirationInDays')} days, in {place}"


def _ocsp(configuration: Mapping[str, Any], _terminal: Terminal) -> str:
    return "on" if configuration.get("Enabled") else "off"


_CONFIGURATION = "CertificateAuthorityConfiguration"

VIEWS = {
    "ListCertificateAuthorities": View(
        "CertificateAuthorities",
        (
            Column("Name", (_CONFIGURATION, "Subject"), _name),
            Column("Status", ("Status",), _text),
            Column("Type", ("Type",), _text, is_extra=True),
            Column("Key", (_CONFIGURATION, "KeyAlgorithm"), _text, is_extra=True),
            Column("Expires", ("NotAfter",), _distance),
            Column("Arn", ("Arn",), _identifier),
        ),
    ),
    "DescribeCertificateAuthority": View(
        "CertificateAuthority",
        (
            Column("Arn", ("Arn",), _text),
            Column("Subject", (_CONFIGURATION, "Subject"), _subject),
            Column("Status", ("Status",), _text),
            Column("Failure", ("FailureReason",), _text),
            Column("Restorable until", ("RestorableUntil",), _instant),
            Column("Type", ("Type",), _text),
            Column("Usage", ("UsageMode",), _text),
            Column("Key", (_CONFIGURATION, "KeyAlgorithm"), _text),
            Column("Signs with", (_CONFIGURATION, "SigningAlgorithm"), _text),
            Column("Serial", ("Serial",), _text),
            Column("Valid from", ("NotBefore",), _instant),
            Column("Valid until", ("NotAfter",), _instant),
            Column("CRL", ("RevocationConfiguration", "CrlConfiguration"), _crl),
            Column("OCSP", ("RevocationConfiguration", "OcspConfiguration"), _ocsp),
            Column("Owner", ("OwnerAccount",), _text),
            Column("Created", ("CreatedAt",), _instant),
        ),
    ),
    "ListPermissions": View(
        "Permissions",
        (
            Column("Principal", ("Principal",), _text),
            Column("Actions", ("Actions",), _words),
            Column("Account", ("SourceAccount",), _text),
            Column("Granted", ("CreatedAt",), _distance),
        ),
    ),
}
"""By action; the names of the columns are ours."""

CERTIFICATE_COLUMNS = (
    Column("Names", (), _certificate_names),
    Column("Status", ("Status",), _text),
    Column("Expires", ("NotAfter",), _distance),
    Column("Template", ("Template",), _text, is_extra=True),
    Column("Serial", ("Serial",), short_identifier),
)
"""What `pki list` shows of a certificate."""
