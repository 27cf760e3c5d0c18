"""The port behind which the embedded authority keeps its records.

Three modules stand behind it: `sqlite.py`, `postgresql.py` and `memory.py`; one contract suite holds them to the same
behaviour. No engine's types, errors or SQL come above this line.

Reading and writing happen in transactions:

* `store.read()` is a snapshot: everything read in it is one state, the newest that was committed when it began.
* `store.write()` is the only writer at that time. It commits when the block ends and leaves nothing when it raises.
  It must be short: keys, signatures and remote calls are made outside, and the block checks the state again.

A snapshot is used inside its block only, iterators included. A write inside a write of the same thread is a mistake
and raises RuntimeError; so does the use of a transaction after its end.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

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
from pcacli.errors import ConfigurationProblem

EVENTS_KEPT = 100
"""How many events of one CA are remembered; older ones make room."""


class Snapshot(Protocol):
    """One consistent view of the store. Lists come in the order of creation."""

    def authority(self, arn: AuthorityArn) -> CertificateAuthority | None:
        """Return one CA, or None if there is none of that ARN."""
        ...

    def authorities(
        self,
        account: str | None = None,
        region: str | None = None,
        *,
        after: AuthorityArn | None = None,
        limit: int | None = None,
    ) -> list[CertificateAuthority]:
        """Return at most `limit` CAs of one account and region (None: of all); `after` continues behind that CA.

        Raises:
            UnknownRecord: there is no CA `after`.
        """
        ...

    def authority_count(self, account: str, region: str, *, at: datetime) -> int:
        """Return how many CAs are there at an instant; a deleted one is there until its window is over."""
        ...

    def certificate(self, authority: AuthorityArn, serial: int) -> Certificate | None:
        """Return one certificate that the CA issued, or None."""
        ...

    def certificates(self, authority: AuthorityArn) -> Iterator[Certificate]:
        """Yield every certificate that a CA issued, in bounded memory."""
        ...

    def listed_certificates(self, authority: AuthorityArn) -> Iterator[ListedCertificate]:
        """Yield the same certificates with less of each, which takes a third less time."""
        ...

    def certificate_count(self, authority: AuthorityArn) -> int:
        """Return how many certificates a CA issued; it costs the same whatever the number."""
        ...

    def permissions(self, authority: AuthorityArn) -> list[Permission]:
        """Return what service principals may do with a CA."""
        ...

    def audit_report(self, authority: AuthorityArn, report_id: str) -> AuditReport | None:
        """Return one audit report of a CA, or None."""
        ...

    def newest_audit_report(self, authority: AuthorityArn) -> AuditReport | None:
        """Return the audit report of a CA that was asked for last, or None."""
        ...

    def idempotency_token(self, account: str, region: str, scope: str, token: str) -> IdempotencyToken | None:
        """Return the newest use of a token, or None; whether it still counts is for the caller to say."""
        ...

    def revocations(
        self, authority: AuthorityArn, *, expiring_after: datetime | None, partition: str | None = None
    ) -> Iterator[Revocation]:
        """Yield, in order, the revoked certificates whose notAfter is later than the instant (None: all of them).

        This and the next two look at all of a CA's certificates, or at those of one partition.
        """
        ...

    def revocation_count(self, authority: AuthorityArn) -> int:
        """Return how many certificates of a CA are revoked; it takes time in proportion to the number."""
        ...

    def last_revocation_sequence(self, authority: AuthorityArn, *, partition: str | None = None) -> int:
        """Return the sequence of the newest revocation, 0 if there is none."""
        ...

    def earliest_revoked_expiry(
        self, authority: AuthorityArn, *, after: datetime, partition: str | None = None
    ) -> datetime | None:
        """Return the earliest notAfter later than the instant among the revoked certificates."""
        ...

    def crl_partitions(self, authority: AuthorityArn) -> list[CrlPartition]:
        """Return the partitions of a CA's CRL."""
        ...

    def published_crl(self, authority: AuthorityArn, crl_id: str) -> PublishedCrl | None:
        """Return what is known of the newest CRL of one scope, or None before the first."""
        ...

    def crl_numbers(self) -> dict[str, int]:
        """Return the number of the newest CRL of every scope of all CAs, by `crl_id`."""
        ...

    def published_crls_of_key(self, key: str) -> list[PublishedCrl]:
        """Return the newest CRLs whose place in their bucket is this key; two buckets may have the same keys."""
        ...

    def events(self, authority: AuthorityArn) -> list[Event]:
        """Return the newest events of a CA, oldest first."""
        ...

    def trail_head(self, chain: str) -> TrailEntry | None:
        """Return the newest entry of one chain of the audit trail."""
        ...

    def trail(self, chain: str | None = None) -> Iterator[TrailEntry]:
        """Yield the audit trail, oldest first, of one chain or of all."""
        ...

    def access_key(self, access_key_id: str) -> AccessKey | None:
        """Return one access key, or None."""
        ...

    def access_keys(self) -> list[AccessKey]:
        """Return every access key."""
        ...

    def setting(self, name: str) -> str | None:
        """Return what the whole store has been set to under this name, or None."""
        ...

    def storage_problems(self) -> Iterator[str]:
        """Yield what the database itself finds wrong with its pages, indexes and references, in its own words."""
        ...


