"""What a store in memory holds at one time: tables of frozen records."""

from copy import copy
from dataclasses import dataclass, field, fields

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


@dataclass
class Belongings:
    """What belongs to one CA and goes away with it."""

    certificates: dict[int, Certificate] = field(default_factory=dict)
    permissions: dict[tuple[str, str], Permission] = field(default_factory=dict)
    audit_reports: dict[str, AuditReport] = field(default_factory=dict)
    revocations: list[Revocation] = field(default_factory=list)
    crl_partitions: dict[str, CrlPartition] = field(default_factory=dict)
    crls: dict[str, PublishedCrl] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)

    def copy(self) -> "Belongings":
        """Return a copy that can be changed; the records in it cannot."""
        return Belongings(**{one.name: copy(getattr(self, one.name)) for one in fields(self)})


NOTHING = Belongings()


@dataclass
class MemoryState:
    """Everything that the store holds at one time."""

    authorities: dict[AuthorityArn, CertificateAuthority] = field(default_factory=dict)
    belongings: dict[AuthorityArn, Belongings] = field(default_factory=dict)
    tokens: dict[tuple[str, str, str, str], IdempotencyToken] = field(default_factory=dict)
    trail: list[TrailEntry] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)
    access_keys: dict[str, AccessKey] = field(default_factory=dict)
    last_sequence: int = 0

    def copy(self) -> "MemoryState":
        """Return a copy that can be changed; the records in it cannot."""
        belongings = {arn: belongings.copy() for arn, belongings in self.belongings.items()}
        return MemoryState(
            dict(self.authorities),
            belongings,
            dict(self.tokens),
            list(self.trail),
            dict(self.settings),
            dict(self.access_keys),
            self.last_sequence,
        )
