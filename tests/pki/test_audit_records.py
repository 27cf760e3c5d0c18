"""Audit reports have the bytes of the samples in the User Guide."""

import csv
import io
import json
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest

from pcacli.pki.audit_records import ReportRecord, csv_report, json_report

CA = "arn:aws:acm-pca:us-east-1:123456789012:certificate-authority/11111111-2222-3333-4444-555555555555"
TEMPLATE = "arn:aws:acm-pca:::template/EndEntityCertificate/V1"
REVOKED = ReportRecord(
    account="123456789012",
    requested_by=None,
    certificate_arn=f"{CA}/certificate/00112233445566778899aabbccddeeff",
    serial=0x00112233445566778899AABBCCDDEEFF,
    subject="2.5.4.5=#012345678901,CN=www.example1.com,O=Example Company,C=US",
    not_before=datetime(2020, 2, 26, 18, 39, 57, tzinfo=UTC),
    not_after=datetime(2021, 2, 26, 19, 39, 57, tzinfo=UTC),
    issued_at=datetime(2020, 2, 26, 19, 39, 58, 765000, tzinfo=UTC),
    revoked_at=datetime(2020, 2, 26, 20, 0, 36, 1000, tzinfo=UTC),
    revocation_reason="UNSPECIFIED",
    template_arn=TEMPLATE,
)
BY_SERVICE = ReportRecord(
    account="123456789012",
    requested_by="acm.amazonaws.com",
    certificate_arn=f"{CA}/certificate/ffeeddccbbaa99887766554433221100",
    serial=0xFFEEDDCCBBAA99887766554433221100,
    subject="CN=www.example1.com",
    not_before=datetime(2020, 1, 22, 20, 10, 49, tzinfo=UTC),
    not_after=datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
    issued_at=datetime(2020, 1, 22, 22, 10, 49, tzinfo=timezone(timedelta(hours=1))),
    revoked_at=None,
    revocation_reason=None,
    template_arn=TEMPLATE,
)

JSON = f"""\
[
   {{
      "awsAccountId":"123456789012",
      "certificateArn":"{CA}/certificate/00112233445566778899aabbccddeeff",
      "serial":"00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff",
      "subject":"2.5.4.5=#012345678901,CN=www.example1.com,O=Example Company,C=US",
      "notBefore":"2020-02-26T18:39:57+0000",
      "notAfter":"2021-02-26T19:39:57+0000",
      "issuedAt":"2020-02-26T19:39:58+0000",
      "revokedAt":"2020-02-26T20:00:36+0000",
      "revocationReason":"UNSPECIFIED",
      "templateArn":"{TEMPLATE}"
   }},
   {{
      "awsAccountId":"123456789012",
      "requestedByServicePrincipal":"acm.amazonaws.com",
      "certificateArn":"{CA}/certificate/ffeeddccbbaa99887766554433221100",
      "serial":"ff:ee:dd:cc:bb:aa:99:88:77:66:55:44:33:22:11:00",
      "subject":"CN=www.example1.com",
      "notBefore":"2020-01-22T20:10:49+0000",
      "notAfter":"9999-12-31T23:59:59+0000",
      "issuedAt":"2020-01-22T21:10:49+0000",
      "templateArn":"{TEMPLATE}"
   }}
]"""

CSV = (
    "awsAccountId,requestedByServicePrincipal,certificateArn,serial,subject,"
    "notBefore,notAfter,issuedAt,revokedAt,revocationReason,templateArn\n"
    f"123456789012,,{CA}/certificate/00112233445566778899aabbccddeeff,00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff,"
    '"2.5.4.5=#012345678901,CN=www.example1.com,O=Example Company,C=US",'
    "2020-02-26T18:39:57+0000,2021-02-26T19:39:57+0000,2020-02-26T19:39:58+0000,2020-02-26T20:00:36+0000,UNSPECIFIED,"
    f"{TEMPLATE}\n"
    f"123456789012,acm.amazonaws.com,{CA}/certificate/ffeeddccbbaa99887766554433221100,"
    "ff:ee:dd:cc:bb:aa:99:88:77:66:55:44:33:22:11:00,"
    '"CN=www.example1.com",2020-01-22T20:10:49+0000,9999-12-31T23:59:59+0000,2020-01-22T21:10:49+0000,,,'
    f"{TEMPLATE}\n"
)


@pytest.mark.fact("6", "json")
def test_a_json_report_has_the_layout_of_the_samples() -> None:
    assert b"".join(json_report([REVOKED, BY_SERVICE])).decode() == JSON


@pytest.mark.fact("6", "csv")
def test_a_csv_report_has_the_layout_of_the_samples() -> None:
    assert b"".join(csv_report([REVOKED, BY_SERVICE])).decode() == CSV


def test_reports_on_no_certificate_are_complete() -> None:
    assert json.loads(b"".join(json_report([]))) == []
    assert list(csv.DictReader(io.StringIO(b"".join(csv_report([])).decode()))) == []


@pytest.mark.parametrize("subject", ['CN="quoted\\, name"', "CN=Zoë 漢字", "CN=two\nlines", ""])
def test_any_subject_survives_both_formats(subject: str) -> None:
    records = [REVOKED._replace(subject=subject)]
    (from_json,) = json.loads(b"".join(json_report(records)))
    (from_csv,) = csv.DictReader(io.StringIO(b"".join(csv_report(records)).decode(), newline=""))
    assert from_json["subject"] == from_csv["subject"] == subject


@pytest.mark.parametrize("report", [json_report, csv_report])
def test_a_long_report_is_never_in_memory_as_a_whole(
    report: Callable[[Iterator[ReportRecord]], Iterator[bytes]],
) -> None:
    records = (REVOKED._replace(serial=serial) for serial in range(3_000))
    tracemalloc.start()
    written_bytes = sum(map(len, report(records)))
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # The interpreter keeps up to 2000 tuples of a size for later use, which is what the allowance is for.
    assert peak_bytes < written_bytes / 4
