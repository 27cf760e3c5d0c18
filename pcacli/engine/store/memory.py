"""The store in memory: for tests and for stores that need not outlive their process.

The same contract as `sqlite.py`. A committed state is never changed: a writer works on a copy of the tables (not of
the frozen records in them), which becomes the state when its block ends. So beginning to write costs time in
proportion to what is stored, which is fine up to some thousands of certificates.
"""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import TypeVar

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
from pcacli.engine.store.port import EVENTS_KEPT, AlreadyRevoked, DuplicateSerial, UnknownRecord


@dataclass
class _Belongings:
    """What belongs to one CA and goes away with it."""

    certificates: dict[int, Certificate] = field(default_factory=dict)
    permissions: dict[tuple[str, str], Permission] = field(default_factory=dict)
    audit_reports: dict[str, AuditReport] = field(default_factory=dict)
    revocations: list[Revocation] = field(default_factory=list)
    crl_partitions: dict[str, CrlPartition] = field(default_factory=dict)
    crls: dict[str, PublishedCrl] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)

    def copy(self) -> "_Belongings":
        return _Belongings(**{one.name: copy(getattr(self, one.name)) for one in fields(self)})


_NOTHING = _Belongings()


@dataclass
class _State:
    """Everything that the store holds at one time."""

    authorities: dict[AuthorityArn, CertificateAuthority] = field(default_factory=dict)
    belongings: dict[AuthorityArn, _Belongings] = field(default_factory=dict)
    tokens: dict[tuple[str, str, str, str], IdempotencyToken] = field(default_factory=dict)
    trail: list[TrailEntry] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)
    access_keys: dict[str, AccessKey] = field(default_factory=dict)
    last_sequence: int = 0

    def copy(self) -> "_State":
        belongings = {arn: belongings.copy() for arn, belongings in self.belongings.items()}
        return _State(
            dict(self.authorities),
            belongings,
            dict(self.tokens),
            list(self.trail),
            dict(self.settings),
            dict(self.access_keys),
            self.last_sequence,
        )


_Record = TypeVar("_Record")


class MemorySnapshot:
    """One committed state of the store, for as long as its block lasts."""

    def __init__(self, state: _State) -> None:
        self._open_state: _State | None = state

    def end(self) -> None:
        """Make the snapshot, and every iterator that came from it, unusable."""
        self._open_state = None

    def authority(self, arn: AuthorityArn) -> CertificateAuthority | None:
        """Return one CA, or None if there is none of that ARN."""
        return self._state.authorities.get(arn)

    def authorities(
        self,
        account: str | None = None,
        region: str | None = None,
        *,
        after: AuthorityArn | None = None,
        limit: int | None = None,
    ) -> list[CertificateAuthority]:
        """Return at most `limit` CAs of one account and region (None: of all); `after` continues behind that CA."""
        everything = list(self._state.authorities)
        if after is not None:
            self._require(after)
            everything = everything[everything.index(after) + 1 :]
        wanted = [arn for arn in everything if account in (None, arn.account) and region in (None, arn.region)]
        return [self._state.authorities[arn] for arn in wanted[:limit]]

    def authority_count(self, account: str, region: str, *, at: datetime) -> int:
        """Return how many CAs are there at an instant; a deleted one is there until its window is over."""
        ends = [authority.restorable_until for authority in self.authorities(account, region)]
        return sum(end is None or end > at for end in ends)

    def certificate(self, authority: AuthorityArn, serial: int) -> Certificate | None:
        """Return one certificate that the CA issued, or None."""
        return self._of(authority).certificates.get(serial)

    def certificates(self, authority: AuthorityArn) -> Iterator[Certificate]:
        """Yield every certificate that a CA issued, in bounded memory."""
        return self._while_open(list(self._of(authority).certificates.values()))

    def certificate_count(self, authority: AuthorityArn) -> int:
        """Return how many certificates a CA issued."""
        return len(self._of(authority).certificates)

    def permissions(self, authority: AuthorityArn) -> list[Permission]:
        """Return what service principals may do with a CA."""
        return list(self._of(authority).permissions.values())

    def audit_report(self, authority: AuthorityArn, report_id: str) -> AuditReport | None:
        """Return one audit report of a CA, or None."""
        return self._of(authority).audit_reports.get(report_id)

    def newest_audit_report(self, authority: AuthorityArn) -> AuditReport | None:
        """Return the audit report of a CA that was asked for last, or None."""
        return next(reversed(self._of(authority).audit_reports.values()), None)

    def idempotency_token(self, account: str, region: str, scope: str, token: str) -> IdempotencyToken | None:
        """Return the newest use of a token, or None; whether it still counts is for the caller to say."""
        return self._state.tokens.get((account, region, scope, token))

    def revocations(
        self, authority: AuthorityArn, *, expiring_after: datetime | None, partition: str | None = None
    ) -> Iterator[Revocation]:
        """Yield, in order, the revoked certificates whose notAfter is later than the instant (None: all of them)."""
        revocations = self._revocations(authority, partition)
        return self._while_open(one for one in revocations if expiring_after is None or one.not_after > expiring_after)

    def revocation_count(self, authority: AuthorityArn) -> int:
        """Return how many certificates of a CA are revoked; it takes time in proportion to the number."""
        return len(self._of(authority).revocations)

    def last_revocation_sequence(self, authority: AuthorityArn, *, partition: str | None = None) -> int:
        """Return the sequence of the newest revocation, 0 if there is none."""
        return max((revocation.sequence for revocation in self._revocations(authority, partition)), default=0)

    def earliest_revoked_expiry(
        self, authority: AuthorityArn, *, after: datetime, partition: str | None = None
    ) -> datetime | None:
        """Return the earliest notAfter later than the instant among the revoked certificates."""
        later = self.revocations(authority, expiring_after=after, partition=partition)
        return min((revocation.not_after for revocation in later), default=None)

    def crl_partitions(self, authority: AuthorityArn) -> list[CrlPartition]:
        """Return the partitions of a CA's CRL."""
        return list(self._of(authority).crl_partitions.values())

    def published_crl(self, authority: AuthorityArn, crl_id: str) -> PublishedCrl | None:
        """Return what is known of the newest CRL of one scope, or None before the first."""
        return self._of(authority).crls.get(crl_id)

    def published_crls_of_key(self, key: str) -> list[PublishedCrl]:
        """Return the newest CRLs whose place in their bucket is this key."""
        everything = (crl for arn in self._state.authorities for crl in self._of(arn).crls.values())
        return [crl for crl in everything if crl.key == key]

    def events(self, authority: AuthorityArn) -> list[Event]:
        """Return the newest events of a CA, oldest first."""
        return list(self._of(authority).events)

    def trail_head(self, chain: str) -> TrailEntry | None:
        """Return the newest entry of one chain of the audit trail."""
        return next((entry for entry in reversed(self._state.trail) if entry.chain == chain), None)

    def trail(self, chain: str | None = None) -> Iterator[TrailEntry]:
        """Yield the audit trail, oldest first, of one chain or of all."""
        return self._while_open([entry for entry in self._state.trail if chain in (None, entry.chain)])

    def access_key(self, access_key_id: str) -> AccessKey | None:
        """Return one access key, or None."""
        return self._state.access_keys.get(access_key_id)

    def access_keys(self) -> list[AccessKey]:
        """Return every access key."""
        return list(self._state.access_keys.values())

    def setting(self, name: str) -> str | None:
        """Return what the whole store has been set to under this name, or None."""
        return self._state.settings.get(name)

    def storage_problems(self) -> Iterator[str]:
        """Yield nothing: no database stands behind this store."""
        return self._while_open(())

    @property
    def _state(self) -> _State:
        if self._open_state is None:
            raise RuntimeError("The transaction has ended.")
        return self._open_state

    def _of(self, authority: AuthorityArn) -> _Belongings:
        return self._state.belongings.get(authority, _NOTHING)

    def _revocations(self, authority: AuthorityArn, partition: str | None) -> list[Revocation]:
        of_authority = self._of(authority)
        return [
            one
            for one in of_authority.revocations
            if partition in (None, of_authority.certificates[one.serial].crl_partition)
        ]

    def _require(self, authority: AuthorityArn) -> _Belongings:
        if authority not in self._state.belongings:
            raise UnknownRecord(f"There is no CA {authority}.")
        return self._state.belongings[authority]

    def _while_open(self, records: Iterable[_Record]) -> Iterator[_Record]:
        for record in records:
            if self._open_state is None:
                raise RuntimeError("The transaction has ended.")
            yield record


