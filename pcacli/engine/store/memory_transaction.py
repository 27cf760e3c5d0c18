"""What can be written into a state of a store in memory."""

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
    Revocation,
    TrailEntry,
)
from pcacli.engine.store.memory_snapshot import MemorySnapshot
from pcacli.engine.store.memory_state import Belongings
from pcacli.engine.store.port import EVENTS_KEPT, AlreadyRevoked, DuplicateSerial, UnknownRecord


class MemoryTransaction(MemorySnapshot):
    """The one writer of the store, on a state of its own."""

    def put_authority(self, authority: CertificateAuthority) -> None:
        """Insert the CA, or replace the one with the same ARN (its place in the order stays)."""
        self._state.authorities[authority.arn] = authority
        self._state.belongings.setdefault(authority.arn, Belongings())

    def remove_authority(self, arn: AuthorityArn) -> None:
        """Remove the CA with everything that belongs to it. The audit trail stays."""
        self._require(arn)
        del self._state.authorities[arn]
        del self._state.belongings[arn]
        own = f"{arn}/"
        self._state.tokens = {
            key: token for key, token in self._state.tokens.items() if not f"{token.result_arn}/".startswith(own)
        }

    def add_certificate(self, certificate: Certificate) -> None:
        """Insert an issued certificate, which is not revoked yet."""
        certificates = self._require(certificate.authority).certificates
        if certificate.serial in certificates:
            raise DuplicateSerial(f"The CA has already issued the serial number {certificate.serial:x}.")
        certificates[certificate.serial] = certificate

    def revoke(self, authority: AuthorityArn, serial: int, *, at: datetime, reason: str) -> None:
        """Record the revocation of a certificate: one row, whatever the size."""
        belongings = self._require(authority)
        certificate = belongings.certificates.get(serial)
        if certificate is None:
            raise UnknownRecord(f"The CA issued no certificate with the serial number {serial:x}.")
        if certificate.revoked_at is not None:
            raise AlreadyRevoked(f"The certificate with the serial number {serial:x} is revoked already.")
        self._state.last_sequence += 1
        belongings.revocations.append(Revocation(self._state.last_sequence, serial, at, reason, certificate.not_after))
        belongings.certificates[serial] = certificate._replace(revoked_at=at, revocation_reason=reason)

    def put_permission(self, permission: Permission) -> None:
        """Insert a permission, or replace the one of the same principal and source account."""
        key = (permission.principal, permission.source_account)
        self._require(permission.authority).permissions[key] = permission

    def remove_permission(self, authority: AuthorityArn, principal: str, source_account: str) -> None:
        """Remove a permission; it is no mistake if there is none."""
        self._require(authority).permissions.pop((principal, source_account), None)

    def put_audit_report(self, report: AuditReport) -> None:
        """Insert an audit report, or replace the one of the same id."""
        self._require(report.authority).audit_reports[report.report_id] = report

    def put_idempotency_token(self, token: IdempotencyToken) -> None:
        """Insert the token, or replace an older one of the same name."""
        self._state.tokens[token.account, token.region, token.scope, token.token] = token

    def remove_idempotency_tokens(self, *, used_until: datetime, used_after: datetime) -> None:
        """Forget every token that was used at the first instant or before, or later than the second."""
        tokens = self._state.tokens.items()
        self._state.tokens = {key: token for key, token in tokens if used_until < token.used_at <= used_after}

    def put_crl_partition(self, partition: CrlPartition) -> None:
        """Insert a partition, or replace the one of the same id (its place in the order stays)."""
        self._require(partition.authority).crl_partitions[partition.partition_id] = partition

    def put_published_crl(self, crl: PublishedCrl) -> None:
        """Remember the newest CRL of one scope in place of the one before."""
        self._require(crl.authority).crls[crl.crl_id] = crl

    def append_event(self, event: Event) -> None:
        """Append an event of a CA and forget its oldest one beyond EVENTS_KEPT."""
        belongings = self._require(event.authority)
        belongings.events = [*belongings.events, event][-EVENTS_KEPT:]

    def append_trail(self, entry: TrailEntry) -> None:
        """Append an entry to its chain of the audit trail."""
        self._state.trail.append(entry)

    def put_access_key(self, access_key: AccessKey) -> None:
        """Insert an access key, or replace the one of the same id (its place in the order stays)."""
        self._state.access_keys[access_key.access_key_id] = access_key

    def remove_access_key(self, access_key_id: str) -> None:
        """Remove an access key; it is no mistake if there is none."""
        self._state.access_keys.pop(access_key_id, None)

    def put_setting(self, name: str, value: str | None) -> None:
        """Set something for the whole store, in place of what was there; None takes the setting away."""
        if value is None:
            self._state.settings.pop(name, None)
        else:
            self._state.settings[name] = value
