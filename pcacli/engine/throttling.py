"""Throttling in a test store: a token bucket for each account, region and action.

Source: the quotas of AWS Private CA in two public dumps of Service Quotas (facts, section 3.6).
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from pcacli.engine.context import Caller
from pcacli.engine.future import lies_ahead
from pcacli.engine.store.port import Snapshot, Transaction
from pcacli.errors import ServiceError

AWS_RATES_PER_SECOND: Mapping[str, float] = {
    "CreateCertificateAuthority": 1,
    "CreateCertificateAuthorityAuditReport": 1,
    "CreatePermission": 1,
    "DeleteCertificateAuthority": 10,
    "DeletePermission": 1,
    "DeletePolicy": 5,
    "DescribeCertificateAuthority": 20,
    "DescribeCertificateAuthorityAuditReport": 20,
    "GetCertificate": 75,
    "GetCertificateAuthorityCertificate": 20,
    "GetCertificateAuthorityCsr": 10,
    "GetPolicy": 5,
    "ImportCertificateAuthorityCertificate": 10,
    "IssueCertificate": 25,
    "ListCertificateAuthorities": 20,
    "ListPermissions": 5,
    "ListTags": 20,
    "PutPolicy": 5,
    "RestoreCertificateAuthority": 20,
    "RevokeCertificate": 20,
    "TagCertificateAuthority": 10,
    "UntagCertificateAuthority": 10,
    "UpdateCertificateAuthority": 10,
}

# Assumption: this is the usual sentence of AWS's services.
MESSAGE = "Rate exceeded"

_RATES, _BUCKETS = "throttling-rates", "throttling-buckets"
_SECOND = timedelta(seconds=1)


class Bucket(NamedTuple):
    """How many calls were left at an instant."""

    calls: float
    at: datetime


def rates(snapshot: Snapshot) -> dict[str, float]:
    """Return the calls per second that each throttled action may have."""
    per_second: dict[str, float] = json.loads(snapshot.setting(_RATES) or "{}")
    return per_second


def put_rates(transaction: Transaction, per_second: Mapping[str, float]) -> None:
    """Throttle these actions and no others, from full buckets."""
    transaction.put_setting(_RATES, json.dumps(per_second) if per_second else None)
    transaction.put_setting(_BUCKETS, None)


def take_turn(transaction: Transaction, operation: str, caller: Caller, now: datetime) -> None:
    """Count a call of a throttled action.

    Raises:
        ServiceError: ThrottlingException, there were too many.
    """
    rate = rates(transaction).get(operation)
    if rate is None:
        return
    name = f"{caller.account} {caller.region} {operation}"
    buckets = json.loads(transaction.setting(_BUCKETS) or "{}")
    bucket = None
    if name in buckets:
        calls, at = buckets[name]
        bucket = Bucket(calls, datetime.fromisoformat(at))
    left = spend(bucket, rate, now)
    buckets[name] = (left.calls, left.at.isoformat())
    transaction.put_setting(_BUCKETS, json.dumps(buckets))


def spend(bucket: Bucket | None, rate_per_second: float, now: datetime) -> Bucket:
    """Take one call out of a bucket (None: a full one), which fills up at the rate.

    Assumption: a bucket holds what comes in one second, and at least one call; how large AWS's are is not known.

    Raises:
        ServiceError: ThrottlingException, the bucket is empty.
    """
    full = max(rate_per_second, 1.0)
    calls = full
    if bucket is not None:
        # A clock that was put back fills nothing and takes nothing away.
        seconds = max((now - bucket.at) / _SECOND, 0.0)
        calls = min(full, bucket.calls + seconds * rate_per_second)
    if calls < 1 and bucket is not None and lies_ahead(bucket.at, now):
        calls = full  # Else it would stay empty until the clock is where it was.
    if calls < 1:
        raise ServiceError("ThrottlingException", MESSAGE)
    return Bucket(calls - 1, now)
