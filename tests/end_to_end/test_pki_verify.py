"""`pcacli pki verify`: good or not, why, and who issued it; revocation from the store, over HTTP and out of S3."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.pki import raw
from tests.support import hierarchies as pki
from tests.support.aws_scripts import run_with_aws
from tests.support.command_line import Finished, Pcacli, openssl, openssl_ok
from tests.support.hierarchies import Estate
from tests.support.s3_server import CREDENTIALS, emptied, s3_client
from tests.support.serving import REGION, Server, serving
from tests.support.tls import tls_server

VERIFY = ("pki", "verify")


def write_leaf(estate: Estate, to: Pcacli) -> None:
    """Write the certificate alone into leaf.pem, and the chain into bundle.pem."""
    blocks = pki.fetch(estate, estate.issuing, estate.leaf)
    (to.work / "leaf.pem").write_text(blocks[0])
    (to.work / "bundle.pem").write_text("".join(blocks))


def revoke(pcacli: Pcacli, authority: str, certificate: str) -> None:
    words = ("--certificate-authority-arn", authority, "--certificate-serial", pki.serial_of(certificate))
    pcacli.ok("revoke-certificate", *words, "--revocation-reason", "KEY_COMPROMISE")


def answer(finished: Finished, exit_code: int) -> tuple[list[str], list[str]]:
    """Return the reasons, and the state of revocation of each certificate of the path."""
    assert finished.exit_code == exit_code, finished.err
    value = json.loads(finished.out)
    assert value["Good"] is (exit_code == 0)
    return value["Reasons"], [each["Status"] for each in value["Revocations"]]


def test_a_good_certificate_is_traced_to_its_ca(client: Pcacli, estate: Estate) -> None:
    write_leaf(estate, client)
    found = client.json(*VERIFY, "leaf.pem", "--dns-name", "www.example.com", "--no-revocation")
    expiry = found.pop("NotAfter")
    assert expiry > "2026"
    assert found == {
        "Good": True,
        "Reasons": [],
        "Subject": "CN=www.example.com",
        "Serial": pki.serial_of(estate.leaf),
        "CertificateAuthorityArn": estate.issuing,
        "CertificateArn": estate.leaf,
        "Path": ["CN=www.example.com", "CN=Estate Issuing", "CN=Estate Root"],
        "Revocations": [],
    }


def test_arns_are_verified_too(client: Pcacli, estate: Estate) -> None:
    assert client.json(*VERIFY, estate.leaf, "--no-revocation")["CertificateArn"] == estate.leaf
    issuing = client.json(*VERIFY, estate.issuing, "--no-revocation")
    assert (issuing["Good"], issuing["CertificateAuthorityArn"]) == (True, estate.root)


def test_every_reason_is_said_and_the_exit_code_is_1(client: Pcacli, estate: Estate) -> None:
    write_leaf(estate, client)
    names = ("--dns-name", "other.example.com", "--ip-address", "192.0.2.1")
    finished = client.run(*VERIFY, "leaf.pem", *names, "--no-revocation", "--output", "json")
    expected = ["The certificate is not for other.example.com.", "The certificate is not for 192.0.2.1."]
    assert answer(finished, 1) == (expected, [])
    assert all(reason in finished.err for reason in expected)


def test_a_certificate_of_strangers_is_not_good_here_but_may_be_elsewhere(client: Pcacli) -> None:
    words = ("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2")
    openssl_ok(client.work, *words, "-subj", "/CN=stranger", "-keyout", "s.key", "-out", "s.pem")
    (reason,), _ = answer(client.run(*VERIFY, "s.pem", "--output", "json"), 1)
    assert reason.startswith("No path leads to a trusted root: ")
    found = client.json(*VERIFY, "s.pem", "--ca-file", "s.pem", AWS_ENDPOINT_URL_ACM_PCA="", AWS_REGION="")
    assert (found["Good"], found["Path"]) == (True, ["CN=stranger"])
    assert "CertificateAuthorityArn" not in found


def test_a_server_has_to_be_who_was_asked_for(estate: Estate) -> None:
    write_leaf(estate, estate)
    with tls_server(estate.work / "bundle.pem", estate.work / "www.example.com.key") as address:
        (reason,), _ = answer(estate.run(*VERIFY, address, "--output", "json"), 1)
        assert reason == "The certificate is not for 127.0.0.1."
        assert estate.json(*VERIFY, address, "--servername", "www.example.com")["Good"]


def test_expiry_follows_the_clock_of_a_test_store(pcacli: Pcacli) -> None:
    pcacli.ok("local", "init", "--test")
    pcacli.ok("pki", "init")
    pcacli.ok("pki", "request", "--dns-name", "www.example.com", "--out-dir", "www")
    pcacli.ok("local", "clock", "advance", "100d")
    (reason,), _ = answer(pcacli.run(*VERIFY, "www/cert.pem", "--output", "json"), 1)
    assert reason.startswith("CN=www.example.com expired at ")


def test_a_revocation_is_found_in_the_crl_of_the_store(estate: Estate) -> None:
    good = estate.run(*VERIFY, estate.leaf, "--output", "json")
    assert answer(good, 0) == ([], ["GOOD", "NOT_PUBLISHED"])
    revoke(estate, estate.issuing, estate.leaf)
    (reason,), states = answer(estate.run(*VERIFY, estate.leaf, "--output", "json"), 1)
    assert reason.startswith("CN=www.example.com was revoked at ")
    assert reason.endswith(" (KEY_COMPROMISE).")
    assert states == ["REVOKED", "NOT_PUBLISHED"]


def test_a_revocation_that_no_crl_shows_is_found_in_the_store(pcacli: Pcacli) -> None:
    pcacli.ok("pki", "init")
    pcacli.ok("pki", "request", "--dns-name", "www.example.com", "--out-dir", "www")
    assert answer(pcacli.run(*VERIFY, "www/cert.pem", "--output", "json"), 0)[1] == ["NOT_PUBLISHED"] * 2
    pcacli.ok("pki", "revoke", "www/cert.pem", "--reason", "SUPERSEDED", "--yes")
    (reason,), states = answer(pcacli.run(*VERIFY, "www/cert.pem", "--output", "json"), 1)
    assert reason.endswith(" (SUPERSEDED).")
    assert states == ["REVOKED", "NOT_PUBLISHED"]


def test_who_cannot_tell_does_not_say_good(estate: Estate) -> None:
    pki.crl_file(estate, estate.issuing).unlink()
    (reason,), states = answer(estate.run(*VERIFY, estate.leaf, "--output", "json"), 1)
    assert reason.startswith("Whether CN=www.example.com is revoked cannot be told (--no-revocation leaves it out): ")
    assert states == ["UNKNOWN", "NOT_PUBLISHED"]


class Published(NamedTuple):
    """An issuing CA whose CRL and OCSP responder are on the server that stands in for AWS."""

    server: Server
    operator: Pcacli
    issuing: str

    def leaf(self) -> str:
        return pki.issue(self.operator, self.issuing, pki.openssl_csr(self.operator.work, "www.example.com"))


@pytest.fixture
def published(tmp_path: Path) -> Iterator[Published]:
    owner = Pcacli(tmp_path / "aws")
    owner.environment["AWS_REGION"] = REGION
    owner.ok("local", "init")
    with serving(owner) as server:
        operator = Pcacli(tmp_path / "operator", endpoint=server.environment)
        crl = f"CrlConfiguration={{Enabled=true,ExpirationInDays=7,S3BucketName=bucket,CustomCname={server.address}}}"
        ocsp = f"OcspConfiguration={{Enabled=true,OcspCustomCname={server.address}}}"
        publishing = ("--revocation-configuration", f"{crl},{ocsp}")
        root = pki.create(operator, "ROOT", "Root")
        issuing = pki.create(operator, "SUBORDINATE", "Issuing", pki.P256, *publishing)
        for authority in (root, issuing):
            pki.activate(operator, authority, root)
        yield Published(server, operator, issuing)


def test_ocsp_is_asked_over_http_and_then_the_crl(published: Published) -> None:
    leaf = published.leaf()
    good = published.operator.json(*VERIFY, leaf)["Revocations"][0]
    assert (good["Status"], good["Source"], good["Url"]) == ("GOOD", "OCSP", f"http://{published.server.address}")
    revoke(published.operator, published.issuing, leaf)
    _, states = answer(published.operator.run(*VERIFY, leaf, "--output", "json"), 1)
    assert states == ["REVOKED", "NOT_PUBLISHED"]
    settings = "OcspConfiguration={Enabled=false}"
    words = ("--certificate-authority-arn", published.issuing, "--revocation-configuration", settings)
    published.operator.ok("update-certificate-authority", *words)
    finished = published.operator.run(*VERIFY, leaf, "--output", "json")
    assert json.loads(finished.out)["Revocations"][0]["Source"] in {"CRL", "OCSP"}
    assert finished.exit_code == 1


def test_openssl_believes_the_responder_of_an_issuing_ca(published: Published) -> None:
    leaf, work = published.leaf(), published.operator.work
    blocks = pki.fetch(published.operator, published.issuing, leaf)
    for name, block in zip(("leaf", "issuing", "root"), blocks, strict=True):
        (work / f"{name}.pem").write_text(block)
    url = openssl_ok(work, "x509", "-in", "leaf.pem", "-noout", "-ocsp_uri").strip()
    words = ("ocsp", "-issuer", "issuing.pem", "-CAfile", "root.pem", "-verify_other", "issuing.pem", "-url", url)
    for status in ("good", "revoked"):
        done = openssl(work, *words, "-cert", "leaf.pem")
        assert f"leaf.pem: {status}" in done.out
        assert "Response verify OK" in done.err
        if status == "good":
            revoke(published.operator, published.issuing, leaf)


def test_a_private_bucket_is_read_with_the_credentials_of_aws(tmp_path: Path, s3_url: str) -> None:
    s3_client(s3_url).create_bucket(Bucket=pki.BUCKET)
    owner = Pcacli(tmp_path / "aws")
    owner.environment.update(CREDENTIALS, AWS_REGION=REGION)
    owner.ok("local", "init", "--s3-endpoint-url", s3_url)
    with serving(owner) as server:
        operator = Pcacli(tmp_path / "operator", endpoint={**server.environment, "AWS_ENDPOINT_URL_S3": s3_url})
        # AWS's own S3, which the URL in the certificate names, is out of reach here.
        operator.environment.update(http_proxy="http://127.0.0.1:9", no_proxy="127.0.0.1")
        root = pki.create(operator, "ROOT", "Root", pki.P256, "--revocation-configuration", pki.PUBLISHING)
        pki.activate(operator, root, root)
        leaf = pki.issue(operator, root, pki.openssl_csr(operator.work, "www.example.com"))
        assert answer(operator.run(*VERIFY, leaf, "--output", "json"), 0) == ([], ["GOOD"])
    emptied(s3_url)


@pytest.mark.needs("aws")
def test_the_script_judges_the_same_with_the_aws_cli_and_openssl(operator: Pcacli, estate: Estate) -> None:
    for words in ((estate.leaf, "--dns-name", "www.example.com"), (estate.root,)):
        done = run_with_aws(operator, estate.ok(*VERIFY, *words, "--print-commands"))
        assert done.exit_code == 0, done.err
    script = estate.ok(*VERIFY, estate.leaf, "--dns-name", "other.example.com", "--print-commands")
    assert run_with_aws(operator, script).exit_code != 0


ODD = raw.certificate(raw.extension(raw.SUBJECT_ALTERNATIVE_NAME, raw.hosts(b"a.example.com"), b"\0"))


def test_a_certificate_that_strict_readers_refuse_is_not_good(estate: Estate) -> None:
    (estate.work / "odd.der").write_bytes(ODD)
    for options in ((), ("--ca-file", "odd.der")):
        done = estate.run(*VERIFY, "odd.der", *options, "--output", "json")
        (reason,), _ = answer(done, 1)
        assert reason.startswith("The certificate cannot be judged: ")
        assert "critical=FALSE" in reason


def test_a_later_certificate_is_not_taken_for_one_that_cannot_be_read(estate: Estate) -> None:
    write_leaf(estate, estate)
    bundle = (estate.work / "bundle.pem").read_bytes()
    (estate.work / "odd.pem").write_bytes(raw.pem("CERTIFICATE", b"\x30\x00") + bundle)
    done = estate.run(*VERIFY, "odd.pem", "--no-revocation")
    assert (done.exit_code, done.out) == (252, "")
    assert "odd.pem: block 1 (CERTIFICATE) cannot be read as X.509, and it is the certificate in question." in done.err
    (estate.work / "odd.pem").write_bytes(bundle + raw.pem("CERTIFICATE", b"\x30\x00"))
    assert "block 4 (CERTIFICATE)" in estate.run(*VERIFY, "odd.pem", "--no-revocation").err


def test_trust_goes_on_without_what_cannot_be_read(estate: Estate) -> None:
    write_leaf(estate, estate)
    blocks = pki.fetch(estate, estate.issuing, estate.leaf)
    trusted = raw.pem("CERTIFICATE", ODD) + raw.pem("CERTIFICATE", b"\x30\x00") + blocks[-1].encode()
    (estate.work / "trusted.pem").write_bytes(trusted)
    assert estate.json(*VERIFY, "bundle.pem", "--ca-file", "trusted.pem", "--no-revocation")["Good"]


@pytest.mark.parametrize("name", ["my_host.example.com", "bücher.example.com", "www.example.com.", ".example.com", "*"])
def test_any_name_can_be_asked_for(estate: Estate, name: str) -> None:
    finished = estate.run(*VERIFY, estate.leaf, "--dns-name", name, "--no-revocation", "--output", "json")
    (reason,), _ = answer(finished, 1)
    assert reason.startswith("The certificate is not for ")


def test_a_name_in_another_script_is_asked_for_as_it_is_in_certificates(estate: Estate) -> None:
    estate.ok("pki", "request", "--dns-name", "bücher.example", "--out-dir", "b")
    assert estate.json(*VERIFY, "b/fullchain.pem", "--dns-name", "bücher.example", "--no-revocation")["Good"]
    assert estate.json(*VERIFY, "b/fullchain.pem", "--dns-name", "xn--bcher-kva.example", "--no-revocation")["Good"]


@pytest.mark.parametrize(
    "words",
    [
        ("pki", "verify", "x.pem", "--ip-address", "fe80::1%eth0"),
        ("pki", "request", "--ip-address", "fe80::1%eth0", "--out-dir", "x"),
    ],
)
def test_an_address_in_a_certificate_has_no_zone(estate: Estate, words: tuple[str, ...]) -> None:
    done = estate.run(*words)
    assert done.exit_code == 252
    assert "fe80::1%eth0" in done.err
    assert "is not an IP address" in done.err


def test_a_certificate_without_a_subject_is_called_by_its_names(estate: Estate) -> None:
    estate.ok("pki", "request", "--uri", "spiffe://example.org/web", "--out-dir", "s")
    found = estate.json(*VERIFY, "s/fullchain.pem")
    assert found["Path"][0] == "spiffe://example.org/web"
    assert found["Revocations"][0]["Subject"] == "spiffe://example.org/web"
    assert estate.ok(*VERIFY, "s/fullchain.pem").startswith("Certificate  spiffe://example.org/web\n")
