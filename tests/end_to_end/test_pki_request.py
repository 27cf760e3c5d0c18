"""`pcacli pki request`: the files that it writes, and those that it leaves alone."""

import stat
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.support.command_line import openssl_ok
from tests.support.dump import logical_dump, raw_dump
from tests.support.hierarchies import Estate, activate, create

REQUEST = ("pki", "request", "--dns-name", "www.example.com")
FILES = {"key.pem", "cert.pem", "chain.pem", "fullchain.pem", "root.pem"}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def certificate(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def test_the_files_belong_together_and_verify(estate: Estate) -> None:
    estate.ok(*REQUEST, "--out-dir", "tls/www")
    made = estate.work / "tls" / "www"
    assert {file.name for file in made.iterdir()} == FILES
    assert {mode(file) for file in made.iterdir() if file.name != "key.pem"} == {0o644}
    assert mode(made / "key.pem") == 0o600
    key = load_pem_private_key((made / "key.pem").read_bytes(), password=None)
    assert certificate(made / "cert.pem").public_key() == key.public_key()
    chain = x509.load_pem_x509_certificates((made / "chain.pem").read_bytes())
    full = x509.load_pem_x509_certificates((made / "fullchain.pem").read_bytes())
    assert full == [certificate(made / "cert.pem"), chain[0]]
    assert chain[-1] == certificate(made / "root.pem")
    trust = ("-CAfile", "root.pem", "-untrusted", "fullchain.pem", "-purpose", "sslserver")
    openssl_ok(made, "verify", "-x509_strict", *trust, "-verify_hostname", "www.example.com", "cert.pem")


def test_every_name_is_in_the_certificate(estate: Estate) -> None:
    names = ("--dns-name", "*.example.com", "--dns-name", "bücher.example", "--ip-address", "192.0.2.7")
    estate.ok(*REQUEST, *names, "--ip-address", "2001:db8::7", "--validity-days", "7", "--out-dir", "out")
    extensions = certificate(estate.work / "out" / "cert.pem").extensions
    found = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    expected = ["www.example.com", "*.example.com", "xn--bcher-kva.example"]
    assert found.get_values_for_type(x509.DNSName) == expected
    assert [str(address) for address in found.get_values_for_type(x509.IPAddress)] == ["192.0.2.7", "2001:db8::7"]


@pytest.mark.parametrize("present", sorted(FILES))
def test_a_file_that_is_there_is_not_overwritten(estate: Estate, present: str) -> None:
    folder = estate.work / "out"
    folder.mkdir()
    (folder / present).write_text("precious")
    before = logical_dump(estate.store), raw_dump(folder)
    refused = estate.run(*REQUEST, "--out-dir", "out")
    assert (refused.exit_code, refused.out) == (252, "")
    assert present in refused.err
    assert "--force" in refused.err
    assert (logical_dump(estate.store), raw_dump(folder)) == before


def test_force_overwrites_these_files_and_no_others(estate: Estate) -> None:
    folder = estate.work / "out"
    folder.mkdir()
    (folder / "notes.txt").write_text("precious")
    (folder / "key.pem").write_text("old")
    (folder / "key.pem").chmod(0o644)
    estate.ok(*REQUEST, "--out-dir", "out", "--force")
    assert {file.name for file in folder.iterdir()} == {*FILES, "notes.txt"}
    assert (folder / "notes.txt").read_text() == "precious"
    assert mode(folder / "key.pem") == 0o600


@pytest.mark.parametrize("out_dir", ["file", "file/below"])
def test_a_folder_that_cannot_be_made_is_refused_before_anything_is_issued(estate: Estate, out_dir: str) -> None:
    (estate.work / "file").write_text("precious")
    before = logical_dump(estate.store), raw_dump(estate.work)
    refused = estate.run(*REQUEST, "--out-dir", out_dir)
    assert (refused.exit_code, refused.out) == (252, "")
    assert "file is not a folder." in refused.err
    assert (logical_dump(estate.store), raw_dump(estate.work)) == before


def test_several_authorities_are_listed_to_choose_from(estate: Estate) -> None:
    second = create(estate, "SUBORDINATE", "Second Issuing")
    activate(estate, second, estate.root)
    refused = estate.run(*REQUEST, "--out-dir", "out")
    assert refused.exit_code == 252
    for arn, name in ((estate.issuing, "Estate Issuing"), (second, "Second Issuing")):
        assert f"{arn}  {name}" in refused.err
    assert not (estate.work / "out").exists()
    estate.ok(*REQUEST, "--out-dir", "out", "--certificate-authority-arn", second)
    issuer = certificate(estate.work / "out" / "cert.pem").issuer
    assert issuer.rfc4514_string() == "CN=Second Issuing"


def test_only_active_authorities_count(estate: Estate) -> None:
    create(estate, "SUBORDINATE", "Not ready")
    estate.ok(*REQUEST, "--out-dir", "out")
    stop = ("update-certificate-authority", "--status", "DISABLED", "--certificate-authority-arn")
    estate.ok(*stop, estate.issuing)
    estate.ok(*stop, estate.root)
    refused = estate.run(*REQUEST, "--out-dir", "second")
    assert refused.exit_code == 252
    assert "There is no active certificate authority to issue from." in refused.err


def test_the_summary_is_json_for_scripts(estate: Estate) -> None:
    summary = estate.json(*REQUEST, "--out-dir", "out")
    fetched = estate.text(
        "get-certificate",
        "--certificate-authority-arn",
        estate.issuing,
        "--certificate-arn",
        summary["CertificateArn"],
        "--query=Certificate",
    )
    assert fetched == (estate.work / "out" / "cert.pem").read_text().rstrip()
