"""What can be read of one state of a store that speaks SQL.

A method is a statement and a codec; what may be done when is for the engine to say.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache

from pcacli.api.arns import AuthorityArn
from pcacli.engine.records import (
    AccessKey,
    AuditReport,
    Certificate,
    CertificateAuthority,
    CrlPartition,
    Event,
    IdempotencyToken,
    ListedCertificate,
    Permission,
    PublishedCrl,
    Revocation,
    TrailEntry,
)
from pcacli.engine.store import codec
from pcacli.engine.store import sql_statements as statements
from pcacli.engine.store.codec import Codec, Record, Value, decode_instant, encode_instant, encode_serial
from pcacli.engine.store.port import UnknownRecord
from pcacli.engine.store.sql_executor import Executor, Row

_ARN_LENGTH = len(AuthorityArn._fields)
# The greatest number that every database takes for a limit.
_UNLIMITED = 2**63 - 1


@lru_cache(maxsize=256)
def _authority(row: Row) -> CertificateAuthority:
    """Return the CA of a row. One request reads its CA several times, and the next request the same one."""
    return codec.AUTHORITY.decode(row[_ARN_LENGTH:], AuthorityArn(*row[:_ARN_LENGTH]))


class SQLSnapshot:
    """One committed state of a store, for as long as its block lasts."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._authority_ids: dict[AuthorityArn, int] = {}

    def authority(self, arn: AuthorityArn) -> CertificateAuthority | None:
        """Return one CA, or None if there is none of that ARN."""
        row = self._executor.row(statements.AUTHORITY, *arn)
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
        query = f"{statements.AUTHORITIES} {where} ORDER BY id LIMIT ?"
        rows = self._executor.rows(query, *given.values(), _UNLIMITED if limit is None else limit)
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

    def listed_certificates(self, authority: AuthorityArn) -> Iterator[ListedCertificate]:
        """Yield the same certificates with less of each, which takes a third less time."""
        parameters = (self._find_authority(authority),)
        return self._stream(codec.LISTED_CERTIFICATE, statements.LISTED_IN_ORDER, parameters, authority)

    def certificate_count(self, authority: AuthorityArn) -> int:
        """Return how many certificates a CA issued: the number of the last one, since none is ever taken back."""
        return self._number(statements.CERTIFICATE_COUNT, self._find_authority(authority))

    def permissions(self, authority: AuthorityArn) -> list[Permission]:
        """Return what service principals may do with a CA."""
        rows = self._executor.rows(statements.PERMISSIONS, self._find_authority(authority))
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
        row = self._executor.row(query, *parameters)
        return None if row is None or row[0] is None else decode_instant(row[0])

    def crl_partitions(self, authority: AuthorityArn) -> list[CrlPartition]:
        """Return the partitions of a CA's CRL."""
        rows = self._executor.rows(statements.CRL_PARTITIONS, self._find_authority(authority))
        return list(self._decoded(codec.CRL_PARTITION, rows, authority))

    def published_crl(self, authority: AuthorityArn, crl_id: str) -> PublishedCrl | None:
        """Return what is known of the newest CRL of one scope, or None before the first."""
        parameters = (self._find_authority(authority), crl_id)
        return self._record(codec.PUBLISHED_CRL, statements.PUBLISHED_CRL, parameters, authority)

    def crl_numbers(self) -> dict[str, int]:
        """Return the number of the newest CRL of every scope of all CAs, by `crl_id`."""
        return dict(self._executor.rows(statements.CRL_NUMBERS))

    def published_crls_of_key(self, key: str) -> list[PublishedCrl]:
        """Return the newest CRLs whose place in their bucket is this key."""
        rows = self._executor.rows(statements.PUBLISHED_CRLS_OF_KEY, key)
        return [self._decode(codec.PUBLISHED_CRL, row[_ARN_LENGTH:], AuthorityArn(*row[:_ARN_LENGTH])) for row in rows]

    def events(self, authority: AuthorityArn) -> list[Event]:
        """Return the newest events of a CA, oldest first."""
        rows = self._executor.rows(statements.EVENTS, self._find_authority(authority))
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
        return list(self._decoded(codec.ACCESS_KEY, self._executor.rows(statements.ACCESS_KEYS)))

    def setting(self, name: str) -> str | None:
        """Return what the whole store has been set to under this name, or None."""
        row = self._executor.row(statements.SETTING, name)
        return None if row is None else row[0]

    def storage_problems(self) -> Iterator[str]:
        """Yield what the database itself finds wrong with its pages, indexes and references."""
        return self._executor.storage_problems()

    def _stream(
        self, form: Codec[Record], statement: str, parameters: tuple[Value, ...], *leading: AuthorityArn
    ) -> Iterator[Record]:
        return self._decoded(form, self._executor.stream(statement, *parameters), *leading)

    def _number(self, statement: str, *parameters: Value) -> int:
        row = self._executor.row(statement, *parameters)
        return 0 if row is None else row[0]

    def _narrowed(
        self, query: str, authority: AuthorityArn, wanted: Mapping[str, Value]
    ) -> tuple[str, tuple[Value, ...]]:
        """Return a query about one CA, with those further conditions that have a value, and its parameters."""
        given = {condition: value for condition, value in wanted.items() if value is not None}
        return " AND ".join((query, *given)), (self._find_authority(authority), *given.values())

    def _find_authority(self, arn: AuthorityArn) -> int | None:
        """Return the CA's row number; None, which equals nothing in SQL, if there is no such CA."""
        found = self._authority_ids.get(arn)
        if found is None and (row := self._executor.row(statements.AUTHORITY_ID, *arn)):
            found = self._authority_ids[arn] = row[0]
        return found

    def _authority_id(self, arn: AuthorityArn) -> int:
        found = self._find_authority(arn)
        if found is None:
            raise UnknownRecord(f"There is no CA {arn}.")
        return found

    def _decoded_authority(self, row: Row) -> CertificateAuthority:
        try:
            return _authority(row)
        except (ValueError, TypeError, OverflowError) as error:
            raise self._executor.unreadable(error) from error

    def _record(
        self, form: Codec[Record], statement: str, parameters: tuple[Value, ...], *leading: AuthorityArn
    ) -> Record | None:
        row = self._executor.row(statement, *parameters)
        return None if row is None else self._decode(form, row, *leading)

    def _decoded(self, form: Codec[Record], rows: Iterable[Row], *leading: AuthorityArn) -> Iterator[Record]:
        decode = form.decode
        try:
            for row in rows:
                yield decode(row, *leading)
        except (ValueError, TypeError, OverflowError) as error:
            raise self._executor.unreadable(error) from error

    def _decode(self, form: Codec[Record], row: Row, *leading: AuthorityArn) -> Record:
        try:
            return form.decode(row, *leading)
        except (ValueError, TypeError, OverflowError) as error:
            raise self._executor.unreadable(error) from error
