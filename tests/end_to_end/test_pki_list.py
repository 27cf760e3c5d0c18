"""`pcacli pki list`: on the embedded authority, and through `serve` and an S3 server, which stand in for AWS."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.support import hierarchies as pki
from tests.support.aws_scripts import run_with_aws
from tests.support.command_line import Finished, Pcacli, finish
from tests.support.hierarchies import Estate
from tests.support.s3_server import CREDENTIALS, emptied, s3_client
from tests.support.screen import on_screen
from tests.support.serving import REGION, Server, serving

LIST = ("pki", "list")


def names_of(found: list[dict[str, Any]]) -> list[str]:
    return [entry["Subject"] for entry in found]


def test_every_certificate_is_listed_with_what_is_known_of_it(estate: Estate) -> None:
    *authorities, leaf = estate.json(*LIST)
    assert names_of(authorities) == ["CN=Estate Root", "CN=Estate Issuing"]
    expiry = datetime.fromisoformat(leaf.pop("NotAfter"))
    assert expiry.tzinfo is not None
    assert leaf == {
        "CertificateArn": estate.leaf,
        "Serial": pki.serial_of(estate.leaf),
        "Subject": "CN=www.example.com",
        "SubjectAlternativeNames": ["www.example.com"],
        "Template": "EndEntityCertificate/V1",
        "Status": "ISSUED",
    }


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--match", "WWW.*.com"), ["CN=www.example.com"]),
        (("--match", "nobody"), []),
        (("--template", "EndEntityCertificate"), ["CN=www.example.com"]),
        (("--template", "arn:aws:acm-pca:::template/RootCACertificate/V1"), ["CN=Estate Root"]),
        (("--expires-within", "31d"), ["CN=www.example.com"]),
        (("--expires-within", "2y", "--template", "SubordinateCACertificate_PathLen0/V1"), ["CN=Estate Issuing"]),
        (("--status", "revoked"), []),
        (("--status", "EXPIRED", "--status", "ISSUED", "--match", "Estate R"), ["CN=Estate Root"]),
    ],
)
def test_options_narrow_the_list(pristine: Estate, options: tuple[str, ...], expected: list[str]) -> None:
    assert names_of(pristine.json(*LIST, *options)) == expected


def test_debug_changes_nothing_about_the_list(pristine: Estate) -> None:
    assert pristine.json(*LIST, "--debug") == pristine.json(*LIST)


def test_one_ca_can_be_chosen(pristine: Estate) -> None:
    assert names_of(pristine.json(*LIST, "--certificate-authority-arn", pristine.issuing)) == ["CN=www.example.com"]
    unknown = pristine.issuing[:-12] + "000000000000"
    refused = pristine.run(*LIST, "--certificate-authority-arn", unknown)
    assert (refused.exit_code, refused.out) == (254, "")
    assert "ResourceNotFoundException" in refused.err


def test_a_revocation_is_told_with_its_reason(estate: Estate) -> None:
    words = ("--certificate-authority-arn", estate.issuing, "--certificate-serial", pki.serial_of(estate.leaf))
    estate.ok("revoke-certificate", *words, "--revocation-reason", "SUPERSEDED")
    (entry,) = estate.json(*LIST, "--status", "REVOKED")
    assert (entry["CertificateArn"], entry["RevocationReason"]) == (estate.leaf, "SUPERSEDED")
    assert datetime.fromisoformat(entry["RevokedAt"]) < datetime.fromisoformat(entry["NotAfter"])


def test_fail_if_any_is_an_answer_for_scripts(pristine: Estate) -> None:
    some = pristine.run(*LIST, "--expires-within", "31d", "--fail-if-any")
    assert (some.exit_code, len(json.loads(some.out))) == (1, 1)
    assert "There is 1 certificate." in some.err
    none = pristine.run(*LIST, "--expires-within", "1d", "--fail-if-any")
    assert none == Finished(0, "[]\n", "")


def test_a_check_that_looked_at_no_ca_is_no_pass(pristine: Estate) -> None:
    wrong = {"AWS_REGION": "eu-west-3", "AWS_ACCOUNT_ID": "444455556666"}
    nothing = pristine.run(*LIST, "--fail-if-any", **wrong)
    assert (nothing.exit_code, nothing.out) == (1, "[]\n")
    assert "in the region eu-west-3 of account 444455556666" in nothing.err
    assert pristine.run(*LIST, "--fail-if-any", "--allow-none", **wrong) == Finished(0, "[]\n", "")
    assert pristine.run(*LIST, **wrong) == Finished(0, "[]\n", "")


EXPIRING = ("--expires-within", "30d")


def test_the_expiry_check_goes_green_after_a_renewal(pcacli: Pcacli) -> None:
    pcacli.ok("pki", "init")
    pcacli.ok("pki", "request", "--dns-name", "www.example.com", "--validity", "10d", "--out-dir", "www")
    check = (*LIST, *EXPIRING, "--fail-if-any")
    assert pcacli.run(*check).exit_code == 1
    pcacli.ok("pki", "renew", "www", "--validity", "90d")
    green = pcacli.run(*check)
    assert (green.exit_code, green.out) == (0, "[]\n")
    assert "1 certificate, which a newer one replaces, is left out (--include-replaced)." in green.err
    assert pcacli.run(*check, "--include-replaced").exit_code == 1
    assert len(pcacli.json(*LIST, "--match", "www")) == 2
    # What replaces is itself revoked: the old one is all that there is again.
    pcacli.ok("pki", "revoke", "www/cert.pem", "--reason", "SUPERSEDED", "--yes")
    assert pcacli.run(*check).exit_code == 1


def test_a_renewal_from_another_template_counts_as_one(pcacli: Pcacli) -> None:
    """The one that `pki renew` takes gives the same extensions, but does not have the same name."""
    pcacli.ok("pki", "init")
    template = ("--template", "EndEntityCertificate_CSRPassthrough", "--validity", "10d")
    pcacli.ok("pki", "request", "--dns-name", "www.example.com", *template, "--out-dir", "www")
    pcacli.ok("pki", "renew", "www", "--validity", "90d")
    assert pcacli.run(*LIST, *EXPIRING, "--fail-if-any").exit_code == 0


def test_a_certificate_for_other_names_replaces_nothing(pcacli: Pcacli) -> None:
    pcacli.ok("pki", "init")
    names = ("--dns-name", "www.example.com", "--dns-name", "b.example.com")
    pcacli.ok("pki", "request", *names, "--validity", "10d", "--out-dir", "www")
    pcacli.ok("pki", "request", "--dns-name", "www.example.com", "--out-dir", "new")
    assert pcacli.run(*LIST, *EXPIRING, "--fail-if-any").exit_code == 1
    pcacli.ok("pki", "request", *names, "--dns-name", "c.example.com", "--out-dir", "newer")
    assert pcacli.run(*LIST, *EXPIRING, "--fail-if-any").exit_code == 0


def test_replaced_certificates_can_still_be_revoked_by_their_expiry(pcacli: Pcacli) -> None:
    pcacli.ok("pki", "init")
    pcacli.ok("pki", "request", "--dns-name", "www.example.com", "--validity", "10d", "--out-dir", "www")
    pcacli.ok("pki", "renew", "www", "--validity", "90d")
    assert pcacli.ok("pki", "revoke", *EXPIRING, "--reason", "SUPERSEDED", "--yes").count("REVOKED") == 1


@pytest.mark.parametrize(
    "options", [("--expires-within", "soon"), ("--template", "EndEntity"), ("--status", "LOST"), ("--max-age", "x")]
)
def test_a_slip_is_no_empty_list(pristine: Estate, options: tuple[str, ...]) -> None:
    refused = pristine.run(*LIST, *options)
    assert (refused.exit_code, refused.out) == (252, "")


def test_expiry_follows_the_clock_of_a_test_store(pcacli: Pcacli) -> None:
    pcacli.ok("local", "init", "--test")
    pcacli.ok("pki", "init")
    pcacli.ok("local", "clock", "advance", "6y", "--no-refresh")
    assert names_of(pcacli.json(*LIST, "--status", "EXPIRED")) == ["CN=Private Issuing CA"]


def test_other_accounts_see_nothing(pristine: Estate) -> None:
    words = ("--certificate-authority-arn", pristine.issuing)
    refused = pristine.run(*LIST, *words, AWS_ACCOUNT_ID="444455556666")
    assert (refused.exit_code, refused.out) == (254, "")
    assert pristine.json(*LIST, AWS_ACCOUNT_ID="444455556666") == []


def test_query_and_output_are_those_of_every_command(pristine: Estate) -> None:
    assert pristine.text(*LIST, "--query", "[].Subject") == "CN=Estate Root\tCN=Estate Issuing\tCN=www.example.com"


# --- as on AWS


class Cloud(NamedTuple):
    """A server in place of ACM PCA, a client of the S3 server beside it, and a command line that knows both."""

    server: Server
    s3: Any
    operator: Pcacli
    authority: str

    @property
    def reports(self) -> list[str]:
        return [
            found["Key"] for found in self.s3.list_objects_v2(Bucket=pki.BUCKET, Prefix="audit").get("Contents", ())
        ]


@pytest.fixture
def cloud(tmp_path: Path, s3_url: str) -> Iterator[Cloud]:
    s3 = s3_client(s3_url)
    s3.create_bucket(Bucket=pki.BUCKET)
    owner = Pcacli(tmp_path / "aws")
    owner.environment.update(CREDENTIALS, AWS_REGION=REGION)
    owner.ok("local", "init", "--s3-endpoint-url", s3_url)
    with serving(owner) as server:
        operator = Pcacli(tmp_path / "operator", endpoint={**server.environment, "AWS_ENDPOINT_URL_S3": s3_url})
        root = pki.create(operator, "ROOT", "Root", pki.P256, "--revocation-configuration", pki.PUBLISHING)
        pki.activate(operator, root, root)
        pki.issue(operator, root, pki.openssl_csr(operator.work, "www.example.com"))
        yield Cloud(server, s3, operator, root)
    emptied(s3_url)


def test_on_aws_the_list_comes_from_a_report_that_is_used_again(cloud: Cloud) -> None:
    first = cloud.operator.run(*LIST, "--match", "www")
    (entry,) = json.loads(first.out)
    assert (first.exit_code, first.err) == (0, "")
    assert list(entry) == ["CertificateArn", "Serial", "Subject", "Template", "Status", "NotAfter"]
    assert (entry["Subject"], entry["Status"]) == ("CN=www.example.com", "ISSUED")
    again = cloud.operator.run(*LIST)
    assert names_of(json.loads(again.out)) == ["CN=Root", "CN=www.example.com"]
    assert re.fullmatch(rf"pcacli: {cloud.authority}: from the audit report of \d+s ago \(--max-age\)\.\n", again.err)
    assert len(cloud.reports) == 1
    cloud.operator.ok(*LIST, "--max-age", "0s")
    assert len(cloud.reports) == 2


def test_on_aws_names_of_what_may_be_replaced_are_fetched(cloud: Cloud) -> None:
    """Both have the same subject, and the report knows no alternative names."""
    wanted = ("pki", "request", "--common-name", "www", "--certificate-authority-arn", cloud.authority, "--dns-name")
    cloud.operator.ok(*wanted, "www.example.com", "--validity", "10d", "--out-dir", "a")
    cloud.operator.ok(*wanted, "b.example.com", "--out-dir", "b")
    check = (*LIST, "--expires-within", "20d", "--max-age", "0s", "--fail-if-any")
    red = cloud.operator.run(*check)
    assert (red.exit_code, names_of(json.loads(red.out))) == (1, ["CN=www"])
    cloud.operator.ok(*wanted, "www.example.com", "--dns-name", "c.example.com", "--out-dir", "c")
    green = cloud.operator.run(*check)
    assert (green.exit_code, green.out) == (0, "[]\n"), green.err
    assert names_of(cloud.operator.json(*check[:-1], "--include-replaced")) == ["CN=www"]


def test_two_lists_at_once_make_one_report(cloud: Cloud) -> None:
    ends = [finish(process) for process in [cloud.operator.start(*LIST) for _ in range(2)]]
    assert [end.exit_code for end in ends] == [0, 0]
    assert ends[0].out == ends[1].out
    assert len(cloud.reports) == 1


def test_a_row_that_cannot_be_read_is_named_and_the_rest_listed(cloud: Cloud) -> None:
    cloud.operator.ok(*LIST)
    (key,) = cloud.reports
    content = cloud.s3.get_object(Bucket=pki.BUCKET, Key=key)["Body"].read()
    cloud.s3.put_object(Bucket=pki.BUCKET, Key=key, Body=content + b"one,two\n")
    finished = cloud.operator.run(*LIST)
    assert (finished.exit_code, len(json.loads(finished.out))) == (1, 2)
    assert "line 4: 2 fields and not 11" in finished.err


def test_without_a_bucket_one_sentence_says_what_to_do(cloud: Cloud) -> None:
    second = pki.create(cloud.operator, "ROOT", "Second")
    pki.activate(cloud.operator, second, second)
    refused = cloud.operator.run(*LIST)
    assert (refused.exit_code, refused.out) == (252, "")
    assert f"{second} publishes no CRL" in refused.err
    assert cloud.reports == []
    assert len(cloud.operator.json(*LIST, "--s3-bucket-name", pki.BUCKET)) == 3


def test_an_endpoint_of_the_embedded_authority_is_not_taken_for_s3(cloud: Cloud) -> None:
    """Here AWS's own S3 would be asked; nothing of it can be reached."""
    environment = {"AWS_ENDPOINT_URL_S3": "", "AWS_ENDPOINT_URL": "local:", "HTTPS_PROXY": "http://127.0.0.1:9"}
    finished = cloud.operator.run(*LIST, **environment, AWS_MAX_ATTEMPTS="1")
    assert finished.exit_code == 255
    assert "Invalid endpoint" not in finished.err
    assert "proxy" in finished.err


