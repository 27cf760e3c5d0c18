"""`pcacli pki status`: on the embedded authority, and through `serve` and an S3 server, which stand in for AWS."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.support import hierarchies as pki
from tests.support.aws_scripts import run_with_aws
from tests.support.command_line import Pcacli, openssl_ok
from tests.support.hierarchies import Estate
from tests.support.s3_server import CREDENTIALS, emptied, s3_client
from tests.support.screen import on_screen
from tests.support.serving import REGION, serving

STATUS = ("pki", "status")
ALL_ACM_ACTIONS = ["IssueCertificate", "GetCertificate", "ListPermissions"]


def by_name(pcacli: Pcacli, *options: str, **environment: str) -> dict[str, dict[str, Any]]:
    found = pcacli.json(*STATUS, *options, **environment)["CertificateAuthorities"]
    return {authority["Name"]: authority for authority in found}


def test_everything_about_a_ca_is_there_as_data(pristine: Estate) -> None:
    found = pristine.json(*STATUS)
    assert found["Identity"] == {"Account": "000000000000", "Arn": "arn:aws:iam::000000000000:root"}
    root, issuing = found["CertificateAuthorities"]
    assert (root["Arn"], root["IssuerArn"], root["Certificates"], root["Crls"]) == (pristine.root, None, 2, [])
    (crl,) = issuing.pop("Crls")
    assert crl["Place"] == f"{pki.BUCKET}/crl/{pki.authority_id(pristine.issuing)}.crl"
    assert crl["GeneratedAt"] < crl["NextUpdate"]
    assert issuing.pop("NotAfter") < root["NotAfter"]
    assert issuing == {
        "Arn": pristine.issuing,
        "Name": "Estate Issuing",
        "Type": "SUBORDINATE",
        "Status": "ACTIVE",
        "IssuerArn": pristine.root,
        "IssuerName": "CN=Estate Root",
        "Certificates": 1,
        "MissingAcmPermissions": ALL_ACM_ACTIONS,
    }


def test_in_a_pipe_each_ca_is_a_line_below_its_issuer(pristine: Estate) -> None:
    first, root, issuing = pristine.ok(*STATUS).splitlines()
    assert first == f"Account 000000000000, us-east-1, embedded authority, {pristine.store}"
    assert root == f"ACTIVE Estate Root  expires in 9 years, 2 certificates  {pristine.root}"
    assert issuing.startswith("  ACTIVE Estate Issuing  expires in 364 days, 1 certificate, CRL made ")
    assert issuing.endswith(f", ACM may not issue from it  {pristine.issuing}")


def test_a_terminal_shows_a_tree_within_its_width(pristine: Estate) -> None:
    screen = on_screen(pristine, *STATUS, COLUMNS="80", NO_COLOR="1", AWS_PAGER="").screen
    lines = screen.splitlines()
    assert max(map(len, lines)) <= 80
    assert any(line.startswith("Estate Root  ACTIVE  expires in 9 years") for line in lines)
    assert any(line.startswith("└── Estate Issuing  ACTIVE  expires in 364 days") for line in lines)
    assert pki.authority_id(pristine.issuing) in screen


def test_a_ca_that_was_signed_elsewhere_stands_below_its_parents_name(pcacli: Pcacli) -> None:
    arn = pki.create(pcacli, "SUBORDINATE", "Signed Elsewhere")
    (pcacli.work / "ca.csr").write_text(
        pcacli.text("get-certificate-authority-csr", "--certificate-authority-arn", arn)
    )
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "out.key", "-out", "out.pem")
    openssl_ok(pcacli.work, "req", "-x509", *key, "-subj", "/CN=Offline Root", "-days", "3650")
    (pcacli.work / "ca.ext").write_text("basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign\n")
    signing = ("x509", "-req", "-in", "ca.csr", "-CA", "out.pem", "-CAkey", "out.key", "-CAcreateserial")
    openssl_ok(pcacli.work, *signing, "-extfile", "ca.ext", "-days", "100", "-out", "ca.pem")
    blobs = ("--certificate", "fileb://ca.pem", "--certificate-chain", "fileb://out.pem")
    pcacli.ok("import-certificate-authority-certificate", "--certificate-authority-arn", arn, *blobs)
    pki.create(pcacli, "ROOT", "New Root")
    _, parent, signed, new = pcacli.ok(*STATUS).splitlines()
    assert parent == "CN=Offline Root, which is elsewhere"
    assert signed.startswith("  ACTIVE Signed Elsewhere  expires in 99 days")
    assert new.startswith("PENDING_CERTIFICATE New Root  ")


def test_permissions_of_acm_that_are_missing_are_named(estate: Estate) -> None:
    words = ("--certificate-authority-arn", estate.issuing, "--principal", "acm.amazonaws.com")
    estate.ok("create-permission", *words, "--actions", "IssueCertificate", "GetCertificate")
    assert by_name(estate)["Estate Issuing"]["MissingAcmPermissions"] == ["ListPermissions"]
    assert "ACM lacks ListPermissions" in estate.ok(*STATUS)


def test_tags_choose_cas(estate: Estate) -> None:
    tag = ("tag-certificate-authority", "--certificate-authority-arn")
    estate.ok(*tag, estate.root, "--tags", "Key=team,Value=pki")
    estate.ok(*tag, estate.issuing, "--tags", "Key=team,Value=pki", "Key=stage,Value=test")
    assert list(by_name(estate, "--tag", "team=pki")) == ["Estate Root", "Estate Issuing"]
    assert list(by_name(estate, "--tag", "team=pki", "--tag", "stage=test")) == ["Estate Issuing"]
    assert by_name(estate, "--tag", "team=web") == {}


@pytest.mark.parametrize(
    ("ahead", "conditions", "exit_code", "says"),
    [
        ("0s", "expires<1825d", 0, ""),
        ("0s", "expires<1827d", 1, "Private Issuing CA (arn:"),
        ("0s", "crl-stale,expired", 0, ""),
        ("4y", "expires<60d,expired", 0, ""),
        ("6y", "expired", 1, "has expired"),
        ("6y", "expires<1d", 1, "has expired"),
        ("6y", "crl-stale", 0, ""),
    ],
)
def test_a_condition_that_is_met_is_an_answer_for_ci(
    tmp_path: Path, ahead: str, conditions: str, exit_code: int, says: str
) -> None:
    pcacli = Pcacli(tmp_path)
    pcacli.ok("local", "init", "--test")
    pcacli.ok("pki", "init")
    pcacli.ok("local", "clock", "advance", ahead)
    finished = pcacli.run(*STATUS, "--fail-if", conditions)
    assert (finished.exit_code, len(finished.out.splitlines())) == (exit_code, 3)
    assert says in finished.err


def test_a_crl_that_nobody_refreshed_is_stale(tmp_path: Path) -> None:
    pcacli = Pcacli(tmp_path)
    pcacli.ok("local", "init", "--test")
    pcacli.ok("pki", "init", "--crl-bucket", "crls")
    pcacli.ok("pki", "request", "--dns-name", "www.example.com", "--out-dir", "www")
    assert pcacli.run(*STATUS, "--fail-if", "crl-stale").exit_code == 0
    pcacli.ok("local", "clock", "advance", "8d", "--no-refresh")
    stale = pcacli.run(*STATUS, "--fail-if", "crl-stale")
    assert stale.exit_code == 1
    assert "Private Issuing CA (arn:" in stale.err
    assert "CRL made 8 days ago and stale" in stale.out


def test_a_crl_that_is_gone_is_as_bad_as_a_stale_one(estate: Estate) -> None:
    assert estate.run(*STATUS, "--fail-if", "crl-stale").exit_code == 0
    pki.crl_file(estate, estate.issuing).unlink()
    gone = estate.run(*STATUS, "--fail-if", "crl-stale")
    assert gone.exit_code == 1
    assert "CRL gone" in gone.out
    assert f"Estate Issuing ({estate.issuing}): the CRL {pki.BUCKET}/crl/" in gone.err
    assert "was published and is gone" in gone.err


def test_what_is_no_crl_is_as_bad_as_none(estate: Estate) -> None:
    pki.crl_file(estate, estate.issuing).write_bytes(b"<html>")
    damaged = estate.run(*STATUS, "--fail-if", "crl-stale")
    assert damaged.exit_code == 1
    assert "is none that can be read" in damaged.err


@pytest.mark.parametrize("options", [(), ("--region", "eu-west-3"), ("--all-regions",), ("--tag", "team=web")])
def test_a_check_that_looked_at_no_ca_is_no_pass(pristine: Estate, options: tuple[str, ...]) -> None:
    check = (*STATUS, *options, "--fail-if", "expired")
    stranger = {} if "--tag" in options else {"AWS_ACCOUNT_ID": "444455556666"}
    nothing = pristine.run(*check, **stranger)
    assert nothing.exit_code == 1
    assert "Nothing was looked at: there is no CA" in nothing.err
    assert stranger.get("AWS_ACCOUNT_ID", "000000000000") in nothing.err
    assert (
        "--all-regions" in options
        or options[1:2] == ("team=web",)
        or (options[1:2] or ("us-east-1",))[0] in nothing.err
    )
    assert pristine.run(*check, "--allow-none", **stranger).exit_code == 0


def test_of_two_spans_the_longer_one_counts(pristine: Estate) -> None:
    both = pristine.run(*STATUS, "--fail-if", "expires<3y,expires<1d")
    assert both.exit_code == 1
    assert "Estate Issuing" in both.err
    assert pristine.run(*STATUS, "--fail-if", "expires<999999999d").exit_code == 1


@pytest.mark.parametrize("conditions", ["", "expires", "expires<soon", "stale", "expired,"])
def test_a_condition_that_is_none_is_refused(pristine: Estate, conditions: str) -> None:
    refused = pristine.run(*STATUS, "--fail-if", conditions)
    assert (refused.exit_code, refused.out) == (252, "")


def test_all_regions_of_a_store_are_shown_together(estate: Estate) -> None:
    estate.ok("pki", "init", "--root-only", "--common-name", "Far", AWS_REGION="ap-south-1")
    assert "Far Root CA" not in by_name(estate)
    found = by_name(estate, "--all-regions")
    assert list(found) == ["Far Root CA", "Estate Root", "Estate Issuing"]
    assert found["Far Root CA"]["Arn"].split(":")[3] == "ap-south-1"


def test_a_region_that_could_not_be_asked_is_no_pass(pcacli: Pcacli) -> None:
    pcacli.ok("local", "init", "--test")
    for region in ("us-east-1", "ap-south-1"):
        pcacli.ok("pki", "init", "--root-only", "--region", region)
    check = (*STATUS, "--all-regions", "--fail-if", "expired", "--allow-none")
    assert pcacli.run(*check).exit_code == 0
    refusal = ("--operation", "list-certificate-authorities", "--error", "AccessDeniedException", "--times", "1")
    pcacli.ok("local", "faults", "add", *refusal)
    unasked = pcacli.run(*check)
    assert unasked.exit_code == 1
    assert "could not be asked" in unasked.err
    assert len(unasked.out.splitlines()) == 3


def test_cas_that_certify_each_other_are_both_shown(pcacli: Pcacli) -> None:
    root = pcacli.json("pki", "init", "--root-only")["RootCertificateAuthorityArn"]
    first, second = pki.create(pcacli, "SUBORDINATE", "First"), pki.create(pcacli, "SUBORDINATE", "Second")
    for arn, parent, length, validity in ((first, root, 3, "4y"), (second, first, 2, "3y"), (first, second, 1, "2y")):
        template = ("--template", f"SubordinateCACertificate_PathLen{length}", "--validity", validity)
        pcacli.ok("pki", "activate", "--certificate-authority-arn", arn, "--parent-arn", parent, *template, "--yes")
    assert set(by_name(pcacli)) == {"Private Root CA", "First", "Second"}
    lines = pcacli.ok(*STATUS).splitlines()[2:]
    assert [line.split()[1] for line in lines] == ["First", "Second"]
    assert "certified by Second, which it certifies" in lines[0]


def test_an_empty_account_is_told_in_one_line(pcacli: Pcacli) -> None:
    assert pcacli.ok(*STATUS) == f"Account 000000000000, us-east-1, embedded authority, {pcacli.store}\n"
    assert not pcacli.store.exists()


# --- as on AWS


class Cloud(NamedTuple):
    """A command line that knows a server in place of ACM PCA, and the ARN of a root CA that publishes CRLs."""

    operator: Pcacli
    url: str
    root: str


@pytest.fixture
def cloud(tmp_path: Path, s3_url: str) -> Iterator[Cloud]:
    s3_client(s3_url).create_bucket(Bucket=pki.BUCKET)
    owner = Pcacli(tmp_path / "aws")
    owner.environment.update(CREDENTIALS, AWS_REGION=REGION)
    owner.ok("local", "init", "--s3-endpoint-url", s3_url)
    with serving(owner) as server:
        # No host on the Internet is asked for the CRL: the proxy does not exist.
        nowhere = {"http_proxy": "http://127.0.0.1:9", "no_proxy": "127.0.0.1"}
        endpoint = {**server.environment, **nowhere, "AWS_ENDPOINT_URL_S3": s3_url, "AWS_MAX_ATTEMPTS": "1"}
        operator = Pcacli(tmp_path / "operator", endpoint=endpoint)
        root = pki.create(operator, "ROOT", "Root", pki.P256, "--revocation-configuration", pki.PUBLISHING)
        pki.activate(operator, root, root)
        pki.issue(operator, root, pki.openssl_csr(operator.work, "www.example.com"))
        yield Cloud(operator, server.url, root)
    emptied(s3_url)


def test_on_aws_the_crl_is_read_from_its_bucket(cloud: Cloud) -> None:
    found = cloud.operator.json(*STATUS)
    assert (found["Identity"], found["Backend"]) == (None, cloud.url)
    (root,) = found["CertificateAuthorities"]
    (crl,) = root["Crls"]
    # AWS puts thisUpdate an hour back.
    age = datetime.fromisoformat(found["Time"]) - datetime.fromisoformat(crl["GeneratedAt"])
    assert timedelta(0) <= age < timedelta(minutes=30)
    assert found["Time"] < crl["NextUpdate"]
    assert root["Certificates"] is None
    assert root["MissingAcmPermissions"] == ALL_ACM_ACTIONS
    assert cloud.operator.ok(*STATUS).startswith(f"Account 000000000000, {REGION}, {cloud.url}\n")


def test_on_aws_the_crl_is_read_from_where_verifiers_look(cloud: Cloud) -> None:
    address = cloud.url.removeprefix("http://")
    crl = f"CrlConfiguration={{Enabled=true,ExpirationInDays=7,S3BucketName={pki.BUCKET},CustomCname={address}}}"
    words = ("--certificate-authority-arn", cloud.root, "--revocation-configuration", crl)
    cloud.operator.ok("update-certificate-authority", *words)
    # Without S3 only the server itself is left.
    assert "CRL made " in cloud.operator.ok(*STATUS, AWS_ENDPOINT_URL_S3="http://127.0.0.1:9")


def test_on_aws_a_crl_out_of_reach_is_not_taken_for_a_good_one(cloud: Cloud) -> None:
    finished = cloud.operator.run(*STATUS, "--fail-if", "crl-stale", AWS_ENDPOINT_URL_S3="http://127.0.0.1:9")
    assert finished.exit_code == 1
    assert "CRL not reachable" in finished.out
    assert "cannot be reached" in finished.err
    assert cloud.operator.run(*STATUS, "--fail-if", "expired", AWS_ENDPOINT_URL_S3="http://127.0.0.1:9").exit_code == 0


def test_on_aws_a_crl_that_is_gone_is_told_from_one_out_of_reach(cloud: Cloud, s3_url: str) -> None:
    assert cloud.operator.run(*STATUS, "--fail-if", "crl-stale").exit_code == 0
    key = f"crl/{pki.authority_id(cloud.root)}.crl"
    s3_client(s3_url).delete_object(Bucket=pki.BUCKET, Key=key)
    finished = cloud.operator.run(*STATUS, "--fail-if", "crl-stale")
    assert finished.exit_code == 1
    assert "CRL not there" in finished.out
    assert f"the CRL {pki.BUCKET}/{key} is not there: it is gone, or was never made" in finished.err


def test_on_aws_partitions_that_cannot_be_looked_at_are_no_good_ones(cloud: Cloud) -> None:
    words = ("--certificate-authority-arn", cloud.root, "--revocation-configuration")
    cloud.operator.ok("update-certificate-authority", *words, pki.PUBLISHING.replace("}", ",CrlType=PARTITIONED}"))
    finished = cloud.operator.run(*STATUS, "--fail-if", "crl-stale")
    assert finished.exit_code == 1
    assert "it is partitioned, and only AWS knows where its parts are" in finished.err


def test_on_aws_a_check_in_the_wrong_region_has_looked_at_nothing(cloud: Cloud) -> None:
    wrong = cloud.operator.run(*STATUS, "--fail-if", "expired", "--region", "us-west-2")
    assert wrong.exit_code == 1
    assert "there is no CA in the region us-west-2" in wrong.err


def test_on_aws_all_regions_are_asked(cloud: Cloud) -> None:
    cloud.operator.ok("pki", "init", "--root-only", "--common-name", "Far", "--yes", AWS_REGION="ap-south-1")
    found = by_name(cloud.operator, "--all-regions")
    assert list(found) == ["Far Root CA", "Root"]


def test_the_printed_commands_tell_the_same(cloud: Cloud) -> None:
    words = ("--certificate-authority-arn", cloud.root, "--principal", "acm.amazonaws.com")
    cloud.operator.ok("create-permission", *words, "--actions", "IssueCertificate", "GetCertificate")
    done = run_with_aws(cloud.operator, cloud.operator.ok(*STATUS, "--print-commands"))
    assert (done.exit_code, done.err) == (0, "")
    (root,) = by_name(cloud.operator).values()
    state, issuer, granted = done.out.splitlines()
    arn, kind, status, not_after = state.split("\t")
    assert (arn, kind, status) == (root["Arn"], root["Type"], root["Status"])
    assert datetime.fromisoformat(not_after) == datetime.fromisoformat(root["NotAfter"])
    assert issuer == "issuer=CN = Root"
    assert set(granted.split("\t")) == set(ALL_ACM_ACTIONS) - set(root["MissingAcmPermissions"])


def test_the_printed_commands_are_for_one_region(pristine: Estate) -> None:
    refused = pristine.run(*STATUS, "--print-commands", "--all-regions")
    assert (refused.exit_code, refused.out) == (252, "")
    assert "--region" in refused.err
