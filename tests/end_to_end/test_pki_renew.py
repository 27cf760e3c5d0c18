"""`pcacli pki renew`: when, with what, and what becomes of the files."""

import json
import re
import shutil
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.support.aws_scripts import run_with_aws
from tests.support.command_line import Pcacli, finish, openssl_ok
from tests.support.dump import logical_dump, raw_dump
from tests.support.hierarchies import Estate, activate, create, openssl_csr
from tests.support.serving import serving

REQUEST = ("pki", "request", "--dns-name", "www.example.com", "--out-dir", "www")
RENEW = ("pki", "renew", "www")


def certificate(client: Pcacli) -> x509.Certificate:
    """Read the certificate, after OpenSSL has found it good and the key to be its own."""
    made = client.work / "www"
    openssl_ok(made, "verify", "-x509_strict", "-CAfile", "root.pem", "-untrusted", "chain.pem", "cert.pem")
    found = x509.load_pem_x509_certificate((made / "cert.pem").read_bytes())
    key = load_pem_private_key((made / "key.pem").read_bytes(), password=None)
    assert key.public_key() == found.public_key()
    full_chain = x509.load_pem_x509_certificates((made / "fullchain.pem").read_bytes())
    assert full_chain[0] == found
    return found


def lifetime(found: x509.Certificate) -> timedelta:
    return found.not_valid_after_utc - found.not_valid_before_utc


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--key-algorithm", "EC_secp384r1", "--validity", "36h"),
        ("--template", "EndEntityClientAuthCertificate", "--email", "a@example.com"),
        ("--template", "CodeSigningCertificate", "--common-name", "Builds", "--validity", "10d"),
    ],
)
def test_all_but_key_and_dates_stays_as_it_was(client: Pcacli, options: tuple[str, ...]) -> None:
    client.ok(*REQUEST, *options)
    before = certificate(client)
    result = client.json(*RENEW)
    after = certificate(client)
    assert (result["Renewed"], result["Directory"]) == (True, "www")
    assert result["CertificateArn"].endswith(f"/{after.serial_number:032x}")
    assert datetime.fromisoformat(result["NotAfter"]) == after.not_valid_after_utc
    assert after.serial_number != before.serial_number
    assert after.public_key() != before.public_key()
    assert after.subject == before.subject
    assert after.issuer == before.issuer
    assert abs(lifetime(after) - lifetime(before)) <= timedelta(seconds=1)
    left_out = x509.SubjectKeyIdentifier.oid
    assert [each for each in after.extensions if each.oid != left_out] == [
        each for each in before.extensions if each.oid != left_out
    ]


def test_the_key_can_be_kept(client: Pcacli) -> None:
    client.ok(*REQUEST)
    before, key = certificate(client), (client.work / "www" / "key.pem").read_bytes()
    client.ok(*RENEW, "--reuse-key")
    after = certificate(client)
    assert after.serial_number != before.serial_number
    assert (client.work / "www" / "key.pem").read_bytes() == key
    assert (client.work / "www" / "key.pem").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("threshold", "renewed"), [("89d", False), ("91d", True), ("98%", False), ("100%", True), ("1h", False)]
)
def test_it_is_renewed_when_it_is_due_and_else_left_alone(estate: Estate, threshold: str, renewed: bool) -> None:  # noqa: FBT001 - a column of the table
    estate.ok(*REQUEST)
    before = certificate(estate)
    files = raw_dump(estate.work / "www")
    result = estate.json(*RENEW, "--if-expires-within", threshold)
    assert result["Renewed"] is renewed
    assert (certificate(estate) != before) is renewed
    if not renewed:
        assert datetime.fromisoformat(result["NotAfter"]) == before.not_valid_after_utc
        assert {**raw_dump(estate.work / "www"), ".renewal.lock": None}.keys() == {
            **files,
            ".renewal.lock": None,
        }.keys()


