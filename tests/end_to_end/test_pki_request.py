"""`pcacli pki request`: the files that it writes, and those that it leaves alone."""

import re
import signal
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from pcacli.cli.pki.request_options import KEY_ALGORITHMS, TEMPLATE
from pcacli.pki.algorithms import key_algorithm_of
from pcacli.service.workflows.leaf_orders import DEFAULT_TEMPLATE, LEAF_KEY_ALGORITHMS
from tests.support.aws_scripts import run_with_aws
from tests.support.command_line import Pcacli, openssl_ok, run_program
from tests.support.dump import logical_dump, raw_dump
from tests.support.hierarchies import Estate, activate, create, openssl_csr
from tests.support.screen import Seat

REQUEST = ("pki", "request", "--dns-name", "www.example.com")
EXTENSIONS = "extendedKeyUsage,subjectAltName"
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
    estate.ok(*REQUEST, *names, "--ip-address", "2001:db8::7", "--validity", "7d", "--out-dir", "out")
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


# --- keys, templates, validity


@pytest.mark.parametrize("key_algorithm", KEY_ALGORITHMS)
def test_every_kind_of_key_gets_its_certificate(client: Pcacli, key_algorithm: str) -> None:
    client.ok(*REQUEST, "--key-algorithm", key_algorithm, "--out-dir", "out")
    key = load_pem_private_key((client.work / "out" / "key.pem").read_bytes(), password=None)
    found = certificate(client.work / "out" / "cert.pem").public_key()
    assert found == key.public_key()
    assert key_algorithm_of(found) == key_algorithm


def test_the_kinds_of_keys_are_those_of_the_api_that_can_be_made() -> None:
    assert KEY_ALGORITHMS == LEAF_KEY_ALGORITHMS
    assert TEMPLATE == DEFAULT_TEMPLATE


def test_a_template_decides_what_the_certificate_is_for(client: Pcacli) -> None:
    names = ("--email", "anna@example.com", "--common-name", "Anna")
    client.ok("pki", "request", *names, "--template", "EndEntityClientAuthCertificate", "--out-dir", "out")
    text = openssl_ok(client.work, "x509", "-in", "out/cert.pem", "-noout", "-subject", "-ext", EXTENSIONS)
    assert "CN = Anna" in text
    assert "TLS Web Client Authentication" in text
    assert "TLS Web Server Authentication" not in text
    assert "email:anna@example.com" in text


@pytest.mark.parametrize(("validity", "expected"), [("90d", timedelta(90)), ("36h", timedelta(1.5))])
def test_a_validity_can_be_asked_for_in_any_unit(estate: Estate, validity: str, expected: timedelta) -> None:
    estate.ok(*REQUEST, "--validity", validity, "--out-dir", "out")
    found = certificate(estate.work / "out" / "cert.pem")
    # A certificate begins an hour before it was issued.
    asked = found.not_valid_after_utc - found.not_valid_before_utc - timedelta(hours=1)
    assert abs(asked - expected) < timedelta(minutes=1)


# --- a CSR, PKCS #12


def test_for_a_csr_no_key_is_written(client: Pcacli) -> None:
    openssl_csr(client.work, "csr.example.com")
    client.ok("pki", "request", "--csr", "csr.example.com.csr", "--out-dir", "out")
    made = client.work / "out"
    assert {file.name for file in made.iterdir()} == FILES - {"key.pem"}
    verify = ("verify", "-CAfile", "root.pem", "-untrusted", "chain.pem", "-verify_hostname", "csr.example.com")
    openssl_ok(made, *verify, "cert.pem")
    requested = openssl_ok(client.work, "req", "-in", "csr.example.com.csr", "-noout", "-pubkey")
    assert openssl_ok(made, "x509", "-in", "cert.pem", "-noout", "-pubkey") == requested


def test_a_key_that_would_not_belong_to_the_certificate_is_not_left_beside_it(estate: Estate) -> None:
    estate.ok(*REQUEST, "--out-dir", "out")
    before = raw_dump(estate.work / "out")
    openssl_csr(estate.work, "csr.example.com")
    refused = estate.run("pki", "request", "--csr", "csr.example.com.csr", "--out-dir", "out", "--force")
    assert refused.exit_code == 252
    assert "out/key.pem would not belong to the new certificate" in refused.err
    assert raw_dump(estate.work / "out") == before


