"""What the embedded authority remembers: immutable records, without any database in them.

A change is a new record (`record._replace`). Records are named tuples and not dataclasses because every command
defines them when it starts: 12 of these take 1.5 ms, 12 frozen dataclasses took 7 ms. Instants are aware UTC
datetimes; those that AWS shows with milliseconds keep milliseconds, those that stand in certificates have whole
seconds. DER is kept, never PEM.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from pcacli.api.arns import AuthorityArn, CertificateArn


class CrlConfiguration(NamedTuple):
    """Where and how a CA publishes its CRLs; the names are those of the API's CrlConfiguration."""

    enabled: bool = False
    expiration_in_days: int | None = None
    custom_cname: str | None = None
    s3_bucket_name: str | None = None
    s3_object_acl: str | None = None
    omit_extension: bool | None = None
    crl_type: str | None = None
    custom_path: str | None = None


class OcspConfiguration(NamedTuple):
    """Whether certificates point at the OCSP responder, and under which host name."""

    enabled: bool = False
    ocsp_custom_cname: str | None = None


class CertificateAuthority(NamedTuple):
    """One CA. `state` is what is stored; what is reported (EXPIRED) is worked out in `states.py`.

    `subject` and `csr_extensions` are the API's ASN1Subject and CsrExtensions as the caller gave them, because
    DescribeCertificateAuthority echoes them; `pki` turns them into X.509.
    `chain` holds the certificates above this one, nearest first, root last.
    `ready_at` is when its creation is over, None for one that was there at once; certificates and audit reports have
    the same field. Only test stores that keep AWS's time set it (timing.py).
    """

    arn: AuthorityArn
    type: str
    state: str
    created_at: datetime
    last_state_change_at: datetime
    key_algorithm: str
    signing_algorithm: str
    subject: Mapping[str, Any]
    usage_mode: str
    key_storage_security_standard: str
    key_reference: str
    csr: bytes
    csr_extensions: Mapping[str, Any] | None = None
    crl: CrlConfiguration = CrlConfiguration()
    ocsp: OcspConfiguration = OcspConfiguration()
    certificate: bytes | None = None
    chain: tuple[bytes, ...] = ()
    not_before: datetime | None = None
    not_after: datetime | None = None
    serial: int | None = None
    failure_reason: str | None = None
    state_before_deletion: str | None = None
    restorable_until: datetime | None = None
    policy: str | None = None
    tags: tuple[tuple[str, str | None], ...] = ()
    ready_at: datetime | None = None


class Certificate(NamedTuple):
    """One certificate that a CA issued, with what the audit report says of it.

    `chain` is not kept here: it is the issuing CA's certificate and chain at the time of asking.
    `requested_by` is the service principal that asked (`acm.amazonaws.com`), None for people and programs.
    `crl_partition` is the partition whose CRL covers it, None if only the CA's complete CRL does.
    """

    authority: AuthorityArn
    serial: int
    certificate: bytes
    template_arn: str
    issued_at: datetime
    not_before: datetime
    not_after: datetime
    requested_by: str | None = None
    ready_at: datetime | None = None
    crl_partition: str | None = None
    revoked_at: datetime | None = None
    revocation_reason: str | None = None

    @property
    def arn(self) -> CertificateArn:
        """The ARN: the CA's, then the serial as 32 lower-case hexadecimal digits."""
        return self.authority.certificate(self.serial)


class ListedCertificate(NamedTuple):
    """What an inventory of very many certificates needs to know of each; whom it is for stands in its DER."""

    authority: AuthorityArn
    serial: int
    certificate: bytes
    template_arn: str
    not_after: datetime
    ready_at: datetime | None
    revoked_at: datetime | None
    revocation_reason: str | None

    @property
    def arn(self) -> CertificateArn:
        """The ARN, as that of a `Certificate`."""
        return self.authority.certificate(self.serial)


class Permission(NamedTuple):
    """What an AWS service principal may do with a CA (the API knows ACM only)."""

    authority: AuthorityArn
    principal: str
    source_account: str
    actions: tuple[str, ...]
    created_at: datetime


class AuditReport(NamedTuple):
    """One audit report: where it was written, and how that went (SUCCESS, FAILED)."""

    authority: AuthorityArn
    report_id: str
    status: str
    s3_bucket_name: str
    s3_key: str
    created_at: datetime
    ready_at: datetime | None = None


class IdempotencyToken(NamedTuple):
    """The result of an earlier request that carried the same token.

    `scope` says what the token belongs to: the operation and, for issuing, the CA.
    """

    account: str
    region: str
    scope: str
    token: str
    result_arn: str
    used_at: datetime


class Revocation(NamedTuple):
    """One revoked certificate as a CRL needs it. `sequence` grows with each revocation in the store."""

    sequence: int
    serial: int
    revoked_at: datetime
    reason: str
    not_after: datetime


class CrlPartition(NamedTuple):
    """One partition of a CA's partitioned CRL: where it is published, and the certificates that were assigned to it.

    The place never changes, because those certificates name it. `last_expiry` is the latest notAfter among them.
    """

    authority: AuthorityArn
    partition_id: str
    s3_bucket_name: str
    key: str
    url: str
    certificates: int
    last_expiry: datetime


class PublishedCrl(NamedTuple):
    """The newest CRL of one scope: what it covers and when it was made.

    `crl_id` is the CA's id for its complete CRL, else the partition's. `last_sequence` is the newest revocation it
    holds (0 for none); `key` is its place in the bucket.
    """

    authority: AuthorityArn
    crl_id: str
    number: int
    generated_at: datetime
    next_update: datetime
    last_sequence: int
    entries: int
    s3_bucket_name: str
    key: str


class Event(NamedTuple):
    """Something that happened to a CA without anybody asking for it just then, such as the publishing of its CRL.

    `result` is success or failure, `detail` the reason of a failure and else empty; `subject` says what the event is
    about: the key of a CRL.
    """

    authority: AuthorityArn
    at: datetime
    kind: str
    result: str
    detail: str
    subject: str


class AccessKey(NamedTuple):
    """What a program signs its requests to `local serve` with, and in whose name; the secret is encrypted.

    The fields of the organization are those of the caller (context.py).
    """

    access_key_id: str
    sealed_secret: str
    account: str
    created_at: datetime
    organization_id: str | None = None
    organization_path: str | None = None


class TrailEntry(NamedTuple):
    """One record of the audit trail. Hashes are SHA-256 in lower-case hexadecimal.

    `chain` names the hash chain: a CA's ARN, or the account for what belongs to no CA.
    """

    chain: str
    at: datetime
    account: str
    caller: str
    action: str
    resource: str
    request_sha256: str
    result_sha256: str
    previous_sha256: str
    sha256: str
