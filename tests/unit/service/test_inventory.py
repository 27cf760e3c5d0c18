"""The inventory: what is selected, how a report is read, and when AWS is asked for one."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pcacli.cli.pki import list as list_command
from pcacli.errors import PcaError, ServiceError, UsageProblem
from pcacli.pki.certificate_names import Names
from pcacli.service.report_memory import ReportMemory, state_directory
from pcacli.service.workflows.audit_reports import AuditReports, Wishes
from pcacli.service.workflows.inventory import STATUSES, Selection, name_pattern, selected
from pcacli.service.workflows.report_rows import ReportRow, report_rows
from pcacli.service.workflows.workflow import Workflow
from tests.support.onlooker import Onlooker
from tests.unit.service.scripted_service import ScriptedService

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ARN = "arn:aws:acm-pca:eu-central-1:111122223333:certificate-authority/0a1b2c3d-0000-4000-8000-000000000000"
AUTHORITY = {
    "Arn": ARN,
    "Status": "ACTIVE",
    "RevocationConfiguration": {"CrlConfiguration": {"Enabled": True, "S3BucketName": "crls"}},
}
HEADER = (
    b"awsAccountId,requestedByServicePrincipal,certificateArn,serial,subject,notBefore,notAfter,issuedAt,revokedAt,"
    b"revocationReason,templateArn\n"
)
ROW = (
    b'1,,arn/1,00:1f,"CN=a\\, b,O=""x""",2026-01-01T00:00:00+0000,2026-04-01T00:00:00+0000,2026-01-01T00:00:00+0000,,,'
    b"arn:aws:acm-pca:::template/EndEntityCertificate/V1\n"
)
MADE = {"AuditReportId": "r", "S3Key": "k"}
DONE = {"AuditReportStatus": "SUCCESS", "S3BucketName": "crls", "S3Key": "k", "CreatedAt": NOW}


def row(**changes: Any) -> ReportRow:
    template = "arn:aws:acm-pca:::template/EndEntityCertificate/V1"
    whole = ReportRow("arn/1", 31, Names("CN=a", ("www.example.com",)), NOW + timedelta(days=10), None, None, template)
    return whole._replace(**changes)


def is_selected(certificate: ReportRow, **wishes: Any) -> bool:
    return bool(list(selected([certificate], lambda one: one.names, Selection(NOW, **wishes))))


# --- selecting


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "ISSUED"),
        ({"not_after": NOW}, "EXPIRED"),
        ({"revoked_at": NOW}, "REVOKED"),
        ({"revoked_at": NOW, "not_after": NOW}, "REVOKED"),
    ],
)
def test_a_certificate_has_one_status(changes: dict[str, Any], expected: str) -> None:
    for status in STATUSES:
        assert is_selected(row(**changes), statuses=frozenset({status})) == (status == expected)


@pytest.mark.parametrize(("days", "expected"), [(-1, False), (0, False), (10, True), (11, False)])
def test_what_has_expired_does_not_expire_within_a_time(days: int, expected: bool) -> None:  # noqa: FBT001 - a case
    certificate = row(not_after=NOW + timedelta(days=days))
    assert is_selected(certificate, expires_within=timedelta(days=10)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("WWW.Example", True),
        ("cn=A", True),
        ("w*.com", True),
        ("*.example.com", True),
        ("www?example", False),
        ("www.example.org", False),
        ("a*www", False),  # one name has to match, not two together
    ],
)
def test_a_text_is_looked_for_in_the_subject_and_each_name(text: str, expected: bool) -> None:  # noqa: FBT001 - a case
    assert is_selected(row(), pattern=name_pattern(text)) == expected


@pytest.mark.parametrize(
    ("template", "expected"), [("EndEntityCertificate", True), ("EndEntityCertificate/V1", True), ("EndEntity", False)]
)
def test_a_template_is_found_with_or_without_its_version(template: str, expected: bool) -> None:  # noqa: FBT001 - a case
    assert is_selected(row(), template=template) == expected


def test_names_that_nobody_knows_and_revocations_that_never_were_are_left_out() -> None:
    (entry,) = selected([row(names=Names("CN=a", None))], lambda one: one.names, Selection(NOW))
    assert list(entry) == ["CertificateArn", "Serial", "Subject", "Template", "Status", "NotAfter"]
    assert entry["Serial"] == f"{31:032x}"


def test_the_option_knows_the_statuses_of_the_workflow() -> None:
    (option,) = (one for one in list_command.command.params if one.name == "statuses")
    assert tuple(option.type.choices) == STATUSES  # type: ignore[attr-defined]  # it is a Choice


