"""What a CA issued and reported, straight from the store, for whoever may have an audit report of it."""

from collections.abc import Iterator
from datetime import datetime

from pcacli.api.arns import AuthorityArn
from pcacli.engine import states
from pcacli.engine.call import Call, Parts
from pcacli.engine.context import Caller
from pcacli.engine.records import ListedCertificate
from pcacli.engine.store.port import Snapshot
from pcacli.errors import ServiceError

_OPERATION = "CreateCertificateAuthorityAuditReport"


def issued_certificates(parts: Parts, caller: Caller, arn: str) -> Iterator[ListedCertificate]:
    """Yield every certificate that a CA issued, in the order of issuance and in bounded memory.

    Unlike AWS's report it can be had in every state of the CA.

    Raises:
        ServiceError: the caller may not have an audit report of the CA, or there is no such CA.
    """
    call = _call(parts, caller, arn)
    with call.store.read() as snapshot:
        for certificate in snapshot.listed_certificates(_authority(call, snapshot)):
            if _is_ready(snapshot, certificate, call.now):
                yield certificate


def certificate_count(parts: Parts, caller: Caller, arn: str) -> int:
    """Return how many certificates a CA has issued, or is about to.

    Raises:
        ServiceError: as above.
    """
    call = _call(parts, caller, arn)
    with call.store.read() as snapshot:
        return snapshot.certificate_count(_authority(call, snapshot))


def newest_audit_report(parts: Parts, caller: Caller, arn: str) -> str | None:
    """Return the identifier of the audit report of a CA that was asked for last, None if there is none.

    Raises:
        ServiceError: as above.
    """
    call = _call(parts, caller, arn)
    with call.store.read() as snapshot:
        report = snapshot.newest_audit_report(_authority(call, snapshot))
    return None if report is None else report.report_id


def _is_ready(snapshot: Snapshot, listed: ListedCertificate, now: datetime) -> bool:
    """Tell whether a certificate is there; only for one that may not be everything is read that is known of it."""
    if listed.ready_at is None or listed.ready_at <= now:
        return True
    whole = snapshot.certificate(listed.authority, listed.serial)
    return whole is not None and states.is_ready(whole, now)


def _call(parts: Parts, caller: Caller, arn: str) -> Call:
    return Call(parts, _OPERATION, {"CertificateAuthorityArn": arn}, caller)


def _authority(call: Call, snapshot: Snapshot) -> AuthorityArn:
    """Return the CA that the call is about, if the caller may do this to it."""
    try:
        return call.authority(snapshot).arn
    except ServiceError as refusal:
        refusal.operation = _OPERATION
        raise