def test_the_clock_of_a_test_store_decides(pcacli: Pcacli) -> None:
    pcacli.ok("local", "init", "--test")
    pcacli.ok("pki", "init")
    pcacli.ok(*REQUEST)
    assert not pcacli.json(*RENEW, "--if-expires-within", "33%")["Renewed"]
    pcacli.ok("local", "clock", "advance", "65d")
    assert pcacli.json(*RENEW, "--if-expires-within", "33%")["Renewed"]
    assert not pcacli.json(*RENEW, "--if-expires-within", "33%")["Renewed"]


def test_two_at_once_renew_once(client: Pcacli) -> None:
    client.ok(*REQUEST)
    both = [client.start(*RENEW, "--if-expires-within", "100%", "--output", "json") for _ in range(2)]
    ends = [finish(process) for process in both]
    assert [end.exit_code for end in ends] == [0, 0]
    certificate(client)
    results = [json.loads(end.out)["Renewed"] for end in ends]
    # One that began when the other had ended finds a certificate that is as due as the first.
    assert True in results


def test_any_file_of_the_folder_names_it(estate: Estate) -> None:
    estate.ok(*REQUEST)
    assert estate.json("pki", "renew", "www/fullchain.pem")["Directory"] == "www"


def test_the_issuing_ca_is_found_among_namesakes(estate: Estate) -> None:
    twin = create(estate, "SUBORDINATE", "Estate Issuing")
    activate(estate, twin, estate.root)
    estate.ok(*REQUEST, "--certificate-authority-arn", twin)
    assert estate.json(*RENEW)["CertificateArn"].startswith(twin)
    assert estate.json(*RENEW, "--certificate-authority-arn", estate.issuing)["CertificateArn"].startswith(
        estate.issuing
    )
    assert estate.json(*RENEW)["CertificateArn"].startswith(estate.issuing)


def test_a_ca_that_cannot_issue_is_named_and_the_files_stay(estate: Estate) -> None:
    estate.ok(*REQUEST)
    estate.ok("update-certificate-authority", "--certificate-authority-arn", estate.issuing, "--status", "DISABLED")
    before = (estate.work / "www" / "cert.pem").read_bytes()
    refused = estate.run(*RENEW)
    assert (refused.exit_code, refused.out) == (252, "")
    assert f"{estate.issuing}, which issued the certificate, is DISABLED." in refused.err
    assert (estate.work / "www" / "cert.pem").read_bytes() == before


def test_a_certificate_of_somebody_else_is_refused(estate: Estate, tmp_path: Path) -> None:
    other = Pcacli(tmp_path / "other")
    other.ok("pki", "init")
    other.ok(*REQUEST)
    shutil.copytree(other.work / "www", estate.work / "www")
    refused = estate.run(*RENEW)
    assert refused.exit_code == 252
    assert "None of the CAs that you see in this account and region issued the certificate" in refused.err


def test_a_refusal_leaves_everything_as_it_was(estate: Estate) -> None:
    estate.ok(*REQUEST)
    estate.ok(*RENEW)
    before = logical_dump(estate.store), raw_dump(estate.work)
    refused = estate.run(*RENEW, "--validity", "5000d")
    assert refused.exit_code == 254
    assert "exceeds the certificate authority validity" in refused.err
    assert (logical_dump(estate.store), raw_dump(estate.work)) == before


def test_a_certificate_for_a_csr_is_renewed_in_another_way(estate: Estate) -> None:
    openssl_csr(estate.work, "csr.example.com")
    estate.ok("pki", "request", "--csr", "csr.example.com.csr", "--out-dir", "www")
    refused = estate.run(*RENEW)
    assert refused.exit_code == 252
    assert "pcacli pki request --csr FILE --force" in refused.err


def test_a_key_of_another_certificate_is_no_reason_to_replace_either(estate: Estate) -> None:
    estate.ok(*REQUEST)
    estate.ok("pki", "request", "--dns-name", "b.example.com", "--out-dir", "b")
    shutil.copy(estate.work / "b" / "key.pem", estate.work / "www" / "key.pem")
    refused = estate.run(*RENEW)
    assert refused.exit_code == 252
    assert "www/key.pem is not the key of www/cert.pem." in refused.err