@pytest.mark.parametrize(
    ("options", "environment"),
    [(("--pkcs12-password-file", "secret"), {}), ((), {"PCACLI_PKCS12_PASSWORD": "geheim"})],
)
def test_pkcs12_holds_key_certificate_and_chain(
    estate: Estate, options: tuple[str, ...], environment: dict[str, str]
) -> None:
    (estate.work / "secret").write_text("geheim\n")
    estate.ok(*REQUEST, "--out-dir", "out", "--pkcs12", *options, **environment)
    made = estate.work / "out"
    assert mode(made / "cert.p12") == 0o600
    words = ("pkcs12", "-in", "cert.p12", "-passin", "pass:geheim", "-nodes", "-out", "all.pem")
    openssl_ok(made, *words)
    everything = (made / "all.pem").read_bytes()
    expected = {certificate(made / "cert.pem"), *x509.load_pem_x509_certificates((made / "chain.pem").read_bytes())}
    assert set(x509.load_pem_x509_certificates(everything)) == expected
    assert load_pem_private_key(everything, None).public_key() == certificate(made / "cert.pem").public_key()


def test_the_password_is_asked_for_twice_and_never_shown(estate: Estate) -> None:
    seat = Seat(estate, *REQUEST, "--out-dir", "out", "--pkcs12")
    for question in ("Password for cert.p12: ", "Repeat for confirmation: "):
        seat.watch_until(question)
        seat.type("geheim\n")
    seen = seat.seen()
    assert seen.exit_code == 0, seen.screen
    assert "geheim" not in seen.screen
    openssl_ok(estate.work, "pkcs12", "-in", "out/cert.p12", "-passin", "pass:geheim", "-noout")


# --- choosing, failing


def test_on_a_terminal_the_user_picks_from_a_list(estate: Estate) -> None:
    second = create(estate, "SUBORDINATE", "Second Issuing")
    activate(estate, second, estate.root)
    seat = Seat(estate, *REQUEST, "--out-dir", "out", COLUMNS="80")
    seat.watch_until("Which one: ")
    seat.type("3\n")
    seat.watch_until("is not in the range")
    seat.type("2\n")
    seen = seat.seen()
    assert seen.exit_code == 0, seen.screen
    assert f"  2  Second Issuing\n     {second}\n" in seen.screen
    assert certificate(estate.work / "out" / "cert.pem").issuer.rfc4514_string() == "CN=Second Issuing"


def test_ctrl_c_while_waiting_says_what_was_issued_and_keeps_its_key(pcacli: Pcacli) -> None:
    pcacli.ok("local", "init", "--test")
    pcacli.ok("pki", "init")
    pcacli.ok("pki", "request", "--dns-name", "old.example.com", "--out-dir", "out")
    before = raw_dump(pcacli.work / "out")
    pcacli.ok("local", "faults", "add", "--timing", "issuance=1h")
    seat = Seat(pcacli, *REQUEST, "--out-dir", "out", "--force")
    seat.watch_until("Waiting for the certificate")
    seat.process.send_signal(signal.SIGINT)
    seen = seat.seen()
    assert seen.exit_code == 130
    found = re.search(r"The certificate was issued, and its key is in\s+(\S+):\s+(arn\S+)", seen.screen)
    assert found, seen.screen
    assert {name: file for name, file in raw_dump(pcacli.work / "out").items() if name in before} == before
    pcacli.ok("local", "clock", "advance", "2h")
    exported = ("pki", "export", found[2], "--out-dir", "new")
    pcacli.ok(*exported)
    key = load_pem_private_key((pcacli.work / found[1]).read_bytes(), password=None)
    assert certificate(pcacli.work / "new" / "cert.pem").public_key() == key.public_key()


# --- as a script


@pytest.mark.needs("aws")
@pytest.mark.parametrize(
    "options",
    [
        ("--dns-name", "www.example.com", "--ip-address", "2001:db8::7", "--validity", "7d"),
        ("--common-name", "It's / a + \\ näme", "--email", "a@example.com", "--key-algorithm", "RSA_2048"),
        ("--uri", "spiffe://example.com/web", "--template", "EndEntityClientAuthCertificate"),
        ("--csr", "csr.example.com.csr"),
    ],
)
def test_the_script_makes_the_same_files_with_the_aws_cli(operator: Pcacli, options: tuple[str, ...]) -> None:
    openssl_csr(operator.work, "csr.example.com")
    words = ("pki", "request", *options)
    script = operator.ok(*words, "--out-dir", "by script", "--print-commands")
    assert not (operator.work / "by script").exists()
    done = run_with_aws(operator, script)
    assert done.exit_code == 0, f"{script}{done.err}"
    operator.ok(*words, "--out-dir", "by pcacli")
    folders = [operator.work / name for name in ("by script", "by pcacli")]
    assert {file.name: mode(file) for file in folders[0].iterdir()} == {
        file.name: mode(file) for file in folders[1].iterdir()
    }
    mine, other = (certificate(folder / "cert.pem") for folder in folders)
    assert mine.subject == other.subject
    assert lasting(mine) == lasting(other)
    for folder in folders:
        openssl_ok(folder, "verify", "-CAfile", "root.pem", "-untrusted", "fullchain.pem", "cert.pem")
    assert (folders[0] / "root.pem").read_bytes() == (folders[1] / "root.pem").read_bytes()
    assert (folders[0] / "chain.pem").read_bytes() == (folders[1] / "chain.pem").read_bytes()


