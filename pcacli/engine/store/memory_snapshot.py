"""What can be read of one state of a store in memory."""

from collections.abc import Iterable, Iterator
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
    ListedCertificate,
    Permission,
    PublishedCrl,
    Revocation,
    TrailEntry,
)
from pcacli.engine.store.memory_state import NOTHING, Belongings, MemoryState
from pcacli.engine.store.port import UnknownRecord

_Record = TypeVar("_Record")


class MemorySnapshot:
    """One committed state of the store, for as long as its block lasts."""

    def __init__(self, state: MemoryState) -> None:
        self._open_state: MemoryState | None = state

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

    def listed_certificates(self, authority: AuthorityArn) -> Iterator[ListedCertificate]:
        """Yield the same certificates with less of each."""
        for one in self.certificates(authority):
            yield ListedCertificate(*(getattr(one, name) for name in ListedCertificate._fields))

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

    def crl_numbers(self) -> dict[str, int]:
        """Return the number of the newest CRL of every scope of all CAs, by `crl_id`."""
        everything = (crl for arn in self._state.authorities for crl in self._of(arn).crls.values())
        return {crl.crl_id: crl.number for crl in sorted(everything, key=lambda one: one.number)}

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
    def _state(self) -> MemoryState:
        if self._open_state is None:
            raise RuntimeError("The transaction has ended.")
        return self._open_state

    def _of(self, authority: AuthorityArn) -> Belongings:
        return self._state.belongings.get(authority, NOTHING)

    def _revocations(self, authority: AuthorityArn, partition: str | None) -> list[Revocation]:
        of_authority = self._of(authority)
        return [
            one
            for one in of_authority.revocations
            if partition in (None, of_authority.certificates[one.serial].crl_partition)
        ]

    def _require(self, authority: AuthorityArn) -> Belongings:
        if authority not in self._state.belongings:
            raise UnknownRecord(f"There is no CA {authority}.")
        return self._state.belongings[authority]

    def _while_open(self, records: Iterable[_Record]) -> Iterator[_Record]:
        for record in records:
            if self._open_state is None:
                raise RuntimeError("The transaction has ended.")
            yield record