# --- reading a report


def read(content: bytes) -> tuple[list[ReportRow], list[str]]:
    problems: list[str] = []
    return list(report_rows(content.splitlines(keepends=True), problems.append)), problems


def test_a_row_is_read_with_its_quotes() -> None:
    (found,), problems = read(HEADER + ROW)
    assert (found.arn, found.serial, found.names) == ("arn/1", 31, Names('CN=a\\, b,O="x"', None))
    assert (found.not_after, found.revoked_at) == (datetime(2026, 4, 1, tzinfo=UTC), None)
    assert problems == []


def test_unknown_columns_in_any_order_do_no_harm() -> None:
    first, *rest = ROW.split(b",", 1)
    assert first == b"1"
    (found,), problems = read(b"x," + HEADER[:-1] + b",y\n" + b"z," + first + b"," + rest[0][:-1] + b",z\n")
    assert (found.serial, found.template_arn, problems) == (31, row().template_arn, [])


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        (b"1,2,3\n", "line 3: 3 fields and not 11"),
        (ROW.replace(b"00:1f", b"zz"), "line 3: 'zz' is not a hexadecimal serial number"),
        (ROW.replace(b"2026-04-01T00:00:00+0000", b"soon"), "line 3: Invalid isoformat string: 'soon'"),
        (ROW.replace(b"2026-04-01T00:00:00+0000", b"2026-04-01"), "line 3: the time 2026-04-01 has no zone"),
        (b"a\rb\n", "line 3: new-line character seen"),
    ],
)
def test_a_bad_row_is_named_and_the_rest_is_read(bad: bytes, problem: str) -> None:
    problems: list[str] = []
    lines = [HEADER, ROW, bad, b"\n", ROW]
    assert len(list(report_rows(lines, problems.append))) == 2
    (said,) = problems
    assert said.startswith(problem)


@pytest.mark.parametrize("content", [b"", b"[{}]\n", HEADER.replace(b"serial", b"number")])
def test_what_is_no_report_is_refused(content: bytes) -> None:
    with pytest.raises(PcaError, match="This is no audit report of AWS Private CA"):
        read(content)


# --- asking for a report


class Objects:
    """Buckets that hold a report under each key, except those that are gone."""

    def __init__(self) -> None:
        self.gone: set[str] = set()

    def lines(self, bucket: str, key: str) -> Iterator[bytes]:
        del bucket
        if key in self.gone:
            raise ServiceError("NoSuchKey", "The specified key does not exist.")
        return iter([HEADER, ROW])


class Desk:
    """Everything that the reports of one test work with."""

    def __init__(self, folder: Path, *script: dict[str, Any] | Exception) -> None:
        self.service = ScriptedService(*script)
        self.naps: list[float] = []
        self.said: list[str] = []
        self.onlooker = Onlooker()
        self.objects = Objects()
        self.now = NOW
        self.memory = ReportMemory(folder, None, self.said.append)

    def reports(self, **wishes: Any) -> AuditReports:
        return AuditReports(
            Workflow(self.service, self.naps.append),
            self.memory,
            self.objects,
            Wishes(**wishes),
            now=lambda: self.now,
            notify=self.said.append,
            progress=self.onlooker,
        )

    @property
    def operations(self) -> list[str]:
        return [operation.removesuffix("CertificateAuthorityAuditReport") for operation, _ in self.service.requests]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, *(MADE, DONE, DONE) * 2)


def test_a_report_goes_to_the_bucket_of_the_crl_or_the_one_that_is_named(tmp_path: Path) -> None:
    for wishes, bucket in (({}, "crls"), ({"bucket": "mine"}, "mine")):
        desk = Desk(tmp_path / bucket, MADE, DONE)
        assert list(desk.reports(**wishes).lines(AUTHORITY)) == [HEADER, ROW]
        assert desk.service.requests[0][1] == {
            "CertificateAuthorityArn": ARN,
            "S3BucketName": bucket,
            "AuditReportResponseFormat": "CSV",
        }


def test_without_a_bucket_nothing_is_asked_for(desk: Desk) -> None:
    with pytest.raises(UsageProblem, match=r"name one with --s3-bucket-name\.$"):
        desk.reports().reportable([AUTHORITY, {**AUTHORITY, "RevocationConfiguration": {}}])
    assert desk.service.requests == []