def test_what_an_interrupted_renewal_left_is_put_in_place_first(estate: Estate) -> None:
    estate.ok(*REQUEST)
    made = estate.work / "www"
    old = {name: (made / name).read_bytes() for name in ("cert.pem", "fullchain.pem")}
    estate.ok(*RENEW)
    for name, content in old.items():
        shutil.move(made / name, made / f".{name}.renewal")
        (made / name).write_bytes(content)
    expected = x509.load_pem_x509_certificate((made / ".cert.pem.renewal").read_bytes())
    arn = f"{estate.issuing}/certificate/{expected.serial_number:032x}"
    (made / ".certificate-arn.renewal").write_text(f"{arn}\n")
    result = estate.json(*RENEW, "--if-expires-within", "1d", "--deploy-hook", "touch told")
    assert result["Renewed"]
    assert certificate(estate) == expected
    assert result["CertificateArn"] == arn
    assert (estate.work / "told").exists()


def test_the_new_files_have_owner_and_mode_of_the_old_ones(estate: Estate) -> None:
    estate.ok(*REQUEST)
    key = estate.work / "www" / "key.pem"
    key.chmod(0o640)
    (estate.work / "www" / "cert.pem").chmod(0o444)
    before = {path.name: (path.stat().st_mode, path.stat().st_uid, path.stat().st_gid) for path in key.parent.iterdir()}
    estate.ok(*RENEW)
    after = {path.name: (path.stat().st_mode, path.stat().st_uid, path.stat().st_gid) for path in key.parent.iterdir()}
    assert {name: after[name] for name in before} == before


# --- PKCS #12


def test_a_pkcs12_file_is_renewed_too(estate: Estate) -> None:
    (estate.work / "password").write_text("geheim\nnot this\n")
    password = ("--pkcs12-password-file", "password")
    estate.ok(*REQUEST, "--pkcs12", *password)
    refused = estate.run(*RENEW)
    assert refused.exit_code == 252
    assert "cert.p12 needs a password" in refused.err
    estate.ok(*RENEW, *password)
    words = ("pkcs12", "-in", "www/cert.p12", "-passin", "pass:geheim", "-nokeys", "-clcerts")
    shown = openssl_ok(estate.work, *words).encode()
    assert x509.load_pem_x509_certificate(shown[shown.index(b"-----BEGIN") :]) == certificate(estate)


# --- the hook

HOOK = 'test -s "$RENEWED_KEY" && openssl x509 -in "$RENEWED_CERTIFICATE" -noout -serial && env | grep ^RENEWED_ >told'


def test_the_hook_runs_when_the_files_are_in_place_and_only_then(client: Pcacli) -> None:
    client.ok(*REQUEST)
    client.ok(*RENEW, "--deploy-hook", HOOK, "--if-expires-within", "1d")
    assert not (client.work / "told").exists()
    finished = client.run(*RENEW, "--deploy-hook", HOOK, "--output", "json")
    result = json.loads(finished.out)
    assert f"serial={certificate(client).serial_number:X}" in finished.err.replace("serial=0", "serial=")
    told = dict(line.split("=", 1) for line in (client.work / "told").read_text().splitlines())
    made = client.work / "www"
    assert told == {
        "RENEWED_CERTIFICATE_ARN": result["CertificateArn"],
        "RENEWED_DIRECTORY": str(made),
        "RENEWED_KEY": str(made / "key.pem"),
        "RENEWED_CERTIFICATE": str(made / "cert.pem"),
        "RENEWED_CHAIN": str(made / "chain.pem"),
        "RENEWED_FULLCHAIN": str(made / "fullchain.pem"),
        "RENEWED_ROOT": str(made / "root.pem"),
    }


