"""One bad record never takes a list away: it becomes a row, a notice or a finding, and the rest is there."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from pcacli.pki.der_writer import encode
from tests.pki import raw
from tests.support import hierarchies as pki
from tests.support.hierarchies import Estate

LIST, REVOKE = ("pki", "list"), ("pki", "revoke", "--reason", "SUPERSEDED", "--yes")
# Certificates that could once be issued, or that a bad disk made.
ISSUER = raw.name(raw.attribute(raw.COMMON_NAME, b"Estate Issuing"))
NOT_NAMES = raw.certificate(raw.extension(raw.SUBJECT_ALTERNATIVE_NAME, b"\xff\xff"), issuer=ISSUER)
NAMES_OF_ANOTHER_TYPE = raw.certificate(raw.extension(raw.SUBJECT_ALTERNATIVE_NAME, encode(0x0C, b"x")), issuer=ISSUER)
EMPTY_SET = raw.certificate(issuer=ISSUER, subject=raw.name(b"", raw.attribute(raw.COMMON_NAME, b"x")))
NO_CERTIFICATE = b"\x30\x00"


def put(estate: Estate, certificate: bytes | str | None = None, **columns: object) -> None:
    """Change the record of the leaf, the last certificate that was issued."""
    values = columns if certificate is None else {"certificate": certificate, **columns}
    (database,) = Path(estate.environment["PCACLI_HOME"]).rglob("authority.db")
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        ((row,),) = connection.execute("SELECT max(id) FROM certificates")
        for column, value in values.items():
            connection.execute(f"UPDATE certificates SET {column} = ? WHERE id = ?", (value, row))


DAMAGES: dict[str, tuple[bytes | str, str, str]] = {
    "names that are none": (NOT_NAMES, "CN=www.example.com", "its subject alternative names cannot be read"),
    "names of another type": (NAMES_OF_ANOTHER_TYPE, "CN=www.example.com", "subject alternative names cannot be read"),
    "no certificate": (NO_CERTIFICATE, "", "the certificate cannot be read"),
    "a text": ("hello", "", "the certificate cannot be read"),
    "cut off": (raw.certificate()[:40], "", "the certificate cannot be read"),
}


@pytest.mark.parametrize(("certificate", "subject", "problem"), DAMAGES.values(), ids=DAMAGES)
def test_a_list_has_a_row_for_what_cannot_be_read(
    estate: Estate, certificate: bytes | str, subject: str, problem: str
) -> None:
    put(estate, certificate)
    for options in ((), ("--match", "nobody")):
        *_, row = estate.json(*LIST, *options)
        assert (row["CertificateArn"], row["Subject"]) == (estate.leaf, subject)
        assert problem in row["Problem"]
    assert len(estate.json(*LIST)) == 3
    for output in ("table", "text", "yaml"):
        assert problem in estate.ok(*LIST, "--output", output)


def test_an_empty_set_in_a_name_is_no_problem(estate: Estate) -> None:
    put(estate, EMPTY_SET)
    assert estate.json(*LIST)[-1]["Subject"] == "CN=x"


def test_a_record_that_cannot_be_read_is_left_out_with_a_notice_and_exit_code_1(estate: Estate) -> None:
    put(estate, not_after="soon")
    done = estate.run(*LIST, "--output", "json")
    assert done.exit_code == 1
    assert [entry["Subject"] for entry in json.loads(done.out)] == ["CN=Estate Root", "CN=Estate Issuing"]
    assert f"the certificate with the serial number {pki.serial_of(estate.leaf).lstrip('0')}" in done.err.replace(
        "number 0", "number "
    )
    assert "a bug in pcacli" not in done.err


def test_revoking_by_name_takes_what_certainly_has_it(estate: Estate) -> None:
    put(estate, NOT_NAMES)
    (one,) = estate.json(*REVOKE, "--match", "www.example.*")
    assert (one["CertificateArn"], one["Result"]) == (estate.leaf, "REVOKED")


def test_revoking_by_name_does_not_take_what_may_have_it(estate: Estate) -> None:
    put(estate, NO_CERTIFICATE)
    done = estate.run(*REVOKE, "--match", "www.example.*")
    assert done.exit_code == 1
    assert f"Whether {estate.leaf} is meant cannot be told: the certificate cannot be read." in done.err
    assert estate.json(*LIST)[-1]["Status"] == "ISSUED"


@pytest.mark.parametrize("certificate", [NOT_NAMES, NO_CERTIFICATE])
def test_revoking_by_serial_number_takes_what_cannot_be_read(estate: Estate, certificate: bytes) -> None:
    put(estate, certificate)
    (one,) = estate.json(*REVOKE, pki.serial_of(estate.leaf))
    assert one["Result"] == "REVOKED"


@pytest.mark.parametrize("kind", ["JSON", "CSV"])
def test_an_audit_report_goes_on(estate: Estate, kind: str) -> None:
    put(estate, NO_CERTIFICATE)
    words = ("--certificate-authority-arn", estate.issuing, "--s3-bucket-name", "reports")
    key = estate.text(
        "create-certificate-authority-audit-report", *words, "--audit-report-response-format", kind, "--query", "S3Key"
    )
    (report,) = Path(estate.environment["PCACLI_HOME"]).rglob(Path(key).name)
    assert "the certificate cannot be read" in report.read_text()


def spoil_issuing(estate: Estate, **columns: object) -> None:
    (database,) = Path(estate.environment["PCACLI_HOME"]).rglob("authority.db")
    identifier = estate.issuing.rpartition("/")[2]
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        for column, value in columns.items():
            connection.execute(f"UPDATE authorities SET {column} = ? WHERE authority_id = ?", (value, identifier))


def test_the_status_has_a_row_for_a_ca_whose_certificate_cannot_be_read(estate: Estate) -> None:
    spoil_issuing(estate, certificate=b"\x30\x00")
    found = estate.json("pki", "status")["CertificateAuthorities"]
    problems = {each["Name"]: each.get("Problem") for each in found}
    assert problems == {"Estate Root": None, "Estate Issuing": "its certificate or chain cannot be read"}
    assert "its certificate or chain cannot be read" in estate.ok("pki", "status")
    assert estate.json("pki", "verify", estate.root, "--no-revocation")["Good"]


COMMANDS: dict[str, Callable[[Estate], str]] = {
    "pki status": lambda estate: estate.ok("pki", "status"),
    "list-certificate-authorities": lambda estate: estate.ok("list-certificate-authorities"),
    "local status": lambda estate: estate.ok("local", "status"),
    "local refresh": lambda estate: estate.ok("local", "refresh"),
    "pki list": lambda estate: estate.ok(*LIST),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_ca_whose_record_cannot_be_read_is_left_out_with_a_notice(estate: Estate, command: str) -> None:
    spoil_issuing(estate, tags="{")
    done = estate.run(*command.split())
    assert done.exit_code == 0, done.err
    assert f"Left out: the record of the CA {estate.issuing} cannot be read." in done.err


def test_a_check_goes_on_behind_every_damaged_record(estate: Estate) -> None:
    spoil_issuing(estate, tags="{")
    (database,) = Path(estate.environment["PCACLI_HOME"]).rglob("authority.db")
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("UPDATE certificates SET certificate = x'3000' WHERE number = 1 AND authority = 1")
    done = estate.run("local", "check")
    assert done.exit_code == 1
    assert f"the record of the CA {estate.issuing} cannot be read" in done.out
    assert "CERTIFICATE" in done.out


def test_a_check_finds_more_than_the_first_damaged_certificate(estate: Estate) -> None:
    for name in ("b", "c"):
        pki.issue(estate, estate.issuing, pki.openssl_csr(estate.work, f"{name}.example.com"))
    put(estate, not_after="soon")
    (database,) = Path(estate.environment["PCACLI_HOME"]).rglob("authority.db")
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute(
            "UPDATE certificates SET not_before = 'now' WHERE id = (SELECT max(id) - 1 FROM certificates)"
        )
        connection.execute(
            "UPDATE certificates SET certificate = x'3000' WHERE id = (SELECT max(id) - 2 FROM certificates)"
        )
    done = estate.run("local", "check")
    assert done.out.count("the record of the certificate with the serial number") == 2
    assert "it is damaged" in done.out