class Transaction(Snapshot, Protocol):
    """A snapshot that may also be changed; it sees its own changes.

    Whatever belongs to a CA can only be written while that CA is there: every method that names one raises
    UnknownRecord otherwise.
    """

    def put_authority(self, authority: CertificateAuthority) -> None:
        """Insert the CA, or replace the one with the same ARN (its place in the order stays)."""
        ...

    def remove_authority(self, arn: AuthorityArn) -> None:
        """Remove the CA with everything that belongs to it. The audit trail stays."""
        ...

    def add_certificate(self, certificate: Certificate) -> None:
        """Insert an issued certificate, which is not revoked yet.

        Raises:
            DuplicateSerial: the CA has already issued this serial number.
        """
        ...

    def revoke(self, authority: AuthorityArn, serial: int, *, at: datetime, reason: str) -> None:
        """Record the revocation of a certificate: one row, whatever the size.

        Raises:
            UnknownRecord: the CA issued no certificate of that serial number.
            AlreadyRevoked: it is revoked already.
        """
        ...

    def put_permission(self, permission: Permission) -> None:
        """Insert a permission, or replace the one of the same principal and source account."""
        ...

    def remove_permission(self, authority: AuthorityArn, principal: str, source_account: str) -> None:
        """Remove a permission; it is no mistake if there is none."""
        ...

    def put_audit_report(self, report: AuditReport) -> None:
        """Insert an audit report, or replace the one of the same id."""
        ...

    def put_idempotency_token(self, token: IdempotencyToken) -> None:
        """Insert the token, or replace an older one of the same name."""
        ...

    def remove_idempotency_tokens(self, *, used_until: datetime, used_after: datetime) -> None:
        """Forget every token that was used at the first instant or before, or later than the second."""
        ...

    def put_crl_partition(self, partition: CrlPartition) -> None:
        """Insert a partition, or replace the one of the same id (its place in the order stays)."""
        ...

    def put_published_crl(self, crl: PublishedCrl) -> None:
        """Remember the newest CRL of one scope in place of the one before."""
        ...

    def append_event(self, event: Event) -> None:
        """Append an event of a CA and forget its oldest one beyond EVENTS_KEPT."""
        ...

    def append_trail(self, entry: TrailEntry) -> None:
        """Append an entry to its chain of the audit trail."""
        ...

    def put_access_key(self, access_key: AccessKey) -> None:
        """Insert an access key, or replace the one of the same id (its place in the order stays)."""
        ...

    def remove_access_key(self, access_key_id: str) -> None:
        """Remove an access key; it is no mistake if there is none."""
        ...

    def put_setting(self, name: str, value: str | None) -> None:
        """Set something for the whole store, in place of what was there; None takes the setting away."""
        ...


class Store(Protocol):
    """A place where records are kept. It may be used from several threads, one transaction in each."""

    def read(self) -> AbstractContextManager[Snapshot]:
        """Open a snapshot for the length of a block; it waits for nobody."""
        ...

    def write(self) -> AbstractContextManager[Transaction]:
        """Open a transaction for the length of a block, after every writer that asked before."""
        ...

    def exclusive(self, name: str, *, wait: bool, share_of: str | None = None) -> AbstractContextManager[bool]:
        """Hold the lock called `name` across processes; yields False at once if it is taken and `wait` is False.

        Used for work that must be done once at a time outside a transaction, such as publishing a CA's CRL.
        `share_of` names another lock, of which a share is held as well: any number of holders have one, but none while
        somebody has the whole of it. Without the share there is no lock either.
        The lock goes away with the process that holds it. Who holds a lock must not wait for it again.
        """
        ...

    def whole(self, name: str) -> AbstractContextManager[None]:
        """Hold a lock of which others hold shares: wait until nobody has one, and let nobody get one meanwhile."""
        ...

    def close(self) -> None:
        """Let go of files and connections; the store is not used afterwards."""
        ...


class MissingStore(ConfigurationProblem):
    """There is no store at that place. Whoever only reads may answer as from an empty one."""


class DuplicateSerial(Exception):
    """A CA may not issue one serial number twice (RFC 5280 section 4.1.2.2); the caller draws another."""


class UnknownRecord(LookupError):
    """The CA or the certificate to which a change belongs is not in the store."""


class AlreadyRevoked(Exception):
    """A certificate can be revoked once; the first revocation stands."""
