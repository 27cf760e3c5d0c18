"""What can be read and written in one transaction of a SQLite store.

A method is a statement and a codec; what may be done when is for the engine to say.
"""

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from pcacli.api.arns import AuthorityArn
from pcacli.engine.records import (
    AuditReport,
    Certificate,
    CertificateAuthority,
    IdempotencyToken,
    Permission,
    PublishedCrl,
    Revocation,
    TrailEntry,
)
from pcacli.engine.store import codec
from pcacli.engine.store import sqlite_statements as statements
from pcacli.engine.store.codec import Codec, Record, Value, decode_instant, encode_instant, encode_serial
from pcacli.engine.store.port import AlreadyRevoked, DuplicateSerial, UnknownRecord
from pcacli.engine.store.sqlite_errors import sqlite_problems
from pcacli.errors import DamagedStore

_ARN_LENGTH = len(AuthorityArn._fields)


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

    def idempotency_token(self, account: str, region: str, scope: str, token: str) -> IdempotencyToken | None:
        """Return the newest use of a token, or None; whether it still counts is for the caller to say."""
        return self._record(codec.IDEMPOTENCY_TOKEN, statements.TOKEN, (account, region, scope, token))

    def revocations(self, authority: AuthorityArn, *, expiring_after: datetime | None) -> list[Revocation]:
        """Return the revoked certificates of a CA whose notAfter is later than the instant (None: all of them)."""
        found = self._find_authority(authority)
        if expiring_after is None:
            rows = self._execute(statements.REVOCATIONS, found)
        else:
            rows = self._execute(statements.REVOCATIONS_EXPIRING_AFTER, found, encode_instant(expiring_after))
        return list(self._decoded(codec.REVOCATION, rows))

    def last_revocation_sequence(self, authority: AuthorityArn) -> int:
        """Return the sequence of the CA's newest revocation, 0 if it has none."""
        return self._number(statements.LAST_SEQUENCE, self._find_authority(authority))

    def earliest_revoked_expiry(self, authority: AuthorityArn, *, after: datetime) -> datetime | None:
        """Return the earliest notAfter later than the instant among the CA's revoked certificates."""
        row = self._row(statements.EARLIEST_END, self._find_authority(authority), encode_instant(after))
        return None if row is None or row[0] is None else decode_instant(row[0])

    def published_crl(self, authority: AuthorityArn) -> PublishedCrl | None:
        """Return what is known of a CA's newest CRL, or None before the first."""
        parameters = (self._find_authority(authority),)
        return self._record(codec.PUBLISHED_CRL, statements.PUBLISHED_CRL, parameters, authority)

    def trail_head(self, chain: str) -> TrailEntry | None:
        """Return the newest entry of one chain of the audit trail."""
        return self._record(codec.TRAIL_ENTRY, statements.TRAIL_HEAD, (chain,))

    def trail(self, chain: str | None = None) -> Iterator[TrailEntry]:
        """Yield the audit trail, oldest first, of one chain or of all."""
        if chain is None:
            return self._stream(codec.TRAIL_ENTRY, statements.TRAIL, ())
        return self._stream(codec.TRAIL_ENTRY, statements.TRAIL_OF_CHAIN, (chain,))

    def _execute(self, statement: str, *parameters: Value) -> sqlite3.Cursor:
        if self._connection is None:
            raise RuntimeError("The transaction has ended.")
        with sqlite_problems(self._path):
            return self._connection.execute(statement, parameters)

    def _stream(
        self, form: Codec[Record], statement: str, parameters: tuple[Value, ...], *leading: AuthorityArn
    ) -> Iterator[Record]:
        cursor = self._execute(statement, *parameters)
        self._streams.append(cursor)
        return self._decoded(form, cursor, *leading)

    def _row(self, statement: str, *parameters: Value) -> tuple[Any, ...] | None:
        with sqlite_problems(self._path):
            row: tuple[Any, ...] | None = self._execute(statement, *parameters).fetchone()
        return row

    def _number(self, statement: str, *parameters: Value) -> int:
        row = self._row(statement, *parameters)
        return 0 if row is None else row[0]

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
        arn = AuthorityArn(*row[:_ARN_LENGTH])
        return self._decode(codec.AUTHORITY, row[_ARN_LENGTH:], arn)

    def _record(
        self, form: Codec[Record], statement: str, parameters: tuple[Value, ...], *leading: AuthorityArn
    ) -> Record | None:
        row = self._row(statement, *parameters)
        return None if row is None else self._decode(form, row, *leading)

    def _decoded(self, form: Codec[Record], rows: sqlite3.Cursor, *leading: AuthorityArn) -> Iterator[Record]:
        with sqlite_problems(self._path):
            for row in rows:
                yield self._decode(form, row, *leading)

    def _decode(self, form: Codec[Record], row: tuple[Any, ...], *leading: AuthorityArn) -> Record:
        try:
            return form.decode(row, *leading)
        except (ValueError, TypeError, OverflowError) as error:
            raise DamagedStore(f"{self._path} is damaged: a record in it cannot be read ({error}).") from error


class SQLiteTransaction(SQLiteSnapshot):
    """The one writer of a SQLite store."""

    def put_authority(self, authority: CertificateAuthority) -> None:
        """Insert the CA, or replace the one with the same ARN (its place in the order stays)."""
        self._execute(statements.PUT_AUTHORITY, *authority.arn, *codec.AUTHORITY.encode(authority))

    def remove_authority(self, arn: AuthorityArn) -> None:
        """Remove the CA with its certificates, permissions, reports, tokens and CRL. The audit trail stays."""
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

    def put_published_crl(self, crl: PublishedCrl) -> None:
        """Remember a CA's newest CRL in place of the one before."""
        self._put_of_authority(statements.PUT_PUBLISHED_CRL, crl.authority, codec.PUBLISHED_CRL.encode(crl))

    def append_trail(self, entry: TrailEntry) -> None:
        """Append an entry to its chain of the audit trail."""
        row = self._row(statements.CHAIN_ID, entry.chain)
        chain = self._execute(statements.ADD_CHAIN, entry.chain).lastrowid if row is None else row[0]
        self._execute(statements.APPEND_TRAIL, chain, *codec.TRAIL_ENTRY.encode(entry)[1:])

    def _put_of_authority(self, statement: str, authority: AuthorityArn, row: tuple[Value, ...]) -> None:
        self._execute(statement, self._authority_id(authority), *row)
