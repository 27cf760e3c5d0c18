"""What can be read and written in one transaction of a SQLite store.

A method is a statement and a codec; what may be done when is for the engine to say.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from pcacli.api.arns import AuthorityArn
from pcacli.engine.records import (
    AccessKey,
    AuditReport,
    Certificate,
    CertificateAuthority,
    CrlPartition,
    Event,
    IdempotencyToken,
    Permission,
    PublishedCrl,
    Revocation,
    TrailEntry,
)
from pcacli.engine.store import codec
from pcacli.engine.store import sqlite_statements as statements
from pcacli.engine.store.codec import Codec, Record, Value, decode_instant, encode_instant, encode_serial
from pcacli.engine.store.port import EVENTS_KEPT, AlreadyRevoked, DuplicateSerial, UnknownRecord
from pcacli.engine.store.sqlite_errors import SQLiteProblems
from pcacli.errors import DamagedStore

_ARN_LENGTH = len(AuthorityArn._fields)


@lru_cache(maxsize=256)
def _authority(row: tuple[Any, ...]) -> CertificateAuthority:
    """Return the CA of a row. One request reads its CA several times, and the next request the same one."""
    return codec.AUTHORITY.decode(row[_ARN_LENGTH:], AuthorityArn(*row[:_ARN_LENGTH]))


class SQLiteSnapshot:
    """One committed state of a SQLite store, for as long as its block lasts."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection: sqlite3.Connection | None = connection
        self._path = path
        self._streams: list[sqlite3.Cursor] = []

    def end(self) -> None:
        """Make the snapshot, and every iterator that came from it, unusable."""
        self._connection = None
        for cursor in self._streams:
            cursor.close()

    def authority(self, arn: AuthorityArn) -> CertificateAuthority | None:
        """Return one CA, or None if there is none of that ARN."""
        row = self._row(statements.AUTHORITY, *arn)
        return None if row is None else self._decoded_authority(row)

    def authorities(
        self,
        account: str | None = None,
        region: str | None = None,
        *,
        after: AuthorityArn | None = None,
        limit: int | None = None,
    ) -> list[CertificateAuthority]:
        """Return at most `limit` CAs of one account and region (None: of all); `after` continues behind that CA."""
        behind = None if after is None else self._authority_id(after)
        wanted = {"account = ?": account, "region = ?": region, "id > ?": behind}
        given = {condition: value for condition, value in wanted.items() if value is not None}
        where = f"WHERE {' AND '.join(given)}" if given else ""
        rows = self._execute(
            f"{statements.AUTHORITIES} {where} ORDER BY id LIMIT ?", *given.values(), -1 if limit is None else limit
        )
        return [self._decoded_authority(row) for row in rows]

    def authority_count(self, account: str, region: str, *, at: datetime) -> int:
        """Return how many CAs are there at an instant; a deleted one is there until its window is over."""
        return self._number(statements.AUTHORITY_COUNT, account, region, encode_instant(at))

    def certificate(self, authority: AuthorityArn, serial: int) -> Certificate | None:
        """Return one certificate that the CA issued, or None."""
        parameters = (self._find_authority(authority), encode_serial(serial))
        return self._record(codec.CERTIFICATE, statements.CERTIFICATE, parameters, authority)

    def certificates(self, authority: AuthorityArn) -> Iterator[Certificate]:
        """Yield every certificate that a CA issued, in bounded memory."""
        parameters = (self._find_authority(authority),)
        return self._stream(codec.CERTIFICATE, statements.CERTIFICATES_IN_ORDER, parameters, authority)

    def certificate_count(self, authority: AuthorityArn) -> int:
        """Return how many certificates a CA issued: the number of the last one, since none is ever taken back."""
        return self._number(statements.CERTIFICATE_COUNT, self._find_authority(authority))

    def permissions(self, authority: AuthorityArn) -> list[Permission]:
        """Return what service principals may do with a CA."""
        rows = self._execute(statements.PERMISSIONS, self._find_authority(authority))
        return list(self._decoded(codec.PERMISSION, rows, authority))

    def audit_report(self, authority: AuthorityArn, report_id: str) -> AuditReport | None:
        """Return one audit report of a CA, or None."""
        parameters = (self._find_authority(authority), report_id)
        return self._record(codec.AUDIT_REPORT, statements.AUDIT_REPORT, parameters, authority)

    def newest_audit_report(self, authority: AuthorityArn) -> AuditReport | None:
        """Return the audit report of a CA that was asked for last, or None."""
        parameters = (self._find_authority(authority),)
        return self._record(codec.AUDIT_REPORT, statements.NEWEST_AUDIT_REPORT, parameters, authority)

    def idempotency_token(self, account: str, region: str, scope: str, token: str) -> IdempotencyToken | None:
        """Return the newest use of a token, or None; whether it still counts is for the caller to say."""
        return self._record(codec.IDEMPOTENCY_TOKEN, statements.TOKEN, (account, region, scope, token))

    def revocations(
        self, authority: AuthorityArn, *, expiring_after: datetime | None, partition: str | None = None
    ) -> Iterator[Revocation]:
        """Yield, in order, the revoked certificates whose notAfter is later than the instant (None: all of them)."""
        end = None if expiring_after is None else encode_instant(expiring_after)
        # The plus keeps SQLite from reading by `not_after` and sorting afterwards (SQLite, "Query Planning").
        wanted = {"crl_partition = ?": partition, "+not_after > ?": end}
        query, parameters = self._narrowed(statements.REVOCATIONS, authority, wanted)
        return self._stream(codec.REVOCATION, f"{query} ORDER BY sequence", parameters)

    def revocation_count(self, authority: AuthorityArn) -> int:
        """Return how many certificates of a CA are revoked; it takes time in proportion to the number."""
        return self._number(statements.REVOCATION_COUNT, self._find_authority(authority))

    def last_revocation_sequence(self, authority: AuthorityArn, *, partition: str | None = None) -> int:
        """Return the sequence of the newest revocation, 0 if there is none."""
        query, parameters = self._narrowed(statements.LAST_SEQUENCE, authority, {"crl_partition = ?": partition})
        return self._number(query, *parameters)

    def earliest_revoked_expiry(
        self, authority: AuthorityArn, *, after: datetime, partition: str | None = None
    ) -> datetime | None:
        """Return the earliest notAfter later than the instant among the revoked certificates."""
        wanted = {"crl_partition = ?": partition, "not_after > ?": encode_instant(after)}
        query, parameters = self._narrowed(statements.EARLIEST_END, authority, wanted)
        row = self._row(query, *parameters)
        return None if row is None or row[0] is None else decode_instant(row[0])

    def crl_partitions(self, authority: AuthorityArn) -> list[CrlPartition]:
        """Return the partitions of a CA's CRL."""
        rows = self._execute(statements.CRL_PARTITIONS, self._find_authority(authority))
        return list(self._decoded(codec.CRL_PARTITION, rows, authority))

    def published_crl(self, authority: AuthorityArn, crl_id: str) -> PublishedCrl | None:
        """Return what is known of the newest CRL of one scope, or None before the first."""
        parameters = (self._find_authority(authority), crl_id)
        return self._record(codec.PUBLISHED_CRL, statements.PUBLISHED_CRL, parameters, authority)

    def published_crls_of_key(self, key: str) -> list[PublishedCrl]:
        """Return the newest CRLs whose place in their bucket is this key."""
        rows = self._execute(statements.PUBLISHED_CRLS_OF_KEY, key).fetchall()
        return [self._decode(codec.PUBLISHED_CRL, row[_ARN_LENGTH:], AuthorityArn(*row[:_ARN_LENGTH])) for row in rows]

    def events(self, authority: AuthorityArn) -> list[Event]:
        """Return the newest events of a CA, oldest first."""
        rows = self._execute(statements.EVENTS, self._find_authority(authority))
        return list(self._decoded(codec.EVENT, rows, authority))

    def trail_head(self, chain: str) -> TrailEntry | None:
        """Return the newest entry of one chain of the audit trail."""
        return self._record(codec.TRAIL_ENTRY, statements.TRAIL_HEAD, (chain,))

    def trail(self, chain: str | None = None) -> Iterator[TrailEntry]:
        """Yield the audit trail, oldest first, of one chain or of all."""
        if chain is None:
            return self._stream(codec.TRAIL_ENTRY, statements.TRAIL, ())
        return self._stream(codec.TRAIL_ENTRY, statements.TRAIL_OF_CHAIN, (chain,))

    def access_key(self, access_key_id: str) -> AccessKey | None:
        """Return one access key, or None."""
        return self._record(codec.ACCESS_KEY, statements.ACCESS_KEY, (access_key_id,))

    def access_keys(self) -> list[AccessKey]:
        """Return every access key."""
        return list(self._decoded(codec.ACCESS_KEY, self._execute(statements.ACCESS_KEYS)))

    def setting(self, name: str) -> str | None:
        """Return what the whole store has been set to under this name, or None."""
        row = self._row(statements.SETTING, name)
        return None if row is None else row[0]

    def _execute(self, statement: str, *parameters: Value) -> sqlite3.Cursor:
        if self._connection is None:
            raise RuntimeError("The transaction has ended.")
        with SQLiteProblems(self._path):
            return self._connection.execute(statement, parameters)

    def _stream(
        self, form: Codec[Record], statement: str, parameters: tuple[Value, ...], *leading: AuthorityArn
    ) -> Iterator[Record]:
        cursor = self._execute(statement, *parameters)
        self._streams.append(cursor)
        return self._decoded(form, cursor, *leading)

    def _row(self, statement: str, *parameters: Value) -> tuple[Any, ...] | None:
        with SQLiteProblems(self._path):
            row: tuple[Any, ...] | None = self._execute(statement, *parameters).fetchone()
        return row

    def _number(self, statement: str, *parameters: Value) -> int:
        row = self._row(statement, *parameters)
        return 0 if row is None else row[0]

    def _narrowed(
        self, query: str, authority: AuthorityArn, wanted: Mapping[str, Value]
    ) -> tuple[str, tuple[Value, ...]]:
        """Return a query about one CA, with those further conditions that have a value, and its parameters."""
        given = {condition: value for condition, value in wanted.items() if value is not None}
        return " AND ".join((query, *given)), (self._find_authority(authority), *given.values())

    def _find_authority(self, arn: AuthorityArn) -> int | None:
        """Return the CA's row number; None, which equals nothing in SQL, if there is no such CA."""
        row = self._row(statements.AUTHORITY_ID, *arn)
        return None if row is None else row[0]

    def _authority_id(self, arn: AuthorityArn) -> int:
        found = self._find_authority(arn)
        if found is None:
            raise UnknownRecord(f"There is no CA {arn}.")
        return found

    def _decoded_authority(self, row: tuple[Any, ...]) -> CertificateAuthority:
        try:
            return _authority(row)
        except (ValueError, TypeError, OverflowError) as error:
            raise self._unreadable(error) from error

    def _record(
        self, form: Codec[Record], statement: str, parameters: tuple[Value, ...], *leading: AuthorityArn
    ) -> Record | None:
        row = self._row(statement, *parameters)
        return None if row is None else self._decode(form, row, *leading)

    def _decoded(self, form: Codec[Record], rows: sqlite3.Cursor, *leading: AuthorityArn) -> Iterator[Record]:
        with SQLiteProblems(self._path):
            for row in rows:
                yield self._decode(form, row, *leading)

    def _decode(self, form: Codec[Record], row: tuple[Any, ...], *leading: AuthorityArn) -> Record:
        try:
            return form.decode(row, *leading)
        except (ValueError, TypeError, OverflowError) as error:
            raise self._unreadable(error) from error

    def _unreadable(self, error: Exception) -> DamagedStore:
        return DamagedStore(f"{self._path} is damaged: a record in it cannot be read ({error}).")


