"""`pcacli pki inspect`: whatever holds a certificate is shown, to people and to scripts, and nothing is believed."""

import json
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from pcacli.pki.der_writer import SEQUENCE, UTC_TIME, encode
from tests.pki import raw
from tests.support import hierarchies as pki
from tests.support.aws_scripts import run_with_aws
from tests.support.command_line import Pcacli, openssl_ok
from tests.support.hierarchies import Estate
from tests.support.screen import on_screen
from tests.support.tls import tls_server

INSPECT = ("pki", "inspect")


def write_bundle(estate: Estate, to: Pcacli) -> list[str]:
    """Write the certificate and its chain into a file; return the blocks."""
    blocks = pki.fetch(estate, estate.issuing, estate.leaf)
    (to.work / "bundle.pem").write_text("".join(blocks))
    return blocks


def subjects(found: dict[str, Any]) -> list[str]:
    return [document["Subject"] for document in found["Documents"]]


def test_a_certificate_is_shown_from_its_arn_with_its_chain(client: Pcacli, estate: Estate) -> None:
    found = client.json(*INSPECT, estate.leaf)
    assert found["Source"] == estate.leaf
    assert subjects(found) == ["CN=www.example.com", "CN=Estate Issuing", "CN=Estate Root"]
    leaf = found["Documents"][0]
    assert leaf["Serial"] == pki.serial_of(estate.leaf)
    assert (leaf["LikelyTemplate"], leaf["ExtendedKeyUsage"]) == (
        "EndEntityCertificate/V1",
        ["SERVER_AUTH", "CLIENT_AUTH"],
    )


def test_a_ca_is_shown_by_its_certificate_or_else_by_its_request(client: Pcacli, estate: Estate) -> None:
    assert subjects(client.json(*INSPECT, estate.issuing)) == ["CN=Estate Issuing", "CN=Estate Root"]
    pending = pki.create(client, "SUBORDINATE", "Pending")
    (request,) = client.json(*INSPECT, pending)["Documents"]
    assert (request["Kind"], request["Subject"]) == ("CERTIFICATE_REQUEST", "CN=Pending")


def test_what_a_library_remarks_about_a_certificate_is_no_message(client: Pcacli) -> None:
    subject = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-subj", "/CN=zero")
    openssl_ok(client.work, "req", "-x509", *subject, "-set_serial", "0", "-keyout", "zero.key", "-out", "zero.pem")
    done = client.run(*INSPECT, "zero.pem")
    assert (done.exit_code, done.err) == (0, "")


def test_files_need_no_backend(estate: Estate) -> None:
    write_bundle(estate, estate)
    found = estate.json(*INSPECT, "bundle.pem", AWS_ENDPOINT_URL_ACM_PCA="", AWS_REGION="")
    assert len(found["Documents"]) == 3
    openssl_ok(estate.work, "crl", "-inform", "DER", "-in", str(pki.crl_file(estate, estate.issuing)), "-out", "x.crl")
    (crl,) = estate.json(*INSPECT, "x.crl")["Documents"]
    assert (crl["Kind"], crl["Issuer"], crl["RevokedCertificates"]) == ("CRL", "CN=Estate Issuing", 0)


def test_a_pipe_is_read_in_the_form_of_any_command(estate: Estate) -> None:
    words = f"get-certificate --certificate-authority-arn {estate.issuing} --certificate-arn {estate.leaf}"
    for output in ("json", "text", "pem"):
        done = estate.shell(f"pcacli {words} --output {output} | pcacli pki inspect - --query 'Documents[].Subject'")
        assert json.loads(done.out) == ["CN=www.example.com", "CN=Estate Issuing", "CN=Estate Root"], output


def test_a_pkcs12_file_needs_its_password(estate: Estate) -> None:
    write_bundle(estate, estate)
    words = ("pkcs12", "-export", "-in", "bundle.pem", "-inkey", "www.example.com.key", "-out", "x.p12")
    openssl_ok(estate.work, *words, "-passout", "pass:secret")
    refused = estate.run(*INSPECT, "x.p12")
    assert (refused.exit_code, refused.out) == (252, "")
    assert "x.p12: this is a PKCS #12 file, which needs a password (--pkcs12-password-file)." in refused.err
    assert len(estate.json(*INSPECT, "x.p12", PCACLI_PKCS12_PASSWORD="secret")["Documents"]) == 3


def test_a_server_is_looked_at_and_not_believed(estate: Estate) -> None:
    write_bundle(estate, estate)
    with tls_server(estate.work / "bundle.pem", estate.work / "www.example.com.key") as address:
        found = estate.json(*INSPECT, address)
        shown = estate.ok(*INSPECT, address)
    assert (found["Source"], found["TlsVersion"]) == (address, "TLSv1.3")
    assert subjects(found)[0] == "CN=www.example.com"
    assert shown.startswith(f"{address} speaks TLSv1.3 and presents, unverified:\n")