@pytest.mark.needs("aws")
def test_the_script_prints_the_report_with_the_aws_cli(cloud: Cloud) -> None:
    script = cloud.operator.ok(*LIST, "--print-commands")
    assert cloud.reports == []
    # Versions of the AWS CLI that do not know AWS_ENDPOINT_URL_S3 are told by an option.
    s3_url = cloud.operator.environment["AWS_ENDPOINT_URL_S3"]
    script = script.replace("aws s3api get-object", f"aws --endpoint-url {s3_url} s3api get-object")
    done = run_with_aws(cloud.operator, script)
    assert done.exit_code == 0, done.err
    header, *rows = done.out.splitlines()
    assert header.startswith("awsAccountId,")
    assert ["CN=www.example.com" in row for row in rows] == [False, True]


# --- for people


def test_on_a_terminal_each_certificate_is_a_line(pristine: Estate) -> None:
    screen = on_screen(pristine, *LIST, COLUMNS="80", AWS_PAGER="", NO_COLOR="1").screen
    header, *lines = screen.splitlines()
    assert header.split() == ["EXPIRES", "STATUS", "SERIAL", "NAMES"]
    assert [line[header.index("NAMES") :] for line in lines] == [
        "CN=Estate Root",
        "CN=Estate Issuing",
        "www.example.com",
    ]
    assert lines[2].split()[1:3] == ["ISSUED", pki.serial_of(pristine.leaf)]
    assert on_screen(pristine, *LIST, "--match", "nobody", AWS_PAGER="").screen == ""