URIS = [
    "https://a.example/$ENV::SECRET/x",
    "https://a.example/${ENV::SECRET}",
    "https://a.example/$(SECRET)#fragment",
    "https://a.example/#fragment",
    "https://a.example/it's",
]


@pytest.mark.parametrize("uri", URIS)
def test_openssl_takes_a_name_of_the_script_as_it_is(operator: Pcacli, uri: str) -> None:
    """OpenSSL reads the value as a line of its configuration, with variables, quotes and remarks."""
    script = operator.ok("pki", "request", "--uri", uri, "--out-dir", "out", "--print-commands")
    making, _, _ = script.partition("# The certificate")
    kept = f'{making}cp "$work"/request.csr kept.csr\n'
    environment = {**operator.environment, "SECRET": "leaked"}
    assert run_program("sh", "-c", kept, cwd=operator.work, **environment).exit_code == 0
    request = x509.load_pem_x509_csr((operator.work / "kept.csr").read_bytes())
    names = request.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.UniformResourceIdentifier) == [uri]


@pytest.mark.needs("aws")
def test_the_script_makes_pkcs12_too(operator: Pcacli) -> None:
    script = operator.ok(*REQUEST, "--out-dir", "out", "--pkcs12", "--print-commands")
    done = run_with_aws(operator, script, PCACLI_PKCS12_PASSWORD="geheim")
    assert done.exit_code == 0, done.err
    openssl_ok(operator.work, "pkcs12", "-in", "out/cert.p12", "-passin", "pass:geheim", "-noout")


def lasting(found: x509.Certificate) -> list[x509.Extension[x509.ExtensionType]]:
    """Return what is the same in two certificates for two keys."""
    return [each for each in found.extensions if each.oid != x509.SubjectKeyIdentifier.oid]


def test_a_disk_that_is_full_leaves_old_files_whole_and_says_what_was_issued(operator: Pcacli) -> None:
    operator.ok(*REQUEST, "--out-dir", "out")
    before = raw_dump(operator.work / "out")
    # A limit of 1,024 bytes for a file: there is room for the key, and none for the chain.
    failed = operator.shell("ulimit -f 2; exec pcacli pki request --dns-name b.example.com --out-dir out --force")
    assert failed.exit_code == 255
    found = re.search(r"The certificate was issued, and its key is in (\S+): (arn\S+)", failed.err)
    assert found, failed.err
    left = raw_dump(operator.work / "out")
    assert left.pop(Path(found[1]).name)[0] & 0o777 == 0o600
    assert left.pop(Path(found[1]).name.replace("key.pem", "certificate-arn"))[1].decode() == f"{found[2]}\n"
    assert left == before
    operator.ok("pki", "export", found[2], "--out-dir", "new")
    key = load_pem_private_key((operator.work / found[1]).read_bytes(), password=None)
    assert certificate(operator.work / "new" / "cert.pem").public_key() == key.public_key()


# --- a root, and what is below it


@pytest.mark.parametrize("state", ["DISABLED", "EXPIRED", "PENDING_CERTIFICATE", "DELETED"])
def test_a_root_issues_nothing_in_place_of_its_issuing_ca(pcacli: Pcacli, state: str) -> None:
    pcacli.ok("local", "init", "--test")
    root = pcacli.json("pki", "init", "--root-only")["RootCertificateAuthorityArn"]
    if state == "PENDING_CERTIFICATE":
        issuing = create(pcacli, "SUBORDINATE", "Waiting")
    else:
        issuing = pcacli.json("pki", "init", "--issuing-validity", "1y")["IssuingCertificateAuthorityArn"]
    named = ("--certificate-authority-arn", issuing)
    if state == "EXPIRED":
        pcacli.ok("local", "clock", "advance", "2y", "--no-refresh")
    if state in {"DISABLED", "DELETED"}:
        pcacli.ok("update-certificate-authority", *named, "--status", "DISABLED")
    if state == "DELETED":
        pcacli.ok("delete-certificate-authority", *named)
    before = logical_dump(pcacli.store)
    (pcacli.work / "rows.csv").write_text("dns_names\nwww.example.com\n")
    for words in (REQUEST, ("pki", "request", "--from", "rows.csv")):
        refused = pcacli.run(*words, "--out-dir", "out")
        assert (refused.exit_code, refused.out) == (252, "")
        assert issuing in refused.err
        assert f" is {state}; to change that: pcacli " in refused.err
        assert not (pcacli.work / "out" / "cert.pem").exists()
    assert logical_dump(pcacli.store) == before
    pcacli.ok(*REQUEST, "--out-dir", "meant", "--certificate-authority-arn", root)