def test_names_in_a_certificate_do_not_move_the_cursor(estate: Estate) -> None:
    key, name = ec.generate_private_key(ec.SECP256R1()), "\x1b[2Jwww\u202e.example.com"
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    hosts = x509.SubjectAlternativeName([x509.DNSName("a\x1b]0;title\x07b")])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject).add_extension(hosts, critical=False)
    (estate.work / "evil.csr").write_bytes(request.sign(key, SHA256()).public_bytes(Encoding.PEM))
    screen = on_screen(estate, *INSPECT, "evil.csr", NO_COLOR="1").screen
    assert "\x1b" not in screen
    assert "\x07" not in screen
    assert "\\x1b[2Jwww\\u202e.example.com" in screen


def test_a_terminal_of_80_columns_is_enough(estate: Estate) -> None:
    write_bundle(estate, estate)
    screen = on_screen(estate, *INSPECT, "bundle.pem", COLUMNS="80", NO_COLOR="1").screen.splitlines()
    # The CRL's URL has no gaps, and is to be copied.
    assert [line for line in screen if len(line) > 80] == [line for line in screen if "http://" in line]
    assert screen[0] == "Certificate  CN=www.example.com"
    assert screen[1].startswith("  Valid     expires in 29 days, ")
    assert screen[-3].startswith("Also in it")
    assert screen[-2].split() == ["CN=Estate", "Issuing", "expires", "in", "364", "days"]


def test_colours_tell_the_state_on_a_terminal_only(estate: Estate) -> None:
    write_bundle(estate, estate)
    assert "\x1b[33mexpires in 29 days" in on_screen(estate, *INSPECT, "bundle.pem").screen
    assert "\x1b" not in estate.ok(*INSPECT, "bundle.pem")
    assert estate.ok(*INSPECT, "bundle.pem", "--wide").count("Extensions\n") == 3


@pytest.mark.needs("aws")
def test_the_script_shows_the_same_with_the_aws_cli(operator: Pcacli, estate: Estate) -> None:
    done = run_with_aws(operator, operator.ok(*INSPECT, estate.leaf, "--print-commands"))
    assert done.exit_code == 0, done.err
    assert "Subject: CN = www.example.com" in done.out


def test_a_block_that_cannot_be_read_is_named_and_the_rest_is_shown(estate: Estate) -> None:
    write_bundle(estate, estate)
    bundle = (estate.work / "bundle.pem").read_text()
    (estate.work / "odd.pem").write_bytes(bundle.encode() + raw.pem("CERTIFICATE", b"\x30\x00"))
    done = estate.run(*INSPECT, "odd.pem", "--output", "json")
    found = json.loads(done.out)
    assert done.exit_code == 0
    assert found["Problems"] == ["odd.pem: block 4 (CERTIFICATE) cannot be read as X.509."]
    assert found["Problems"][0] in done.err
    assert len(found["Documents"]) == 3


def test_what_is_odd_stands_above_everything_else(estate: Estate) -> None:
    names = raw.extension(raw.SUBJECT_ALTERNATIVE_NAME, raw.hosts(b"a.example.com", b"b.example.com"), b"\0")
    validity = encode(SEQUENCE, encode(UTC_TIME, b"260101000000Z"), encode(UTC_TIME, b"someday"))
    odd = raw.certificate(names, subject=raw.name(), validity=validity)
    (estate.work / "odd.der").write_bytes(odd)
    lines = estate.ok(*INSPECT, "odd.der").splitlines()
    # A certificate without a subject is shown by its names.
    assert lines[0] == "Certificate  a.example.com, b.example.com"
    assert lines[1].split(maxsplit=1)[0] == "Odd"
    assert any("critical=FALSE" in line for line in lines)
    assert any("cannot be told: 2026-01-01 00:00:00 UTC to #1707736f6d65646179" in line for line in lines)
    assert estate.json(*INSPECT, "odd.der", "--query", "Documents[0].Oddities")


def test_a_server_that_asks_for_a_certificate_is_looked_at(estate: Estate) -> None:
    write_bundle(estate, estate)
    chain, key = estate.work / "bundle.pem", estate.work / "www.example.com.key"
    with tls_server(chain, key, asking_clients_of=chain) as address:
        done = estate.run(*INSPECT, address)
    assert done.exit_code == 0, done.err
    assert done.out.startswith(f"{address} speaks TLSv1.2 and presents, unverified:\nCertificate  CN=www.example.com\n")
    assert f"{address} breaks the connection off: it asks for a client certificate." in done.err
