"""Getting the audit report of a CA: the last one while it is young enough, else a new one.

Sources: AWS Private CA User Guide, "Using audit reports" (one in 30 minutes); facts, section 6.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import count
from typing import Any, NamedTuple, Protocol

from pcacli.api.catalogue import WAITERS
from pcacli.engine.progress import Phase, Progress
from pcacli.errors import ServiceError, UsageProblem
from pcacli.params.durations import format_duration
from pcacli.service.report_memory import Report, ReportMemory
from pcacli.service.waiting import wait
from pcacli.service.workflows.shell_script import ShellScript, aws, aws_wait, work_file
from pcacli.service.workflows.workflow import Workflow

INTERVAL = timedelta(minutes=30)
"""How often AWS makes a report of one CA."""

_WAITING = Phase("Waiting for the audit report")
_CREATED = WAITERS["AuditReportCreated"]
REPORTABLE = frozenset({"ACTIVE", "DISABLED"})
"""The states of a CA in which AWS makes a report of it."""

_AFTER_REFUSAL = "AWS makes one report of a CA in 30 minutes. If the last was made here, --max-age 1h takes it."


class Buckets(Protocol):
    """A place where AWS writes reports."""

    def lines(self, bucket: str, key: str) -> Iterator[bytes]:
        """Open an object and return its lines.

        Raises:
            ServiceError: NoSuchKey, or any other refusal.
        """
        ...


class Wishes(NamedTuple):
    """How old a report may be, and the bucket for new ones (None: the one of the CA's CRL)."""

    max_age: timedelta = INTERVAL
    bucket: str | None = None


class AuditReports:
    """The reports of CAs. `notify` is told things for the user; `progress` how often a new report was asked about."""

    def __init__(
        self,
        workflow: Workflow,
        memory: ReportMemory,
        buckets: Buckets,
        wishes: Wishes,
        *,
        now: Callable[[], datetime],
        notify: Callable[[str], object],
        progress: Progress,
    ) -> None:
        self._workflow = workflow
        self._memory = memory
        self._buckets = buckets
        self._wishes = wishes
        self._now = now
        self._notify = notify
        self._progress = progress

    def reportable(self, authorities: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Return those of several CAs of which there are reports, and say which are left out.

        A report takes an ACTIVE or DISABLED CA. One that is still without a certificate has nothing to report.

        Raises:
            UsageProblem: a CA has no bucket for its report; nothing has been asked for yet.
        """
        found = [authority for authority in authorities if authority["Status"] in REPORTABLE]
        for authority in authorities:
            if authority["Status"] in {"EXPIRED", "DELETED"}:
                self._notify(
                    f"{authority['Arn']} is left out: there are no audit reports of {authority['Status']} CAs."
                )
        for authority in found:
            if self._young(authority["Arn"]) is None:
                self._bucket(authority)
        return found

    def lines(self, authority: Mapping[str, Any]) -> Iterator[bytes]:
        """Return the lines of a CA's report in CSV, given the CA's description.

        Raises:
            ServiceError: AWS makes no report now, or it cannot be read.
            UsageProblem: the CA has no bucket for a new report.
            WaiterError: the report failed.
        """
        arn = authority["Arn"]
        with self._memory.turn(arn):
            lines = self._remembered_lines(arn)
            if lines is not None:
                return lines
            report = self._new(authority)
            self._memory.remember(report)
        return self._buckets.lines(report.bucket, report.key)

    def _young(self, arn: str) -> Report | None:
        """Return the last report if it is young enough.

        The clock here may be behind that of AWS; one that lies further ahead than it may be old is not believed.
        """
        report = self._memory.recall(arn)
        return report if report and abs(self._now() - report.created_at) < self._wishes.max_age else None

    def _remembered_lines(self, arn: str) -> Iterator[bytes] | None:
        report = self._young(arn)
        if report is None:
            return None
        try:
            lines = self._buckets.lines(report.bucket, report.key)
        except ServiceError as refusal:
            if refusal.code not in {"NoSuchKey", "NoSuchBucket"}:
                raise
            return None
        # The clock here may be behind that of AWS.
        age = max(self._now() - report.created_at, timedelta(0))
        self._notify(f"{arn}: from the audit report of {format_duration(age)} ago (--max-age).")
        return lines

    def _new(self, authority: Mapping[str, Any]) -> Report:
        service, named = self._workflow.service, {"CertificateAuthorityArn": authority["Arn"]}
        request = {**named, "S3BucketName": self._bucket(authority), "AuditReportResponseFormat": "CSV"}
        report_id = self._requested(request)
        asked = {**named, "AuditReportId": report_id}
        wait(service, _CREATED, asked, sleep=self._workflow.sleep, progress=self._tell)
        made = service.call(_CREATED.operation, asked)
        return Report(authority["Arn"], report_id, made["S3BucketName"], made["S3Key"], made["CreatedAt"])

    def _tell(self, attempt: int) -> None:
        self._progress(_WAITING, attempt, None)

    def _requested(self, request: Mapping[str, Any]) -> str:
        """Ask for a report, as soon as the one is finished that somebody else has asked for."""
        for attempt in count(1):
            self._tell(attempt)
            try:
                response = self._workflow.service.call("CreateCertificateAuthorityAuditReport", request)
            except ServiceError as refusal:
                if refusal.code == "RequestFailedException":
                    refusal.hint = refusal.hint or _AFTER_REFUSAL
                if refusal.code != "RequestInProgressException" or attempt == _CREATED.max_attempts:
                    raise
                self._workflow.sleep(_CREATED.delay_seconds)
            else:
                break
        report_id: str = response["AuditReportId"]
        return report_id

    def _bucket(self, authority: Mapping[str, Any]) -> str:
        return report_bucket(authority, self._wishes.bucket)


def report_bucket(authority: Mapping[str, Any], named: str | None) -> str:
    """Return the bucket for the reports of a CA (API CertificateAuthority): the one that was named, else its CRL's.

    Raises:
        UsageProblem: there is none.
    """
    crl = authority.get("RevocationConfiguration", {}).get("CrlConfiguration", {})
    bucket: str | None = named or crl.get("S3BucketName")
    if bucket is None:
        raise UsageProblem(
            f"{authority['Arn']} publishes no CRL, so that there is no bucket for its audit report: name one with "
            "--s3-bucket-name."
        )
    return bucket


def write_report(script: ShellScript, authority_arn: str, bucket: str) -> None:
    """Write down how a CA's report is made, waited for and printed."""
    named = {"CertificateAuthorityArn": authority_arn}
    script.comment(authority_arn)
    request = {**named, "S3BucketName": bucket, "AuditReportResponseFormat": "CSV"}
    report = script.assign(
        "audit_report_id", *aws("CreateCertificateAuthorityAuditReport", request, query="AuditReportId")
    )
    asked = {**named, "AuditReportId": report}
    script.run(*aws_wait(_CREATED.name, asked))
    key = script.assign("key", *aws(_CREATED.operation, asked, query="S3Key"))
    file = work_file("report.csv")
    script.run("aws", "s3api", "get-object", "--bucket", bucket, "--key", key, file, output="/dev/null")
    script.run("cat", file)