@pytest.mark.parametrize("columns", [40, 60, 80])
def test_long_names_fold_below_the_first(estate: Estate, columns: int) -> None:
    names = ["short.example.com", *(f"{'long-' * 7}{letter}.example.com" for letter in "abc")]
    estate.ok("pki", "request", "--out-dir", "long", *(word for name in names for word in ("--dns-name", name)))
    screen = on_screen(estate, *LIST, "--match", "short", COLUMNS=str(columns), AWS_PAGER="", NO_COLOR="1").screen
    header, *lines = screen.splitlines()
    assert max(map(len, lines)) <= columns
    margin = header.index("NAMES")
    assert "".join(line[margin:].strip().replace(" ", "") for line in lines) == ",".join(names)
    assert all(line[:margin].isspace() for line in lines[1:])
    assert ("SERIAL" in header) is (columns == 80)


def test_wide_shows_serial_numbers_on_any_terminal(pristine: Estate) -> None:
    screen = on_screen(pristine, *LIST, "--wide", COLUMNS="40", AWS_PAGER="").screen
    assert pki.serial_of(pristine.leaf) in screen


def test_a_table_has_columns_for_people(pristine: Estate) -> None:
    table = ("--output", "table", "--match", "www")
    serial = pki.serial_of(pristine.leaf)
    screen = on_screen(pristine, *LIST, *table, COLUMNS="80", AWS_PAGER="").screen
    assert re.search(rf"www\.example\.com +│ .*ISSUED.* │ in \d+ days │ {serial[:8]}… │", screen), screen
    assert pristine.leaf in on_screen(pristine, *LIST, *table, "--wide", COLUMNS="300", AWS_PAGER="").screen
    assert serial in pristine.ok(*LIST, *table)
    assert pristine.leaf in pristine.ok(*LIST, *table, "--query", "[].CertificateArn")


def test_on_a_terminal_output_can_still_be_chosen(pristine: Estate) -> None:
    assert len(json.loads(on_screen(pristine, *LIST, "--output", "json", AWS_PAGER="").screen)) == 3
