"""The port behind which the embedded authority keeps its records.

Three modules stand behind it: `sqlite.py`, `memory.py` and (later) `postgresql.py`; one contract suite holds them to
the same behaviour. No engine's types, errors or SQL come above this line.

Reading and writing happen in transactions:

* `store.read()` is a snapshot: everything read in it is one committed state.
* `store.write()` is the only writer at that time. It commits when the block ends and leaves nothing when it raises.
  It must be short: keys, signatures and remote calls are made outside, and the block checks the state again.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

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


class Snapshot(Protocol):
    """One consistent view of the store. Lists come in the order of creation."""

    def authority(self, arn: AuthorityArn) -> CertificateAuthority | None: ...

    def authorities(
        self,
        account: str | None = None,
        region: str | None = None,
        *,
        after: AuthorityArn | None = None,
        limit: int | None = None,
    ) -> list[CertificateAuthority]:
        """Return CAs of one account and region (None: of all); `after` continues behind that CA."""
        ...

    def certificate(self, authority: AuthorityArn, serial: int) -> Certificate | None: ...

    def certificates(self, authority: AuthorityArn) -> Iterator[Certificate]:
        """Yield every certificate that a CA issued, in bounded memory."""
        ...

    def certificate_count(self, authority: AuthorityArn) -> int: ...

    def permissions(self, authority: AuthorityArn) -> list[Permission]: ...

    def audit_report(self, authority: AuthorityArn, report_id: str) -> AuditReport | None: ...

    def idempotency_token(self, account: str, region: str, scope: str, token: str) -> IdempotencyToken | None: ...

    def revocations(self, authority: AuthorityArn, *, expiring_after: datetime | None) -> list[Revocation]:
        """Return the revoked certificates of a CA whose notAfter is later than the instant (None: all of them)."""
        ...

    def last_revocation_sequence(self, authority: AuthorityArn) -> int:
        """Return the sequence of the CA's newest revocation, 0 if it has none."""
        ...

    def earliest_revoked_expiry(self, authority: AuthorityArn, *, after: datetime) -> datetime | None:
        """Return the earliest notAfter later than the instant among the CA's revoked certificates."""
        ...

    def published_crl(self, authority: AuthorityArn) -> PublishedCrl | None: ...

    def trail_head(self, chain: str) -> TrailEntry | None:
        """Return the newest entry of one chain of the audit trail."""
        ...

    def trail(self, chain: str | None = None) -> Iterator[TrailEntry]:
        """Yield the audit trail, oldest first, of one chain or of all."""
        ...


class Transaction(Snapshot, Protocol):
    """A snapshot that may also be changed; it sees its own changes."""

    def put_authority(self, authority: CertificateAuthority) -> None:
        """Insert the CA, or replace the one with the same ARN (its place in the order stays)."""
        ...

    def remove_authority(self, arn: AuthorityArn) -> None:
        """Remove the CA with its certificates, permissions, reports, tokens and CRL. The audit trail stays."""
        ...

    def add_certificate(self, certificate: Certificate) -> None:
        """Insert an issued certificate.

        Raises:
            DuplicateSerial: the CA has already issued this serial number.
        """
        ...

    def revoke(self, authority: AuthorityArn, serial: int, *, at: datetime, reason: str) -> None:
        """Record the revocation of a certificate that is there and not revoked yet: one row, whatever the size."""
        ...

    def put_permission(self, permission: Permission) -> None: ...

    def remove_permission(self, authority: AuthorityArn, principal: str, source_account: str) -> None: ...

    def put_audit_report(self, report: AuditReport) -> None: ...

    def put_idempotency_token(self, token: IdempotencyToken) -> None:
        """Insert the token, or replace an older one of the same name."""
        ...

    def put_published_crl(self, crl: PublishedCrl) -> None: ...

    def append_trail(self, entry: TrailEntry) -> None: ...


class Store(Protocol):
    """A place where records are kept."""

    def read(self) -> AbstractContextManager[Snapshot]: ...

    def write(self) -> AbstractContextManager[Transaction]: ...

    def exclusive(self, name: str, *, wait: bool) -> AbstractContextManager[bool]:
        """Hold the lock called `name` across processes; yields False at once if it is taken and `wait` is False.

        Used for work that must be done once at a time outside a transaction, such as publishing a CA's CRL.
        The lock goes away with the process that holds it.
        """
        ...

    def close(self) -> None: ...


class DuplicateSerial(Exception):
    """A CA may not issue one serial number twice (RFC 5280 section 4.1.2.2); the caller draws another."""
