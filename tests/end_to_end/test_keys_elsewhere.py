"""Stores that make their keys in a PKCS #11 token or in AWS KMS, from the command line."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.support import hierarchies as pki
from tests.support.command_line import Pcacli, openssl, openssl_ok
from tests.support.dump import logical_dump
from tests.support.hierarchies import Algorithms, Estate
from tests.support.s3_server import CREDENTIALS, emptied
from tests.support.serving import serving
from tests.support.soft_hsm import SoftHsm, SoftToken

ML_DSA = Algorithms("ML_DSA_65", "ML_DSA_65")
RSA = Algorithms("RSA_2048", "SHA256WITHRSA")


@pytest.fixture
def token(soft_hsm: SoftHsm) -> SoftToken:
    return soft_hsm.new_token()


@pytest.fixture
def with_token(tmp_path: Path, soft_hsm: SoftHsm, token: SoftToken) -> Estate:
    """A command line that can reach the token, without a store."""
    made = Estate(tmp_path)
    made.environment.update(soft_hsm.environment, PCACLI_PKCS11_PIN_FILE=str(token.pin_file))
    return made


@pytest.fixture
def kms_url(s3_url: str) -> Iterator[str]:
    """The URL of a server with AWS KMS, which is empty again afterwards."""
    yield s3_url
    emptied(s3_url)


@pytest.fixture
def with_kms(tmp_path: Path) -> Estate:
    """A command line that has credentials for AWS KMS, without a store."""
    made = Estate(tmp_path, endpoint={"AWS_ENDPOINT_URL": "local:"})
    made.environment.update(CREDENTIALS)
    return made


@pytest.fixture(params=["pkcs11", "kms"])
def elsewhere(request: pytest.FixtureRequest) -> Estate:
    """A command line on a test store that makes its keys elsewhere."""
    if request.param == "pkcs11":
        made: Estate = request.getfixturevalue("with_token")
        made.ok("local", "init", "--test", *token_options(request.getfixturevalue("token")))
    else:
        made = request.getfixturevalue("with_kms")
        made.ok("local", "init", "--test", "--kms-endpoint-url", request.getfixturevalue("kms_url"))
    return made


def token_options(token: SoftToken) -> tuple[str, ...]:
    return ("--pkcs11-module", token.module, "--pkcs11-token", token.label)


def kms_client(url: str) -> Any:
    return boto3.client(
        "kms",
        endpoint_url=url,
        region_name=CREDENTIALS["AWS_DEFAULT_REGION"],
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
    )


def test_a_hierarchy_lives_on_keys_elsewhere(elsewhere: Estate) -> None:
    elsewhere.build()
    leaf, *above = pki.fetch(elsewhere, elsewhere.issuing, elsewhere.leaf)
    for name, blocks in {"leaf.pem": [leaf], "issuing.pem": above[:1], "root.pem": above[1:]}.items():
        (elsewhere.work / name).write_text("\n".join(blocks))
    chain = ("-CAfile", "root.pem", "-untrusted", "issuing.pem", "leaf.pem")
    openssl_ok(elsewhere.work, "verify", *chain)
    revoked = ("--certificate-serial", pki.serial_of(elsewhere.leaf), "--revocation-reason", "SUPERSEDED")
    elsewhere.ok("revoke-certificate", "--certificate-authority-arn", elsewhere.issuing, *revoked)
    crl = str(pki.crl_file(elsewhere, elsewhere.issuing))
    assert "certificate revoked" in openssl(elsewhere.work, "verify", "-crl_check", "-CRLfile", crl, *chain).err
    assert elsewhere.ok("local", "check").startswith("no findings")


def test_an_algorithm_that_is_missing_there_leaves_the_store_as_it_was(elsewhere: Estate) -> None:
    before = logical_dump(elsewhere.store)
    configuration = "KeyAlgorithm=ML_DSA_65,SigningAlgorithm=ML_DSA_65,Subject={CommonName=Root}"
    words = ("--certificate-authority-type", "ROOT", "--certificate-authority-configuration", configuration)
    refused = elsewhere.run("create-certificate-authority", *words)
    assert refused.exit_code == 254
    assert "(InvalidArgsException) when calling the CreateCertificateAuthority operation" in refused.err
    assert "Key algorithm ML_DSA_65 is not supported" in refused.err
    assert logical_dump(elsewhere.store) == before


def test_keys_in_software_go_on_beside_keys_in_a_token(with_token: Estate, token: SoftToken) -> None:
    with_token.ok("local", "init")
    root = pki.create(with_token, "ROOT", "Old Root", RSA)
    pki.activate(with_token, root, root, RSA)
    with_token.ok("local", "init", *token_options(token))
    issuing = pki.create(with_token, "SUBORDINATE", "New Issuing")
    pki.activate(with_token, issuing, root, RSA)
    pki.issue(with_token, issuing, pki.openssl_csr(with_token.work, "www.example.com"))
    assert "re-encrypted CA keys: 1" in with_token.ok("local", "rotate-key")
    assert with_token.ok("local", "check").startswith("no findings")
    assert f"new keys are made in: PKCS #11 token {token.label}" in with_token.ok("local", "status")
    passphrase = with_token.work / "passphrase"
    passphrase.touch(0o600)
    passphrase.write_text("for backups")
    done = with_token.run("local", "backup", "store.backup", "--passphrase-file", str(passphrase))
    assert done.err == "pcacli: CAs whose keys are outside of the store and not part of the backup: 1\n"


def test_a_key_is_destroyed_when_the_deletion_window_of_its_ca_is_over(
    with_token: Estate, token: SoftToken, soft_hsm: SoftHsm
) -> None:
    with_token.ok("local", "init", "--test", *token_options(token))
    before = soft_hsm.objects()
    root = pki.create(with_token, "ROOT", "Root")
    with_token.ok("delete-certificate-authority", "--certificate-authority-arn", root)
    lost = {"PCACLI_PKCS11_PIN_FILE": str(with_token.work / "gone")}
    kept = with_token.run("local", "clock", "advance", "31d", **lost)
    assert kept.exit_code == 1
    assert f"{root} was not removed, because its key was not destroyed: The PIN file" in kept.err
    assert len(soft_hsm.objects() - before) == 2
    assert with_token.ok("local", "refresh") == f"removed {root}\n"
    assert soft_hsm.objects() == before


def test_a_key_in_kms_is_deleted_when_the_deletion_window_of_its_ca_is_over(with_kms: Estate, kms_url: str) -> None:
    with_kms.ok("local", "init", "--test", "--kms-endpoint-url", kms_url)
    root = pki.create(with_kms, "ROOT", "Root")
    (key,) = kms_client(kms_url).list_keys()["Keys"]
    with_kms.ok("delete-certificate-authority", "--certificate-authority-arn", root)
    assert "removed" in with_kms.ok("local", "clock", "advance", "31d")
    assert kms_client(kms_url).describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"] == "PendingDeletion"


def test_no_key_is_left_behind_by_a_ca_that_cannot_be_made(with_kms: Estate, kms_url: str) -> None:
    with_kms.ok("local", "init", "--kms-endpoint-url", kms_url)
    # A bucket that is there and takes no object.
    (with_kms.store / "buckets" / pki.BUCKET / "acm-pca-permission-test-key").mkdir(parents=True)
    configuration = "KeyAlgorithm=EC_prime256v1,SigningAlgorithm=SHA256WITHECDSA,Subject={CommonName=Root}"
    words = ("--certificate-authority-type", "ROOT", "--certificate-authority-configuration", configuration)
    refused = with_kms.run("create-certificate-authority", *words, "--revocation-configuration", pki.PUBLISHING)
    assert refused.exit_code == 254
    client = kms_client(kms_url)
    (key,) = client.list_keys()["Keys"]
    assert client.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"] == "PendingDeletion"


def test_a_server_signs_with_keys_in_a_token(with_token: Estate, token: SoftToken) -> None:
    with_token.ok("local", "init", *token_options(token))
    root = pki.create(with_token, "ROOT", "Root")
    pki.activate(with_token, root, root)
    with serving(with_token, "--workers", "2") as server:
        client = Pcacli(with_token.work.parent / "client", endpoint=server.environment)
        leaf = pki.issue(client, root, pki.openssl_csr(client.work, "www.example.com"))
        (client.work / "leaf.pem").write_text(pki.fetch(client, root, leaf)[0])
        (client.work / "root.pem").write_text(pki.fetch(client, root, leaf)[1])
    openssl_ok(client.work, "verify", "-CAfile", "root.pem", "leaf.pem")


def test_a_server_without_the_pin_does_not_start(with_token: Estate, token: SoftToken) -> None:
    with_token.ok("local", "init", *token_options(token))
    refused = with_token.run("local", "serve", "--port", "0", PCACLI_PKCS11_PIN_FILE="")
    assert refused.exit_code == 253
    assert "PCACLI_PKCS11_PIN_FILE must name the file that holds its PIN" in refused.err


@pytest.mark.parametrize(
    ("options", "exit_code", "message"),
    [
        ("--pkcs11-module {module} --pkcs11-token lost", 253, "The PKCS #11 token lost of"),
        ("--pkcs11-module {pin} --pkcs11-token {label}", 253, "cannot be loaded: file too short"),
        ("--pkcs11-module /lost.so --pkcs11-token {label}", 252, "'/lost.so' does not exist"),
        ("--pkcs11-module {module}", 252, "--pkcs11-module and --pkcs11-token go together"),
        ("--pkcs11-token {label}", 252, "--pkcs11-module and --pkcs11-token go together"),
        ("--kms-region eu-central-1", 252, "--kms-region needs --kms-endpoint-url"),
        ("--kms-endpoint-url local:", 252, "Bad KMS endpoint local:"),
        ("--kms-endpoint-url https://user:secret@kms.example.com", 252, "must not hold credentials"),
        (
            "--kms-endpoint-url aws --pkcs11-module {module} --pkcs11-token {label}",
            252,
            "--pkcs11-module and --kms-endpoint-url cannot stand together",
        ),
    ],
)
def test_a_place_that_cannot_be_used_makes_no_store(
    with_token: Estate, token: SoftToken, options: str, exit_code: int, message: str
) -> None:
    names = {"module": token.module, "label": token.label, "pin": token.pin_file}
    refused = with_token.run("local", "init", *(word.format_map(names) for word in options.split()))
    assert (refused.exit_code, message in refused.err) == (exit_code, True), refused.err
    assert "secret" not in refused.err
    assert not with_token.store.exists()


def test_a_wrong_pin_makes_no_store(with_token: Estate, token: SoftToken) -> None:
    token.pin_file.write_text("9999\n")
    refused = with_token.run("local", "init", *token_options(token))
    assert refused.exit_code == 253
    assert f"The PKCS #11 token {token.label} refuses the PIN." in refused.err
    assert not with_token.store.exists()


def test_a_module_that_is_lost_is_told_when_a_ca_signs(with_token: Estate, token: SoftToken) -> None:
    with_token.ok("local", "init", *token_options(token))
    root = pki.create(with_token, "ROOT", "Root")
    found = with_token.run("local", "check", SOFTHSM2_CONF="/lost")
    assert found.exit_code == 1
    assert f"AUTHORITY  {root}: its private key does not open: The PKCS #11 module" in found.out


def test_kms_that_nobody_reaches_is_told(with_kms: Estate) -> None:
    with_kms.ok("local", "init", "--kms-endpoint-url", "http://127.0.0.1:1")
    configuration = "KeyAlgorithm=EC_prime256v1,SigningAlgorithm=SHA256WITHECDSA,Subject={CommonName=Root}"
    words = ("--certificate-authority-type", "ROOT", "--certificate-authority-configuration", configuration)
    refused = with_kms.run("create-certificate-authority", *words)
    assert refused.exit_code == 253
    assert "AWS KMS cannot be reached: Could not connect to the endpoint URL" in refused.err