def test_a_hook_that_fails_is_told_with_the_certificate_that_is_in_place(estate: Estate) -> None:
    estate.ok(*REQUEST)
    failed = estate.run(*RENEW, "--deploy-hook", "exit 7", "--output", "json")
    assert failed.exit_code == 255
    result = json.loads(failed.out)
    assert result["Renewed"]
    assert (
        f"The deploy hook failed with exit code 7. The new files are in www: {result['CertificateArn']}" in failed.err
    )
    assert result["CertificateArn"].endswith(f"/{certificate(estate).serial_number:032x}")


def test_a_hook_that_failed_is_run_again_when_nothing_is_due(client: Pcacli) -> None:
    client.ok(*REQUEST)
    hourly = (*RENEW, "--if-expires-within", "10d")
    failed = client.run(*RENEW, "--deploy-hook", "exit 3", "--output", "json")
    assert failed.exit_code == 255
    # Who gives no hook is not concerned.
    assert set(client.json(*hourly)) == {"Renewed", "Directory", "NotAfter"}
    assert client.run(*hourly, "--deploy-hook", "exit 4").exit_code == 255
    repeated = client.json(*hourly, "--deploy-hook", 'echo "$RENEWED_CERTIFICATE_ARN" >told')
    assert (repeated["Renewed"], repeated["DeployHookRepeated"]) == (False, True)
    assert repeated["CertificateArn"] == json.loads(failed.out)["CertificateArn"]
    assert (client.work / "told").read_text() == f"{repeated['CertificateArn']}\n"
    assert set(client.json(*hourly, "--deploy-hook", "touch again")) == {"Renewed", "Directory", "NotAfter"}
    assert not (client.work / "again").exists()


def test_a_hook_that_was_killed_is_run_again(estate: Estate) -> None:
    estate.ok(*REQUEST)
    killed = estate.run(*RENEW, "--deploy-hook", "kill -9 $PPID")
    assert killed.exit_code == -signal.SIGKILL
    estate.ok(*RENEW, "--if-expires-within", "10d", "--deploy-hook", "touch told")
    assert (estate.work / "told").exists()


def test_a_renewal_without_a_hook_does_not_settle_one_that_failed(estate: Estate) -> None:
    estate.ok(*REQUEST)
    estate.run(*RENEW, "--deploy-hook", "exit 3")
    arn = estate.json(*RENEW)["CertificateArn"]
    repeated = estate.json(*RENEW, "--if-expires-within", "10d", "--deploy-hook", "true")
    assert (repeated["CertificateArn"], repeated["DeployHookRepeated"]) == (arn, True)


# --- as a script


@pytest.mark.needs("aws")
@pytest.mark.parametrize("options", [(), ("--reuse-key",)])
def test_the_script_does_the_same_with_the_aws_cli(operator: Pcacli, options: tuple[str, ...]) -> None:
    operator.ok(*REQUEST)
    before, key = certificate(operator), (operator.work / "www" / "key.pem").read_bytes()
    hook = ("--deploy-hook", 'echo "$RENEWED_CERTIFICATE_ARN" >told')
    early = operator.ok(*RENEW, *hook, "--if-expires-within", "1d", "--print-commands")
    assert run_with_aws(operator, early).exit_code == 0
    assert certificate(operator) == before
    script = operator.ok(*RENEW, *options, *hook, "--if-expires-within", "100%", "--print-commands")
    done = run_with_aws(operator, script)
    assert done.exit_code == 0, f"{script}{done.err}"
    after = certificate(operator)
    assert after.serial_number != before.serial_number
    assert after.extensions.get_extension_for_class(x509.SubjectAlternativeName) == (
        before.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    )
    assert ((operator.work / "www" / "key.pem").read_bytes() == key) is bool(options)
    told = (operator.work / "told").read_text().strip()
    assert re.fullmatch(rf".*/certificate/0*{after.serial_number:x}", told)


