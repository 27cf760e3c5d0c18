"""What can be written in one transaction, for every store that speaks SQL."""

from datetime import datetime

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
    TrailEntry,
)
from pcacli.engine.store import codec
from pcacli.engine.store import sql_statements as statements
from pcacli.engine.store.codec import Value, encode_instant, encode_serial
from pcacli.engine.store.port import EVENTS_KEPT, AlreadyRevoked, DuplicateSerial, UnknownRecord
from pcacli.engine.store.sql_executor import Executor
from pcacli.engine.store.sql_snapshot import SQLSnapshot


class SQLTransaction(SQLSnapshot):
    """The one writer of a store."""

    def __init__(self, executor: Executor) -> None:
        super().__init__(executor)
        self._trail_heads: dict[str, TrailEntry] = {}

    def trail_head(self, chain: str) -> TrailEntry | None:
        """Return the newest entry of one chain of the audit trail; nobody else appends one meanwhile."""
        return self._trail_heads.get(chain) or super().trail_head(chain)

    def put_authority(self, authority: CertificateAuthority) -> None:
        """Insert the CA, or replace the one with the same ARN (its place in the order stays)."""
        self._executor.change(statements.PUT_AUTHORITY, *authority.arn, *codec.AUTHORITY.encode(authority))

    def remove_authority(self, arn: AuthorityArn) -> None:
        """Remove the CA with everything that belongs to it. The audit trail stays."""
        self._executor.change(statements.REMOVE_AUTHORITY, self._authority_id(arn))
        del self._authority_ids[arn]
        self._executor.change(statements.REMOVE_TOKENS, str(arn))

    def add_certificate(self, certificate: Certificate) -> None:
        """Insert an issued certificate, which is not revoked yet."""
        authority = self._authority_id(certificate.authority)
        number = self._number(statements.CERTIFICATE_COUNT, authority) + 1
        issued = codec.CERTIFICATE.encode(certificate)[: len(statements.ISSUED_COLUMNS)]
        if self._executor.change(statements.ADD_CERTIFICATE, authority, number, *issued) == 0:
            raise DuplicateSerial(f"The CA has already issued the serial number {certificate.serial:x}.")

    def revoke(self, authority: AuthorityArn, serial: int, *, at: datetime, reason: str) -> None:
        """Record the revocation of a certificate: one row, whatever the size."""
        parameters = (encode_instant(at), reason, self._authority_id(authority), encode_serial(serial))
        if self._executor.change(statements.REVOKE, *parameters) > 0:
            return
        if self.certificate(authority, serial) is None:
            raise UnknownRecord(f"The CA issued no certificate with the serial number {serial:x}.")
        raise AlreadyRevoked(f"The certificate with the serial number {serial:x} is revoked already.")

    def put_permission(self, permission: Permission) -> None:
        """Insert a permission, or replace the one of the same principal and source account."""
        self._put_of_authority(statements.PUT_PERMISSION, permission.authority, codec.PERMISSION.encode(permission))

    def remove_permission(self, authority: AuthorityArn, principal: str, source_account: str) -> None:
        """Remove a permission; it is no mistake if there is none."""
        self._executor.change(statements.REMOVE_PERMISSION, self._authority_id(authority), principal, source_account)

    def put_audit_report(self, report: AuditReport) -> None:
        """Insert an audit report, or replace the one of the same id."""
        self._put_of_authority(statements.PUT_AUDIT_REPORT, report.authority, codec.AUDIT_REPORT.encode(report))

    def put_idempotency_token(self, token: IdempotencyToken) -> None:
        """Insert the token, or replace an older one of the same name."""
        self._executor.change(statements.PUT_TOKEN, *codec.IDEMPOTENCY_TOKEN.encode(token))

    def remove_idempotency_tokens(self, *, used_until: datetime, used_after: datetime) -> None:
        """Forget every token that was used at the first instant or before, or later than the second."""
        self._executor.change(statements.REMOVE_TOKENS_OF_TIME, encode_instant(used_until), encode_instant(used_after))

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
        self._executor.change(statements.APPEND_EVENT, authority, *codec.EVENT.encode(event))
        self._executor.change(statements.FORGET_EVENTS, authority, EVENTS_KEPT)

    def append_trail(self, entry: TrailEntry) -> None:
        """Append an entry to its chain of the audit trail."""
        row = self._executor.row(statements.CHAIN_ID, entry.chain)
        if row is None:
            self._executor.change(statements.ADD_CHAIN, entry.chain)
            row = self._executor.row(statements.CHAIN_ID, entry.chain)
        chain = None if row is None else row[0]
        self._executor.change(statements.APPEND_TRAIL, chain, *codec.TRAIL_ENTRY.encode(entry)[1:])
        self._trail_heads[entry.chain] = entry

    def put_access_key(self, access_key: AccessKey) -> None:
        """Insert an access key, or replace the one of the same id (its place in the order stays)."""
        self._executor.change(statements.PUT_ACCESS_KEY, *codec.ACCESS_KEY.encode(access_key))

    def remove_access_key(self, access_key_id: str) -> None:
        """Remove an access key; it is no mistake if there is none."""
        self._executor.change(statements.REMOVE_ACCESS_KEY, access_key_id)

    def put_setting(self, name: str, value: str | None) -> None:
        """Set something for the whole store, in place of what was there; None takes the setting away."""
        if value is None:
            self._executor.change(statements.REMOVE_SETTING, name)
        else:
            self._executor.change(statements.PUT_SETTING, name, value)

    def _put_of_authority(self, statement: str, authority: AuthorityArn, row: tuple[Value, ...]) -> None:
        self._executor.change(statement, self._authority_id(authority), *row)
