"""Records to put into a store: every field has a value that a careless store would lose."""

from datetime import UTC, datetime, timedelta
from typing import Any

from pcacli.api.arns import AuthorityArn
from pcacli.engine import trail
from pcacli.engine.records import (
    AuditReport,
    Certificate,
    CertificateAuthority,
    CrlConfiguration,
    CrlPartition,
    Event,
    IdempotencyToken,
    OcspConfiguration,
    Permission,
    PublishedCrl,
    TrailEntry,
)

NOW = datetime(2026, 3, 1, 12, 0, 0, 123000, tzinfo=UTC)
YEAR = timedelta(days=365)

ROOT = AuthorityArn("aws", "eu-west-1", "111122223333", "00000000-0000-4000-8000-000000000001")
OTHER = ROOT._replace(authority_id="00000000-0000-4000-8000-000000000002")
ELSEWHERE = OTHER._replace(region="us-east-1")
PARTITION = "22222222-0000-4000-8000-000000000000"
FOREIGN = OTHER._replace(account="444455556666")


def authority(arn: AuthorityArn = ROOT, **changes: Any) -> CertificateAuthority:
    values = {
        "type": "ROOT",
        "state": "PENDING_CERTIFICATE",
        "created_at": NOW,
        "last_state_change_at": NOW + timedelta(milliseconds=1),
        "key_algorithm": "EC_prime256v1",
        "signing_algorithm": "SHA256WITHECDSA",
        "subject": {"CommonName": "Wurzel Ü", "Country": "DE"},
        "usage_mode": "GENERAL_PURPOSE",
        "key_storage_security_standard": "FIPS_140_2_LEVEL_3_OR_HIGHER",
        "key_reference": "software:1:reference",
        "csr": b"\x30\x00csr",
    }
    return CertificateAuthority(arn, **{**values, **changes})


def complete_authority(arn: AuthorityArn = ROOT) -> CertificateAuthority:
    return authority(
        arn,
        csr_extensions={"KeyUsage": {"CRLSign": True}, "SubjectInformationAccess": []},
        crl=CrlConfiguration(
            enabled=True,
            expiration_in_days=7,
            custom_cname="crl.example",
            s3_bucket_name="bucket",
            s3_object_acl="PUBLIC_READ",
            omit_extension=False,
            crl_type="COMPLETE",
            custom_path="path",
        ),
        ocsp=OcspConfiguration(enabled=True, ocsp_custom_cname="ocsp.example"),
        certificate=b"\x30certificate",
        chain=(b"\x30nearest", b"\x30root\xff"),
        not_before=NOW.replace(microsecond=0),
        not_after=NOW.replace(microsecond=0) + 10 * YEAR,
        serial=2**159 + 1,
        failure_reason="OTHER",
        state_before_deletion="ACTIVE",
        restorable_until=NOW + YEAR,
        policy='{"Version": "2012-10-17"}',
        tags=(("name", "value"), ("empty", ""), ("absent", None)),
        ready_at=NOW + timedelta(seconds=1),
    )


def certificate(serial: int, arn: AuthorityArn = ROOT, *, days: int = 90, **changes: Any) -> Certificate:
    values = {
        "certificate": b"\x30leaf" + serial.to_bytes(20, "big"),
        "template_arn": "arn:aws:acm-pca:::template/EndEntityCertificate/V1",
        "issued_at": NOW,
        "not_before": NOW.replace(microsecond=0),
        "not_after": NOW.replace(microsecond=0) + timedelta(days=days),
        "requested_by": "acm.amazonaws.com",
        "ready_at": NOW + timedelta(seconds=2),
    }
    return Certificate(arn, serial, **{**values, **changes})


def permission(arn: AuthorityArn = ROOT, source_account: str = "111122223333", *actions: str) -> Permission:
    return Permission(arn, "acm.amazonaws.com", source_account, actions or ("IssueCertificate",), NOW)


def report(
    arn: AuthorityArn = ROOT, status: str = "CREATING", ready_at: datetime | None = NOW + timedelta(seconds=3)
) -> AuditReport:
    report_id, key = "11111111-0000-4000-8000-000000000000", "audit-report/1.json"
    return AuditReport(arn, report_id, status, "bucket", key, NOW, ready_at)


def token(text: str, result_arn: object, used_at: datetime = NOW) -> IdempotencyToken:
    return IdempotencyToken("111122223333", "eu-west-1", "IssueCertificate", text, str(result_arn), used_at)


def crl(number: int, arn: AuthorityArn = ROOT, crl_id: str = ROOT.authority_id) -> PublishedCrl:
    return PublishedCrl(arn, crl_id, number, NOW, NOW + YEAR, 3, 2, "bucket", "crl/1.crl")


def partition(partition_id: str = PARTITION, arn: AuthorityArn = ROOT, *, certificates: int = 1) -> CrlPartition:
    place = ("bucket", f"crl/{partition_id}.crl", f"http://crl.example/crl/{partition_id}.crl")
    return CrlPartition(arn, partition_id, *place, certificates, NOW + YEAR)


def event(number: int, arn: AuthorityArn = ROOT) -> Event:
    return Event(arn, NOW + timedelta(seconds=number), "CRLGenerated", "failure", "Größe", f"crl/{number}.crl")


def trail_entry(action: str, chain: str, head: TrailEntry | None = None) -> TrailEntry:
    event = trail.Event(chain, NOW, "111122223333", "caller", action, "resource", trail.digest({}), trail.digest(None))
    return trail.next_entry(head, event)
