"""Records as rows: the one place that knows how each field stands in a database's column.

A row holds whole numbers, texts, bytes and None only, which every engine has: instants are microseconds since 1970
(so that what comes back equals what went in), serial numbers are big-endian bytes, structures are JSON. The names of
the columns are the names of the fields.
"""

import json
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, NamedTuple, TypeVar

from pcacli.engine.records import (
    AccessKey,
    AuditReport,
    Certificate,
    CertificateAuthority,
    CrlConfiguration,
    CrlPartition,
    Event,
    IdempotencyToken,
    ListedCertificate,
    OcspConfiguration,
    Permission,
    PublishedCrl,
    Revocation,
    TrailEntry,
)

Value = int | str | bytes | None

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def encode_instant(instant: datetime) -> int:
    """Turn an instant into microseconds since 1970."""
    return (instant - _EPOCH) // _MICROSECOND


def decode_instant(microseconds: int) -> datetime:
    """Turn microseconds since 1970 into an instant in UTC."""
    # To multiply takes a third of the time that `timedelta(microseconds=...)` takes: long CRLs notice.
    return _EPOCH + microseconds * _MICROSECOND


def encode_serial(serial: int) -> bytes:
    """Turn a serial number into its bytes, the first of them not zero."""
    return serial.to_bytes((serial.bit_length() + 7) // 8, "big")


def decode_serial(octets: bytes) -> int:
    """Turn a serial number's bytes into the number."""
    return int.from_bytes(octets, "big")


def _encode_json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def _encode_chain(chain: Iterable[bytes]) -> str:
    return _encode_json([b2a_base64(certificate, newline=False).decode() for certificate in chain])


def _decode_chain(text: str) -> tuple[bytes, ...]:
    return tuple(a2b_base64(certificate) for certificate in json.loads(text))


class Form(NamedTuple):
    """How one kind of field stands in a column; None stands for itself in every form."""

    encode: Callable[[Any], Value]
    decode: Callable[[Any], Any]


PLAIN: Form | None = None
INSTANT = Form(encode_instant, decode_instant)
SERIAL = Form(encode_serial, decode_serial)
SHA256 = Form(bytes.fromhex, bytes.hex)
JSON = Form(_encode_json, json.loads)
CHAIN = Form(_encode_chain, _decode_chain)
NAMES = Form(_encode_json, lambda text: tuple(json.loads(text)))
TAGS = Form(_encode_json, lambda text: tuple((key, value) for key, value in json.loads(text)))
CRL = Form(lambda crl: _encode_json(crl._asdict()), lambda text: CrlConfiguration(**json.loads(text)))
OCSP = Form(lambda ocsp: _encode_json(ocsp._asdict()), lambda text: OcspConfiguration(**json.loads(text)))

Record = TypeVar("Record")


class Codec(Generic[Record]):
    """Turns records of one type into rows and back.

    `columns` follow the record's fields. Leading fields that are no columns (the CA, which is a foreign key) are
    given to `decode` before the row.
    """

    def __init__(self, record_type: type[Record], forms: Mapping[str, Form | None]) -> None:
        self.record_type = record_type
        self.columns = tuple(forms)
        self._encoders = tuple((name, form and form.encode) for name, form in forms.items())
        self._decoders = tuple((column, form.decode) for column, form in enumerate(forms.values()) if form is not None)

    def encode(self, record: Record) -> tuple[Value, ...]:
        """Return the row of a record."""
        return tuple(_encoded(encode, getattr(record, name)) for name, encode in self._encoders)

    def decode(self, row: tuple[Value, ...], *leading: Any) -> Record:
        """Return the record of a row.

        Raises:
            ValueError, TypeError: the row does not hold what it should.
        """
        values: list[Any] = list(row)
        for column, decode in self._decoders:
            value = values[column]
            if value is not None:
                values[column] = decode(value)
        return self.record_type(*leading, *values)


def _encoded(encode: Callable[[Any], Value] | None, value: Any) -> Value:
    return value if encode is None or value is None else encode(value)


AUTHORITY = Codec(
    CertificateAuthority,
    {
        "type": PLAIN,
        "state": PLAIN,
        "created_at": INSTANT,
        "last_state_change_at": INSTANT,
        "key_algorithm": PLAIN,
        "signing_algorithm": PLAIN,
        "subject": JSON,
        "usage_mode": PLAIN,
        "key_storage_security_standard": PLAIN,
        "key_reference": PLAIN,
        "csr": PLAIN,
        "csr_extensions": JSON,
        "crl": CRL,
        "ocsp": OCSP,
        "certificate": PLAIN,
        "chain": CHAIN,
        "not_before": INSTANT,
        "not_after": INSTANT,
        "serial": SERIAL,
        "failure_reason": PLAIN,
        "state_before_deletion": PLAIN,
        "restorable_until": INSTANT,
        "policy": PLAIN,
        "tags": TAGS,
        "ready_at": INSTANT,
    },
)
CERTIFICATE = Codec(
    Certificate,
    {
        "serial": SERIAL,
        "certificate": PLAIN,
        "template_arn": PLAIN,
        "issued_at": INSTANT,
        "not_before": INSTANT,
        "not_after": INSTANT,
        "requested_by": PLAIN,
        "ready_at": INSTANT,
        "crl_partition": PLAIN,
        "revoked_at": INSTANT,
        "revocation_reason": PLAIN,
    },
)
LISTED_CERTIFICATE = Codec(
    ListedCertificate,
    {
        "serial": SERIAL,
        "certificate": PLAIN,
        "template_arn": PLAIN,
        "not_after": INSTANT,
        "ready_at": INSTANT,
        "revoked_at": INSTANT,
        "revocation_reason": PLAIN,
    },
)
PERMISSION = Codec(Permission, {"principal": PLAIN, "source_account": PLAIN, "actions": NAMES, "created_at": INSTANT})
AUDIT_REPORT = Codec(
    AuditReport,
    {
        "report_id": PLAIN,
        "status": PLAIN,
        "s3_bucket_name": PLAIN,
        "s3_key": PLAIN,
        "created_at": INSTANT,
        "ready_at": INSTANT,
    },
)
IDEMPOTENCY_TOKEN = Codec(
    IdempotencyToken,
    {
        "account": PLAIN,
        "region": PLAIN,
        "scope": PLAIN,
        "token": PLAIN,
        "result_arn": PLAIN,
        "used_at": INSTANT,
    },
)
REVOCATION = Codec(
    Revocation,
    {"sequence": PLAIN, "serial": SERIAL, "revoked_at": INSTANT, "reason": PLAIN, "not_after": INSTANT},
)
CRL_PARTITION = Codec(
    CrlPartition,
    {
        "partition_id": PLAIN,
        "s3_bucket_name": PLAIN,
        "key": PLAIN,
        "url": PLAIN,
        "certificates": PLAIN,
        "last_expiry": INSTANT,
    },
)
PUBLISHED_CRL = Codec(
    PublishedCrl,
    {
        "crl_id": PLAIN,
        "number": PLAIN,
        "generated_at": INSTANT,
        "next_update": INSTANT,
        "last_sequence": PLAIN,
        "entries": PLAIN,
        "s3_bucket_name": PLAIN,
        "key": PLAIN,
    },
)
EVENT = Codec(Event, {"at": INSTANT, "kind": PLAIN, "result": PLAIN, "detail": PLAIN, "subject": PLAIN})
ACCESS_KEY = Codec(
    AccessKey,
    {
        "access_key_id": PLAIN,
        "sealed_secret": PLAIN,
        "account": PLAIN,
        "created_at": INSTANT,
        "organization_id": PLAIN,
        "organization_path": PLAIN,
    },
)
TRAIL_ENTRY = Codec(
    TrailEntry,
    {
        "chain": PLAIN,
        "at": INSTANT,
        "account": PLAIN,
        "caller": PLAIN,
        "action": PLAIN,
        "resource": PLAIN,
        "request_sha256": SHA256,
        "result_sha256": SHA256,
        "previous_sha256": SHA256,
        "sha256": SHA256,
    },
)
