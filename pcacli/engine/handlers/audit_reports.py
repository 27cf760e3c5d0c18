"""Audit reports: every certificate of a CA, written to a bucket."""

from collections.abc import Iterable, Iterator

from pcacli.engine import bucket_check, states
from pcacli.engine.artifacts.port import BucketProblem
from pcacli.engine.call import Call, Change, Response
from pcacli.engine.future import lies_ahead
from pcacli.engine.records import AuditReport, Certificate
from pcacli.engine.store.port import Transaction
from pcacli.errors import ServiceError
from pcacli.pki.audit_records import ReportRecord, csv_report, json_report

_CREATING, _SUCCESS, _FAILED = "CREATING", "SUCCESS", "FAILED"
_WRITERS = {"JSON": json_report, "CSV": csv_report}
_CONTENT_TYPES = {"JSON": "application/json", "CSV": "text/csv"}


def create_certificate_authority_audit_report(call: Call) -> Change:
    """Write the report now and remember how that went; a bucket that fails later makes the report FAILED."""
    with call.store.read() as snapshot:
        authority = call.authority(snapshot, states.AUDIT)
        _require_turn(call, snapshot.newest_audit_report(authority.arn))
        bucket, kind = call.request["S3BucketName"], call.request["AuditReportResponseFormat"]
        bucket_check.require_writable(call.artifacts, bucket)
        report_id = call.context.new_uuid()
        # Source: User Guide, "Using audit reports with your private CA".
        key = f"audit-report/{authority.arn.authority_id}/{report_id}.{kind.lower()}"
        content = _WRITERS[kind](_records(call, snapshot.certificates(authority.arn)))
        status = _write(call, bucket, key, content, _CONTENT_TYPES[kind])
    report = AuditReport(authority.arn, report_id, status, bucket, key, call.now, call.ready_at("report"))

    def remember(transaction: Transaction) -> Response:
        transaction.put_audit_report(report)
        return {"AuditReportId": report_id, "S3Key": key}

    return call.change(remember)


def describe_certificate_authority_audit_report(call: Call) -> Response:
    """Tell how a report is going and where it lies."""
    report_id = call.request["AuditReportId"]
    with call.store.read() as snapshot:
        authority = call.authority(snapshot)
        report = snapshot.audit_report(authority.arn, report_id)
    if report is None:
        raise ServiceError("ResourceNotFoundException", f"Could not find audit report {report_id}.")
    return {
        "AuditReportStatus": report.status if states.is_ready(report, call.now) else _CREATING,
        "S3BucketName": report.s3_bucket_name,
        "S3Key": report.s3_key,
        "CreatedAt": report.created_at,
    }


def _write(call: Call, bucket: str, key: str, content: Iterable[bytes], content_type: str) -> str:
    try:
        call.artifacts.put(bucket, key, content, content_type=content_type)
    except BucketProblem as problem:
        call.notify(str(problem))
        return _FAILED
    return _SUCCESS


def _require_turn(call: Call, newest: AuditReport | None) -> None:
    """Refuse a report while another is being written, or too soon after it, in a test store that keeps AWS's time.

    Raises:
        ServiceError: RequestInProgressException or RequestFailedException.
    """
    if newest is None:
        return
    if not states.is_ready(newest, call.now):
        message = states.REPORT_NOT_READY.format(report_id=newest.report_id)
        raise ServiceError("RequestInProgressException", message)
    is_recent = call.now < newest.created_at + call.duration("report_interval")
    if is_recent and not lies_ahead(newest.created_at, call.now):
        raise ServiceError("RequestFailedException", states.REPORT_TOO_SOON.format(arn=newest.authority))


def _records(call: Call, certificates: Iterable[Certificate]) -> Iterator[ReportRecord]:
    from pcacli.pki.certificate_facts import subject
    from pcacli.pki.distinguished_names import rfc2253

    for certificate in certificates:
        if not states.is_ready(certificate, call.now):
            continue
        yield ReportRecord(
            account=certificate.authority.account,
            requested_by=certificate.requested_by,
            certificate_arn=str(certificate.arn),
            serial=certificate.serial,
            subject=rfc2253(subject(certificate.certificate)),
            not_before=certificate.not_before,
            not_after=certificate.not_after,
            issued_at=certificate.issued_at,
            revoked_at=certificate.revoked_at,
            revocation_reason=certificate.revocation_reason,
            template_arn=certificate.template_arn,
        )