class SQLiteTransaction(SQLiteSnapshot):
    """The one writer of a SQLite store."""

    def put_authority(self, authority: CertificateAuthority) -> None:
        """Insert the CA, or replace the one with the same ARN (its place in the order stays)."""
        self._execute(statements.PUT_AUTHORITY, *authority.arn, *codec.AUTHORITY.encode(authority))

    def remove_authority(self, arn: AuthorityArn) -> None:
        """Remove the CA with everything that belongs to it. The audit trail stays."""
        self._execute(statements.REMOVE_AUTHORITY, self._authority_id(arn))
        self._execute(statements.REMOVE_TOKENS, str(arn))

    def add_certificate(self, certificate: Certificate) -> None:
        """Insert an issued certificate, which is not revoked yet."""
        authority = self._authority_id(certificate.authority)
        number = self._number(statements.CERTIFICATE_COUNT, authority) + 1
        issued = codec.CERTIFICATE.encode(certificate)[: len(statements.ISSUED_COLUMNS)]
        if self._execute(statements.ADD_CERTIFICATE, authority, number, *issued).rowcount == 0:
            raise DuplicateSerial(f"The CA has already issued the serial number {certificate.serial:x}.")

    def revoke(self, authority: AuthorityArn, serial: int, *, at: datetime, reason: str) -> None:
        """Record the revocation of a certificate: one row, whatever the size."""
        parameters = (encode_instant(at), reason, self._authority_id(authority), encode_serial(serial))
        if self._execute(statements.REVOKE, *parameters).rowcount > 0:
            return
        if self.certificate(authority, serial) is None:
            raise UnknownRecord(f"The CA issued no certificate with the serial number {serial:x}.")
        raise AlreadyRevoked(f"The certificate with the serial number {serial:x} is revoked already.")

    def put_permission(self, permission: Permission) -> None:
        """Insert a permission, or replace the one of the same principal and source account."""
        self._put_of_authority(statements.PUT_PERMISSION, permission.authority, codec.PERMISSION.encode(permission))

    def remove_permission(self, authority: AuthorityArn, principal: str, source_account: str) -> None:
        """Remove a permission; it is no mistake if there is none."""
        self._execute(statements.REMOVE_PERMISSION, self._authority_id(authority), principal, source_account)

    def put_audit_report(self, report: AuditReport) -> None:
        """Insert an audit report, or replace the one of the same id."""
        self._put_of_authority(statements.PUT_AUDIT_REPORT, report.authority, codec.AUDIT_REPORT.encode(report))

    def put_idempotency_token(self, token: IdempotencyToken) -> None:
        """Insert the token, or replace an older one of the same name."""
        self._execute(statements.PUT_TOKEN, *codec.IDEMPOTENCY_TOKEN.encode(token))

    def put_crl_partition(self, partition: CrlPartition) -> None:
        """Insert a partition, or replace the one of the same id (its place in the order stays)."""
        row = codec.CRL_PARTITION.encode(partition)
        self._put_of_authority(statements.PUT_CRL_PARTITION, partition.authority, row)

    def put_published_crl(self, crl: PublishedCrl) -> None:
        """Remember the newest CRL of one scope in place of the one before."""
        self._put_of_authority(statements.PUT_PUBLISHED_CRL, crl.authority, codec.PUBLISHED_CRL.encode(crl))

    def append_event(self, event: Event) -> None:
        """Append an event of a CA and forget its oldest one beyond EVENTS_KEPT."""
        authority = self._authority_id(event.authority)
        self._execute(statements.APPEND_EVENT, authority, *codec.EVENT.encode(event))
        self._execute(statements.FORGET_EVENTS, authority, EVENTS_KEPT)

    def append_trail(self, entry: TrailEntry) -> None:
        """Append an entry to its chain of the audit trail."""
        row = self._row(statements.CHAIN_ID, entry.chain)
        chain = self._execute(statements.ADD_CHAIN, entry.chain).lastrowid if row is None else row[0]
        self._execute(statements.APPEND_TRAIL, chain, *codec.TRAIL_ENTRY.encode(entry)[1:])

    def put_access_key(self, access_key: AccessKey) -> None:
        """Insert an access key, or replace the one of the same id (its place in the order stays)."""
        self._execute(statements.PUT_ACCESS_KEY, *codec.ACCESS_KEY.encode(access_key))

    def remove_access_key(self, access_key_id: str) -> None:
        """Remove an access key; it is no mistake if there is none."""
        self._execute(statements.REMOVE_ACCESS_KEY, access_key_id)

    def put_setting(self, name: str, value: str | None) -> None:
        """Set something for the whole store, in place of what was there; None takes the setting away."""
        if value is None:
            self._execute(statements.REMOVE_SETTING, name)
        else:
            self._execute(statements.PUT_SETTING, name, value)

    def _put_of_authority(self, statement: str, authority: AuthorityArn, row: tuple[Value, ...]) -> None:
        self._execute(statement, self._authority_id(authority), *row)