def test_a_person_reads_when_it_ends(estate: Estate) -> None:
    estate.ok(*REQUEST, "--validity", "3d")
    end = certificate(estate).not_valid_after_utc
    said = estate.ok(*RENEW, "--if-expires-within", "1d")
    assert said == f"www: not due, valid until {end:%Y-%m-%d %H:%M} UTC\n"
    assert end > datetime.now(UTC)


# --- a certificate that was revoked


def revoke(pcacli: Pcacli, reason: str) -> None:
    pcacli.ok("pki", "revoke", "www/cert.pem", "--reason", reason, "--yes")


@pytest.mark.parametrize("reason", ["KEY_COMPROMISE", "SUPERSEDED", "UNSPECIFIED"])
@pytest.mark.parametrize("options", [(), ("--reuse-key",)])
def test_what_was_revoked_is_due_and_gets_a_new_key(estate: Estate, reason: str, options: tuple[str, ...]) -> None:
    estate.ok(*REQUEST)
    hourly = (*RENEW, "--if-expires-within", "1d", *options)
    assert not estate.json(*hourly)["Renewed"]
    before = certificate(estate)
    revoke(estate, reason)
    done = estate.run(*hourly, "--output", "json")
    result = json.loads(done.out)
    assert (done.exit_code, result["Renewed"], result["RevocationReason"]) == (0, True, reason)
    assert ("despite --reuse-key" in done.err) is bool(options)
    after = certificate(estate)
    assert after.public_key() != before.public_key()
    assert set(estate.json(*hourly)) == {"Renewed", "Directory", "NotAfter"}
    assert certificate(estate) == after


def test_a_key_is_not_used_again_after_its_certificate_was_revoked(estate: Estate) -> None:
    estate.ok(*REQUEST)
    before = certificate(estate)
    revoke(estate, "KEY_COMPROMISE")
    said = estate.run(*RENEW, "--reuse-key")
    assert "was revoked (KEY_COMPROMISE)" in said.err
    assert "because it was revoked (KEY_COMPROMISE)" in said.out
    assert certificate(estate).public_key() != before.public_key()


def test_the_script_knows_of_the_revocation_too(estate: Estate) -> None:
    estate.ok(*REQUEST)
    words = (*RENEW, "--if-expires-within", "1d", "--reuse-key", "--print-commands")
    assert "-checkend" in estate.ok(*words)
    revoke(estate, "KEY_COMPROMISE")
    script = estate.ok(*words)
    assert "-checkend" not in script
    assert "openssl genpkey" in script


def test_on_aws_the_crl_tells_of_the_revocation(tmp_path: Path) -> None:
    pcacli = Pcacli(tmp_path / "aws")
    with serving(pcacli) as server:
        endpoint = {**server.environment, "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9", "AWS_MAX_ATTEMPTS": "1"}
        operator = Pcacli(tmp_path / "operator", endpoint=endpoint)
        root = operator.json("pki", "init", "--root-only", "--yes")["RootCertificateAuthorityArn"]
        crl = f"CrlConfiguration={{Enabled=true,ExpirationInDays=7,S3BucketName=crls,CustomCname={server.address}}}"
        named = ("--certificate-authority-arn", root)
        operator.ok("update-certificate-authority", *named, "--revocation-configuration", crl)
        operator.ok(*REQUEST)
        hourly = (*RENEW, "--if-expires-within", "1d")
        quiet = operator.run(*hourly)
        assert (quiet.exit_code, quiet.err) == (0, "")
        assert "not due" in quiet.out
        revoke(operator, "SUPERSEDED")
        pcacli.ok("local", "refresh")
        assert operator.json(*hourly)["RevocationReason"] == "SUPERSEDED"
        crl = crl.replace(server.address, "127.0.0.1:9")
        operator.ok("update-certificate-authority", *named, "--revocation-configuration", crl)
        operator.ok(*RENEW)
        unknown = operator.run(*hourly)
        assert (unknown.exit_code, "not due" in unknown.out) == (0, True)
        assert "Whether the certificate was revoked cannot be known: " in unknown.err
