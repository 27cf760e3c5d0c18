"""Is every certificate that a CA issued what was issued, and every revocation one of them?

Certificates and revocations are read in the order in which they were made, beside the audit trail of the CA, whose
records were made in the same transactions and so in the same order. Nothing is kept in memory.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

from pcacli.engine import trail
from pcacli.engine.checking.findings import Finding, Kind
from pcacli.engine.records import Certificate, CertificateAuthority, Revocation
from pcacli.engine.store.port import Snapshot
from pcacli.pki import verification
from pcacli.pki.revocation_reasons import REASON_CODES


class Thoroughness(NamedTuple):
    """How to look: `quick` leaves out what stands in the certificates; `tick` is told of every record."""

    quick: bool
    tick: Callable[[], object]


def findings(snapshot: Snapshot, authority: CertificateAuthority, look: Thoroughness) -> Iterator[Iterator[Finding]]:
    """Yield what is wrong with what a CA issued, and then with what it revoked: damage to one spoils not the other."""
    yield _certificate_findings(snapshot, authority, look)
    yield _revocation_findings(snapshot, authority, look)


def findings_of_creation(snapshot: Snapshot, authority: CertificateAuthority) -> Iterator[Finding]:
    """Yield a finding if the audit trail does not begin with the creation of a CA."""
    chain = str(authority.arn)
    first = next(iter(snapshot.trail(chain)), None)
    if first is None or first.action != "CreateCertificateAuthority":
        yield Finding(Kind.TRAIL, chain, "the audit trail does not begin with the creation of the CA")
    elif first.at != authority.created_at:
        yield Finding(Kind.TRAIL, chain, "the audit trail does not know that it was created then")


def _certificate_findings(snapshot: Snapshot, authority: CertificateAuthority, look: Thoroughness) -> Iterator[Finding]:
    signer = None if look.quick else _signer(authority)
    recorded = _InOrder(snapshot, authority, "IssueCertificate", "issued")
    in_partitions: Counter[str | None] = Counter()
    last_ends: dict[str | None, datetime] = {}
    damaged: list[str] = []
    for certificate in snapshot.certificates(authority.arn, damaged.append):
        look.tick()
        partition, end = certificate.crl_partition, certificate.not_after
        in_partitions[partition] += 1
        last_ends[partition] = max(end, last_ends.get(partition, end))
        name = str(certificate.arn)
        details = [*_record_problems(certificate), *_content_problems(certificate, signer)]
        # The store finds certificates by their serial number: of two with one number it finds one.
        if not look.quick and snapshot.certificate(authority.arn, certificate.serial) != certificate:
            details.append("its serial number leads to another certificate, or to none")
        yield from (Finding(Kind.CERTIFICATE, name, detail) for detail in details)
        # Whatever is left out is missing from what is compared and counted, too.
        if not damaged:
            result_sha256 = trail.digest({"CertificateArn": name})
            yield from recorded.compare(name, result_sha256=result_sha256, at=certificate.issued_at)
    if damaged:
        yield from (Finding(Kind.STORAGE, "database", record) for record in damaged)
        return
    yield from recorded.rest()
    yield from _count_findings(snapshot, authority, in_partitions)
    yield from _end_findings(snapshot, authority, last_ends)


def _count_findings(
    snapshot: Snapshot, authority: CertificateAuthority, in_partitions: Counter[str | None]
) -> Iterator[Finding]:
    """Yield a finding for each number of certificates that is kept and is not that of the certificates."""
    kept = {one.partition_id: one.certificates for one in snapshot.crl_partitions(authority.arn)}
    for partition_id in kept.keys() | (in_partitions.keys() - {None}):
        counted, there = kept.get(partition_id or "", 0), in_partitions[partition_id]
        if counted != there:
            detail = f"certificates that are counted: {counted}, that are there: {there}"
            yield Finding(Kind.CRL, f"partition {partition_id}", detail)
    issued, there = snapshot.certificate_count(authority.arn), in_partitions.total()
    if issued != there:
        detail = f"certificates that were issued: {issued}, that are there: {there}"
        yield Finding(Kind.CERTIFICATE, str(authority.arn), detail)


def _end_findings(
    snapshot: Snapshot, authority: CertificateAuthority, last_ends: dict[str | None, datetime]
) -> Iterator[Finding]:
    """Yield a finding for each partition whose CRL would be needed for longer or shorter than its certificates."""
    for partition in snapshot.crl_partitions(authority.arn):
        last_end = last_ends.get(partition.partition_id)
        if last_end is not None and partition.last_expiry != last_end:
            detail = f"its last certificate expires on {last_end.isoformat()}, not {partition.last_expiry.isoformat()}"
            yield Finding(Kind.CRL, f"partition {partition.partition_id}", detail)


def _revocation_findings(snapshot: Snapshot, authority: CertificateAuthority, look: Thoroughness) -> Iterator[Finding]:
    recorded = _InOrder(snapshot, authority, "RevokeCertificate", "revoked")
    for revocation in snapshot.revocations(authority.arn, expiring_after=None):
        look.tick()
        name = str(authority.arn.certificate(revocation.serial))
        certificate = snapshot.certificate(authority.arn, revocation.serial)
        for detail in _revocation_problems(revocation, certificate):
            yield Finding(Kind.REVOCATION, name, detail)
        yield from recorded.compare(name, at=revocation.revoked_at)
    yield from recorded.rest()


class _InOrder:
    """The records of one action in the audit trail of a CA, compared one by one with what they made."""

    def __init__(self, snapshot: Snapshot, authority: CertificateAuthority, action: str, done: str) -> None:
        self._chain = str(authority.arn)
        self._entries = (entry for entry in snapshot.trail(self._chain) if entry.action == action)
        self._done = done
        self._agrees = True

    def compare(self, name: str, **members: object) -> Iterator[Finding]:
        """Compare members of the next record; only the first difference is told, since all others follow from it."""
        if not self._agrees:
            return
        entry = next(self._entries, None)
        if any(getattr(entry, member, None) != value for member, value in members.items()):
            self._agrees = False
            yield Finding(Kind.TRAIL, self._chain, f"the audit trail does not know that {name} was {self._done} then")

    def rest(self) -> Iterator[Finding]:
        """Yield a finding if there are more records than things."""
        if not self._agrees:
            return
        more = sum(1 for _ in self._entries)
        if more:
            yield Finding(Kind.TRAIL, self._chain, f"certificates that were {self._done} and are not there: {more}")


def _signer(authority: CertificateAuthority) -> verification.Signer | None:
    """Return the CA as verifiers see it, None if its CSR is damaged, which is a finding of its own."""
    try:
        return verification.Signer(verification.key_of_csr(authority.csr))
    except ValueError:
        return None


def _record_problems(certificate: Certificate) -> Iterator[str]:
    if (certificate.revoked_at is None) != (certificate.revocation_reason is None):
        yield "it is revoked by half: there must be a date and a reason, or neither"
    if certificate.revocation_reason is not None and certificate.revocation_reason not in REASON_CODES:
        yield f"there is no reason {certificate.revocation_reason} for a revocation"


def _content_problems(certificate: Certificate, signer: verification.Signer | None) -> Iterator[str]:
    if signer is None:
        return
    try:
        facts = signer.issued(certificate.certificate)
    except ValueError as problem:
        yield f"it is damaged: {problem}"
        return
    if not facts.is_genuine:
        yield "its signature is not the CA's"
    if facts[:3] != (certificate.serial, certificate.not_before, certificate.not_after):
        yield "its serial number or validity is not what is recorded"


def _revocation_problems(revocation: Revocation, certificate: Certificate | None) -> Iterator[str]:
    if certificate is None:
        yield "it is revoked, but was never issued"
        return
    recorded = (certificate.revoked_at, certificate.revocation_reason, certificate.not_after)
    if recorded != (revocation.revoked_at, revocation.reason, revocation.not_after):
        yield "its revocation is not the one of the certificate"
