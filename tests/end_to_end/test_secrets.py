"""Private keys never leave: not to the store in clear, not to standard output or error, not to a trace."""

from base64 import b64encode
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from pcacli.engine.keys import key_encryption
from pcacli.engine.keys.software import SoftwareKeyStore
from pcacli.engine.store import sqlite
from tests.support import hierarchies as pki
from tests.support.command_line import Finished

PASSPHRASE = b"correct horse battery staple"
KINDS = (pki.P256, pki.Algorithms("RSA_2048", "SHA256WITHRSA"))


def secrets(store: Path) -> dict[str, list[bytes]]:
    """Return what nobody may find, for each key algorithm: the CA's key in every form, and the key-encryption key."""
    key_encryption_key = key_encryption.read_key(store / key_encryption.FILE_NAME)
    keys = SoftwareKeyStore(lambda: key_encryption_key)
    opened = sqlite.open_store(store)
    with opened.read() as snapshot:
        authorities = snapshot.authorities()
    opened.close()
    return {
        authority.key_algorithm: [*_forms(keys.open(authority.key_reference)), key_encryption_key]
        for authority in authorities
    }


def _forms(key: object) -> list[bytes]:
    """Return a private key as DER and as the bare numbers that make it."""
    assert isinstance(key, (ec.EllipticCurvePrivateKey, rsa.RSAPrivateKey))
    der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return [der, key.private_numbers().private_value.to_bytes(32, "big")]
    numbers = key.private_numbers()
    return [der, *(number.to_bytes(128, "big") for number in (numbers.p, numbers.q))]


def _shown(secret: bytes) -> list[bytes]:
    """Return the ways in which bytes show in text."""
    return [secret, secret.hex().encode(), b64encode(secret), repr(secret).encode()]


class Ear(pki.Estate):
    """A command line that remembers everything that was printed."""

    heard: bytes = b""
    replaced_key: bytes

    def run(self, *words: str, **environment: str) -> Finished:
        finished = super().run(*words, **environment)
        self.heard += f"{finished.out}{finished.err}".encode()
        return finished


@pytest.fixture(scope="module")
def ear(pristine: pki.Estate, tmp_path_factory: pytest.TempPathFactory) -> Ear:
    """A command line after a full workflow with --debug: another root, a revocation, a report, and a failure."""
    ear = Ear.copy_of(pristine, tmp_path_factory.mktemp("ear"))
    rsa_root = pki.create(ear, "ROOT", "RSA Root", KINDS[1])
    pki.activate(ear, rsa_root, rsa_root, KINDS[1])
    debug = ("--debug", "--certificate-authority-arn", ear.issuing)
    serial = ("--certificate-serial", pki.serial_of(ear.leaf))
    ear.ok("revoke-certificate", *debug, *serial, "--revocation-reason", "KEY_COMPROMISE")
    report = ("--s3-bucket-name", "audits", "--audit-report-response-format", "JSON")
    ear.ok("create-certificate-authority-audit-report", *debug, *report)
    ear.ok("describe-certificate-authority", *debug)
    csr = ("--csr", "fileb://www.example.com.csr", "--signing-algorithm", "SHA256WITHECDSA")
    ear.ok("issue-certificate", *debug, *csr, "--validity", "Value=1,Type=DAYS")
    ear.run("issue-certificate", *debug, *csr, "--validity", "Value=100,Type=YEARS")
    ear.ok("local", "refresh", "--debug")
    ear.replaced_key = key_encryption.read_key(ear.store / key_encryption.FILE_NAME)
    passphrase = ear.home / "passphrase"
    passphrase.touch(0o600)
    passphrase.write_bytes(PASSPHRASE)
    ear.ok("local", "backup", "pki.backup", "--passphrase-file", str(passphrase), "--debug")
    ear.ok("local", "rotate-key", "--debug")
    ear.ok("local", "check", "--debug")
    request = ("pki", "request", "--dns-name", "www.example.com", "--certificate-authority-arn", ear.issuing)
    ear.ok(*request, "--out-dir", "out", "--debug")
    return ear


def test_no_output_shows_a_private_key(ear: Ear) -> None:
    assert b"PRIVATE KEY" not in ear.heard
    for algorithm, found in secrets(ear.store).items():
        for secret in found:
            for shown in _shown(secret):
                assert shown not in ear.heard, algorithm


def test_no_file_of_the_store_holds_a_private_key_in_clear(ear: Ear) -> None:
    hidden = secrets(ear.store)
    assert set(hidden) == {kind.key for kind in KINDS}
    for path in ear.store.rglob("*"):
        if not path.is_file():
            continue
        content = path.read_bytes()
        assert b"PRIVATE KEY" not in content, path
        for found in hidden.values():
            *of_the_authority, key_encryption_key = found
            for secret in of_the_authority:
                assert not any(shown in content for shown in _shown(secret)), path
            if path.name != key_encryption.FILE_NAME:
                assert not any(shown in content for shown in _shown(key_encryption_key)), path


def test_the_key_of_a_request_is_in_its_file_only(ear: Ear) -> None:
    pem = (ear.work / "out" / "key.pem").read_bytes()
    key = load_pem_private_key(pem, password=None)
    for secret in _forms(key):
        for shown in _shown(secret):
            assert shown not in ear.heard
            assert not any(shown in path.read_bytes() for path in ear.store.rglob("*") if path.is_file())


def test_a_damaged_key_shows_nothing_even_with_debug(ear: Ear, tmp_path: Path) -> None:
    copy = pki.Estate.copy_of(ear, tmp_path)
    file = copy.store / key_encryption.FILE_NAME
    line = file.read_bytes()
    secret = line.split(b":")[-1].strip()
    file.write_bytes(line[:-3] + b"!\n")
    words = ("--certificate-authority-arn", copy.issuing, "--csr", "fileb://www.example.com.csr")
    options = ("--signing-algorithm", "SHA256WITHECDSA", "--validity", "Value=1,Type=DAYS", "--debug")
    refused = copy.run("issue-certificate", *words, *options)
    assert refused.exit_code == 255
    assert secret.decode()[:16] not in refused.out + refused.err


def test_a_backup_and_a_new_key_show_nothing(ear: Ear) -> None:
    backup = (ear.work / "pki.backup").read_bytes()
    for found in secrets(ear.store).values():
        for secret in (*found, ear.replaced_key, PASSPHRASE):
            assert not any(shown in backup for shown in _shown(secret))
    for shown in (*_shown(ear.replaced_key), *_shown(PASSPHRASE)):
        assert shown not in ear.heard
        assert not any(shown in path.read_bytes() for path in ear.store.rglob("*") if path.is_file())


def test_the_test_would_find_a_key(ear: Ear) -> None:
    """The key-encryption key lies in its own file and nowhere else; so the search above does find what is there."""
    (key_encryption_key, *_) = [found[-1] for found in secrets(ear.store).values()]
    content = (ear.store / key_encryption.FILE_NAME).read_bytes()
    assert any(shown in content for shown in _shown(key_encryption_key))