def test_cas_that_cannot_have_a_report_are_left_out_and_named(desk: Desk) -> None:
    states = ("ACTIVE", "DISABLED", "EXPIRED", "PENDING_CERTIFICATE")
    found = desk.reports().reportable([{**AUTHORITY, "Status": state} for state in states])
    assert [authority["Status"] for authority in found] == ["ACTIVE", "DISABLED"]
    assert desk.said == [f"{ARN} is left out: there are no audit reports of EXPIRED CAs."]


def test_the_last_report_is_used_while_it_is_young_and_its_age_is_said(desk: Desk) -> None:
    desk.reports().lines(AUTHORITY)
    asked = list(desk.operations)
    desk.now += timedelta(minutes=29)
    desk.reports().lines(AUTHORITY)
    assert desk.operations == asked
    assert desk.said == [f"{ARN}: from the audit report of 29m ago (--max-age)."]
    desk.now += timedelta(minutes=1)
    desk.reports().lines(AUTHORITY)
    assert len(desk.operations) > len(asked)


def test_a_report_that_is_gone_is_made_again(desk: Desk) -> None:
    desk.reports().lines(AUTHORITY)
    desk.objects.gone = {"k"}
    desk.service = ScriptedService(MADE, *[{**DONE, "S3Key": "new"}] * 2)
    assert list(desk.reports().lines(AUTHORITY)) == [HEADER, ROW]
    assert desk.operations == ["Create", "Describe", "Describe"]


@pytest.mark.parametrize("change", ["age", "file", "endpoint"])
def test_a_report_that_does_not_serve_is_made_again(desk: Desk, tmp_path: Path, change: str) -> None:
    desk.reports().lines(AUTHORITY)
    if change == "file":
        (file,) = tmp_path.rglob("*.json")
        file.write_text("[]")
    if change == "endpoint":
        desk.memory = ReportMemory(tmp_path, "http://other", desk.said.append)
    desk.reports(max_age=timedelta(0) if change == "age" else timedelta(hours=1)).lines(AUTHORITY)
    assert desk.operations == ["Create", "Describe", "Describe"] * 2
    assert desk.said == []


@pytest.mark.parametrize(("behind", "made"), [(timedelta(minutes=5), 1), (timedelta(days=400), 2)])
def test_a_report_of_the_future_is_not_taken_for_a_young_one(desk: Desk, behind: timedelta, made: int) -> None:
    """The clock here may be a little behind that of AWS, but not by more than a report may be old."""
    desk.reports(max_age=timedelta(hours=1)).lines(AUTHORITY)
    desk.now = NOW - behind
    desk.reports(max_age=timedelta(hours=1)).lines(AUTHORITY)
    assert desk.operations.count("Create") == made


def test_a_report_of_somebody_else_is_waited_out(tmp_path: Path) -> None:
    busy = ServiceError("RequestInProgressException", "in progress")
    desk = Desk(tmp_path, busy, busy, MADE, {"AuditReportStatus": "CREATING"}, DONE)
    desk.reports().lines(AUTHORITY)
    assert desk.operations == ["Create"] * 3 + ["Describe"] * 3
    assert desk.naps == [3, 3, 3]
    assert [attempt for _, attempt, _ in desk.onlooker.told] == [1, 2, 3, 1, 2]


def test_too_soon_is_told_with_a_way_out(tmp_path: Path) -> None:
    desk = Desk(tmp_path, ServiceError("RequestFailedException", "too soon"))
    with pytest.raises(ServiceError, match="too soon") as caught:
        desk.reports().lines(AUTHORITY)
    assert "--max-age" in (caught.value.hint or "")


def test_two_at_once_make_one_report(desk: Desk) -> None:
    answers: list[list[bytes]] = []
    both_began = threading.Barrier(2)

    def ask() -> None:
        both_began.wait(5)
        answers.append(list(desk.reports().lines(AUTHORITY)))

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert answers == [[HEADER, ROW]] * 2
    assert desk.operations.count("Create") == 1


def test_what_is_remembered_is_private(desk: Desk, tmp_path: Path) -> None:
    desk.reports().lines(AUTHORITY)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == {".json", ".lock"}
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


def test_a_place_that_cannot_be_written_is_said_once_and_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    desk = Desk(tmp_path / "file", MADE, DONE)
    assert list(desk.reports().lines(AUTHORITY)) == [HEADER, ROW]
    (said,) = desk.said
    assert said.startswith("Audit reports are not remembered: ")


def test_the_state_is_where_xdg_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert state_directory({"XDG_STATE_HOME": "/state"}) == Path("/state/pcacli")
    for environment in ({}, {"XDG_STATE_HOME": "relative"}):
        assert state_directory(environment) == tmp_path / ".local/state/pcacli"
