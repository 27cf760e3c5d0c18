"""`pcacli pki export`: an issued certificate as clean PEM, printed or in files."""

import pytest
from cryptography import x509

from tests.support.aws_scripts import run_with_aws
from tests.support.command_line import Pcacli, openssl_ok
from tests.support.dump import raw_dump
from tests.support.hierarchies import Estate

FILES = {"cert.pem", "chain.pem", "fullchain.pem", "root.pem"}


def subjects(text: str) -> list[str]:
    """Read certificates, which have to stand there without anything around them."""
    assert text.startswith("-----BEGIN CERTIFICATE-----\n")
    assert text.endswith("-----END CERTIFICATE-----\n")
    assert "\t" not in text
    assert "\n\n" not in text
    return [found.subject.rfc4514_string() for found in x509.load_pem_x509_certificates(text.encode())]


LEAF, ISSUING, ROOT = "CN=www.example.com", "CN=Estate Issuing", "CN=Estate Root"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), [LEAF, ISSUING]),
        (("--part", "fullchain"), [LEAF, ISSUING]),
        (("--part", "cert"), [LEAF]),
        (("--part", "chain"), [ISSUING, ROOT]),
        (("--part", "root"), [ROOT]),
    ],
)
def test_the_wanted_part_is_printed_as_clean_pem(
    pristine: Estate, options: tuple[str, ...], expected: list[str]
) -> None:
    assert subjects(pristine.ok("pki", "export", pristine.leaf, *options)) == expected


def test_all_parts_are_written_into_files_that_openssl_takes(client: Pcacli, estate: Estate) -> None:
    result = client.json("pki", "export", estate.leaf, "--out-dir", "out")
    assert result == {"CertificateArn": estate.leaf, "Directory": "out"}
    made = client.work / "out"
    assert {file.name for file in made.iterdir()} == FILES
    verify = ("verify", "-x509_strict", "-CAfile", "root.pem", "-untrusted", "chain.pem")
    openssl_ok(made, *verify, "-verify_hostname", "www.example.com", "cert.pem")
    assert subjects((made / "fullchain.pem").read_text()) == [LEAF, ISSUING]


def test_for_scripts_all_parts_are_members(pristine: Estate) -> None:
    result = pristine.json("pki", "export", pristine.leaf)
    assert result.pop("CertificateArn") == pristine.leaf
    assert {name: subjects(text) for name, text in result.items()} == {
        "Certificate": [LEAF],
        "Chain": [ISSUING, ROOT],
        "FullChain": [LEAF, ISSUING],
        "Root": [ROOT],
    }


def test_files_that_are_there_stay_without_force(estate: Estate) -> None:
    estate.ok("pki", "export", estate.leaf, "--out-dir", "out")
    before = raw_dump(estate.work / "out")
    refused = estate.run("pki", "export", estate.leaf, "--out-dir", "out")
    assert refused.exit_code == 252
    assert "out already has cert.pem, fullchain.pem, chain.pem, root.pem; use another folder or --force." in refused.err
    assert raw_dump(estate.work / "out") == before


def test_a_key_in_the_folder_stays_if_it_is_the_certificates_own(estate: Estate) -> None:
    arn = estate.json("pki", "request", "--dns-name", "a.example.com", "--out-dir", "out")["CertificateArn"]
    before = raw_dump(estate.work / "out")
    estate.ok("pki", "export", arn, "--out-dir", "out", "--force")
    assert raw_dump(estate.work / "out") == before
    refused = estate.run("pki", "export", estate.leaf, "--out-dir", "out", "--force")
    assert refused.exit_code == 252
    assert f"out/key.pem is not the key of {estate.leaf}." in refused.err
    assert raw_dump(estate.work / "out") == before


def test_with_the_key_there_is_a_pkcs12_file(estate: Estate) -> None:
    words = ("--out-dir", "out", "--pkcs12", "--key", "www.example.com.key")
    estate.ok("pki", "export", estate.leaf, *words, PCACLI_PKCS12_PASSWORD="geheim")
    assert {file.name for file in (estate.work / "out").iterdir()} == {*FILES, "cert.p12"}
    assert (estate.work / "out" / "cert.p12").stat().st_mode & 0o777 == 0o600
    shown = openssl_ok(estate.work / "out", "pkcs12", "-in", "cert.p12", "-passin", "pass:geheim", "-nodes")
    key = openssl_ok(estate.work, "pkey", "-in", "www.example.com.key")
    assert key in shown
    assert shown.count("BEGIN CERTIFICATE") == 3


def test_an_encrypted_key_is_refused_in_one_sentence(estate: Estate) -> None:
    openssl_ok(estate.work, "pkey", "-in", "www.example.com.key", "-aes256", "-passout", "pass:x", "-out", "locked.key")
    words = ("--out-dir", "out", "--pkcs12", "--key", "locked.key")
    refused = estate.run("pki", "export", estate.leaf, *words, PCACLI_PKCS12_PASSWORD="geheim")
    assert refused.exit_code == 252
    assert "The private key in locked.key is encrypted; an unencrypted one is needed." in refused.err
    assert not (estate.work / "out").exists()


@pytest.mark.needs("aws")
def test_the_script_prints_and_writes_the_same_with_the_aws_cli(operator: Pcacli, estate: Estate) -> None:
    export = ("pki", "export", estate.leaf)
    for part in ("cert", "chain", "fullchain", "root"):
        printed = run_with_aws(operator, operator.ok(*export, "--part", part, "--print-commands"))
        assert printed == (0, operator.ok(*export, "--part", part), ""), part
    done = run_with_aws(operator, operator.ok(*export, "--out-dir", "by-script", "--print-commands"))
    assert done.exit_code == 0, done.err
    operator.ok(*export, "--out-dir", "by-pcacli")
    assert raw_dump(operator.work / "by-script") == raw_dump(operator.work / "by-pcacli")