class MemoryTransaction(MemorySnapshot):
    """The one writer of the store, on a state of its own."""

    def put_authority(self, authority: CertificateAuthority) -> None:
        """Insert the CA, or replace the one with the same ARN (its place in the order stays)."""
        self._state.authorities[authority.arn] = authority
        self._state.belongings.setdefault(authority.arn, _Belongings())

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

    def remove_idempotency_tokens(self, *, used_until: datetime) -> None:
        """Forget every token that was used at the instant or before."""
        self._state.tokens = {key: token for key, token in self._state.tokens.items() if token.used_at > used_until}

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


class MemoryStore:
    """A store that ends with its process. Threads may share it."""

    def __init__(self) -> None:
        self._committed = _State()
        self._write_lock = threading.Lock()
        self._writing = threading.local()
        self._exclusive: dict[str, threading.Lock] = {}

    @contextmanager
    def read(self) -> Iterator[MemorySnapshot]:
        """Open a snapshot for the length of a block; it waits for nobody."""
        snapshot = MemorySnapshot(self._committed)
        try:
            yield snapshot
        finally:
            snapshot.end()

    @contextmanager
    def write(self) -> Iterator[MemoryTransaction]:
        """Open a transaction for the length of a block, after every writer that asked before."""
        if getattr(self._writing, "now", False):
            raise RuntimeError("This thread is already writing: a write cannot begin inside a write.")
        with self._write_lock:
            state = self._committed.copy()
            transaction = MemoryTransaction(state)
            self._writing.now = True
            try:
                yield transaction
            finally:
                self._writing.now = False
                transaction.end()
            self._committed = state

    @contextmanager
    def exclusive(self, name: str, *, wait: bool) -> Iterator[bool]:
        """Hold the lock called `name`; yields False at once if it is taken and `wait` is False."""
        lock = self._exclusive.setdefault(name, threading.Lock())
        taken = lock.acquire(blocking=wait)
        try:
            yield taken
        finally:
            if taken:
                lock.release()

    def close(self) -> None:
        """Do nothing: there is nothing to let go of."""
