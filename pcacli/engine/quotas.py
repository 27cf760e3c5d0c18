"""AWS's quotas on resources: how many there may be of each kind. They can be changed for a store, as on AWS.

Source: the quotas of AWS Private CA in two public dumps of Service Quotas (facts, section 3.6). Assumption: the texts
of the refusals have not been seen.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from pcacli.engine.context import Caller
from pcacli.engine.records import CertificateAuthority
from pcacli.engine.store.port import Snapshot, Transaction
from pcacli.errors import ServiceError

_SETTING = "quotas"
_PARTITIONED = "PARTITIONED"


class Quota(NamedTuple):
    """A quota: AWS's default, its code in Service Quotas, and what it limits."""

    default: int
    code: str
    what: str


AUTHORITIES, CERTIFICATES, REVOKED_CERTIFICATES = "authorities", "certificates", "revoked-certificates"
QUOTAS: Mapping[str, Quota] = {
    AUTHORITIES: Quota(200, "L-799883CD", "private CAs in one account and region"),
    CERTIFICATES: Quota(1_000_000, "L-F99AB81B", "certificates of a CA with a complete CRL"),
    REVOKED_CERTIFICATES: Quota(1_000_000, "L-DFF54388", "revoked certificates of a CA with a complete CRL"),
}


def limits(snapshot: Snapshot) -> dict[str, int | None]:
    """Return the limit under each quota of a store; None for no limit."""
    changed: dict[str, int | None] = json.loads(snapshot.setting(_SETTING) or "{}")
    return {name: changed.get(name, quota.default) for name, quota in QUOTAS.items()}


def put_limits(transaction: Transaction, wanted: Mapping[str, int | None]) -> None:
    """Set the limits of a store; a quota that is not named gets AWS's default."""
    changed = {name: limit for name, limit in wanted.items() if limit != QUOTAS[name].default}
    transaction.put_setting(_SETTING, json.dumps(changed) if changed else None)


def require_room_for_authority(snapshot: Snapshot, caller: Caller, now: datetime) -> None:
    """Let another CA be made if the account may have one more in this region.

    Assumption: a deleted CA counts until its window is over.

    Raises:
        ServiceError: LimitExceededException.
    """
    _require_room(snapshot, AUTHORITIES, snapshot.authority_count(caller.account, caller.region, at=now))


def require_room_for_certificate(snapshot: Snapshot, authority: CertificateAuthority) -> None:
    """Let another certificate be issued if the CA may have one more.

    Assumption: without a complete CRL there is a limit, too, but nobody has shown it; none is set.

    Raises:
        ServiceError: LimitExceededException.
    """
    if _has_complete_crl(authority):
        _require_room(snapshot, CERTIFICATES, snapshot.certificate_count(authority.arn))


def require_room_for_revocation(snapshot: Snapshot, authority: CertificateAuthority) -> None:
    """Let another certificate be revoked if the CA may have one more.

    Raises:
        ServiceError: LimitExceededException.
    """
    # To count revocations takes time; there are never more of them than certificates, whose number is known.
    issued, limit = snapshot.certificate_count(authority.arn), limits(snapshot)[REVOKED_CERTIFICATES]
    if _has_complete_crl(authority) and limit is not None and issued >= limit:
        _require_room(snapshot, REVOKED_CERTIFICATES, snapshot.revocation_count(authority.arn))


def _require_room(snapshot: Snapshot, name: str, count: int) -> None:
    limit = limits(snapshot)[name]
    if limit is not None and count >= limit:
        raise ServiceError(
            "LimitExceededException",
            f"The quota of {limit} {QUOTAS[name].what} is used up.",
            hint="pcacli local quota set changes the quotas of this store.",
        )


def _has_complete_crl(authority: CertificateAuthority) -> bool:
    return authority.crl.enabled and authority.crl.crl_type != _PARTITIONED
