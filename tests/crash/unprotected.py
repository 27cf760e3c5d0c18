"""What `pcacli local check` does not vouch for: a change of it may stay unnoticed."""

from collections.abc import Mapping

_ROW = "a row number: where others refer to it a change is found, elsewhere it means nothing"
_SHOWN = "was asked for and is shown again; nothing else in the store says what it was"
_TOLD = "what AWS shows about a report that lies in the bucket, where anybody may remove it"
_LOG = "a log of how publishing went, which keeps a limited number of entries"
_TOKEN = "forgotten after five minutes; without it a request that is repeated is a new one"
_ALLOWED = "a permission; the audit trail has hashes of requests, which do not tell what is in force"
_LATER = "the audit trail does not have it: a hash of the request does not give it back"
_ORDER = "says in which order they were made; a change that keeps the order means nothing"
_OPTIONAL = "a setting may be there or not; its value is looked at where it is the key's"

END_OF_TRAIL = "newest entry of a chain"
DELETED_AUTHORITY = "a CA that is deleted"

UNPROTECTED: Mapping[str, str] = {
    DELETED_AUTHORITY: "that it can still be restored stands in its own record alone",
    END_OF_TRAIL: "only who kept its hash elsewhere can miss it, unless what it speaks of is there",
    "access_keys.id": _ROW,
    "audit_reports.id": _ROW,
    "authorities.id": _ROW,
    "certificates.id": _ROW,
    "crl_partitions.id": _ROW,
    "events.id": _ROW,
    "permissions.id": _ROW,
    "certificates.number": _ORDER,
    "revocations.sequence": _ORDER,
    "trail.id": _ORDER,
    "authorities.usage_mode": _SHOWN,
    "authorities.key_storage_security_standard": _SHOWN,
    "authorities.csr_extensions": _SHOWN,
    "authorities.crl": _SHOWN,
    "authorities.ocsp": _SHOWN,
    "authorities.tags": _SHOWN,
    "authorities.policy": _SHOWN,
    "authorities.last_state_change_at": _LATER,
    "authorities.restorable_until": _LATER,
    "certificates.template_arn": _LATER,
    "certificates.requested_by": _LATER,
    "published_crls.generated_at": "says when the CRL was made; what counts are the dates in the CRL",
    "audit_reports.authority": _TOLD,
    "audit_reports.report_id": _TOLD,
    "audit_reports.status": _TOLD,
    "audit_reports.s3_bucket_name": _TOLD,
    "audit_reports.s3_key": _TOLD,
    "audit_reports.created_at": _TOLD,
    "rows of audit_reports": _TOLD,
    "events.authority": _LOG,
    "events.at": _LOG,
    "events.kind": _LOG,
    "events.result": _LOG,
    "events.detail": _LOG,
    "events.subject": _LOG,
    "rows of events": _LOG,
    "idempotency_tokens.account": _TOKEN,
    "idempotency_tokens.region": _TOKEN,
    "idempotency_tokens.scope": _TOKEN,
    "idempotency_tokens.token": _TOKEN,
    "idempotency_tokens.result_arn": _TOKEN,
    "idempotency_tokens.used_at": _TOKEN,
    "rows of idempotency_tokens": _TOKEN,
    "permissions.authority": _ALLOWED,
    "permissions.principal": _ALLOWED,
    "permissions.source_account": _ALLOWED,
    "permissions.actions": _ALLOWED,
    "permissions.created_at": _ALLOWED,
    "rows of permissions": _ALLOWED,
    "settings.name": _OPTIONAL,
    "rows of settings": _OPTIONAL,
}
"""Columns and rows, and why."""
