"""Keys in a PKCS #11 token: that they stay there, how several threads and processes share it, and what goes wrong."""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pkcs11
import pytest
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pcacli.engine.keys.pkcs11 import Pkcs11Keys
from pcacli.engine.keys.places import TokenPlace
from pcacli.errors import ConfigurationProblem
from tests.support.command_line import run_program
from tests.support.soft_hsm import SoftHsm, SoftToken

# Makes a key as the program does: argv is module, label and PIN file.
PREAMBLE = """
import os, pathlib, sys
from pcacli.engine.keys.pkcs11 import Pkcs11Keys
from pcacli.engine.keys.places import TokenPlace
from pcacli.errors import ConfigurationProblem
from pcacli.pki.csr import authority_csr
module, label, pin_file = sys.argv[1:]
keys = Pkcs11Keys(TokenPlace(module, label), pathlib.Path(pin_file))
def make():
    reference = keys.generate("EC_prime256v1")
    return keys.open(reference)
def sign(key):
    authority_csr(key, "SHA256WITHECDSA", {"CommonName": "Root"}, None)
"""


@pytest.fixture
def keys(soft_hsm: SoftHsm) -> Pkcs11Keys:
    return Pkcs11Keys(place_of(soft_hsm.token), soft_hsm.token.pin_file)


def place_of(token: SoftToken) -> TokenPlace:
    return TokenPlace(token.module, token.label)


def opened(keys: Pkcs11Keys, reference: str) -> EllipticCurvePrivateKey:
    key = keys.open(reference)
    assert isinstance(key, EllipticCurvePrivateKey)
    return key


def require_signature(key: EllipticCurvePrivateKey, message: bytes) -> None:
    public_key = key.public_key()
    assert isinstance(public_key, EllipticCurvePublicKey)
    public_key.verify(key.sign(message, ECDSA(SHA256())), message, ECDSA(SHA256()))


def run_python(script: str, soft_hsm: SoftHsm, token: SoftToken, folder: Path) -> str:
    """Run a script in a process that has not used the module yet; return what it printed."""
    root = str(Path(__file__).parents[4])
    words = (sys.executable, "-c", PREAMBLE + script, token.module, token.label, str(token.pin_file))
    done = run_program(*words, cwd=folder, PYTHONPATH=root, **soft_hsm.environment)
    assert done.exit_code == 0, done.err
    return done.out


def test_a_key_never_leaves_its_token(keys: Pkcs11Keys, soft_hsm: SoftHsm) -> None:
    reference = keys.generate("EC_prime256v1")
    with keys.token(soft_hsm.token.label) as token:
        found = token.key(pkcs11.ObjectClass.PRIVATE_KEY, bytes.fromhex(reference.rpartition(":")[2]))
        wanted = {pkcs11.Attribute.SENSITIVE: True, pkcs11.Attribute.NEVER_EXTRACTABLE: True}
        assert {name: found[name] for name in wanted} == wanted
        assert not any(found[name] for name in (pkcs11.Attribute.EXTRACTABLE, pkcs11.Attribute.DERIVE))
        with pytest.raises(pkcs11.AttributeSensitive):
            found[pkcs11.Attribute.VALUE]
    key = opened(keys, reference)
    with pytest.raises(UnsupportedAlgorithm, match="signs, and does nothing else"):
        key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def test_a_reference_names_token_and_key_and_has_no_secret(keys: Pkcs11Keys, soft_hsm: SoftHsm) -> None:
    kind, version, algorithm, token, key_id = keys.generate("RSA_2048").split(":")
    assert (kind, version, algorithm) == ("pkcs11", "1", "RSA_2048")
    assert token == soft_hsm.token.label.replace(" ", "%20")
    assert len(bytes.fromhex(key_id)) == 16


def test_threads_share_a_token(keys: Pkcs11Keys) -> None:
    key = opened(keys, keys.generate("EC_prime256v1"))
    with ThreadPoolExecutor(8) as threads:
        for done in [threads.submit(require_signature, key, bytes([number])) for number in range(100)]:
            done.result()


def test_a_forked_process_signs_too(soft_hsm: SoftHsm, tmp_path: Path) -> None:
    script = """
key = make()
child = os.fork()
if not child:
    sign(key)
    os._exit(0)
_, status = os.waitpid(child, 0)
sign(key)
print(os.waitstatus_to_exitcode(status))
"""
    assert run_python(script, soft_hsm, soft_hsm.token, tmp_path) == "0\n"


def test_a_wrong_pin_is_tried_once_in_each_process(soft_hsm: SoftHsm, tmp_path: Path) -> None:
    """A token counts wrong PINs and locks itself: a server must not try it with every request."""
    token = soft_hsm.new_token()
    token.pin_file.write_text("9999\n")
    script = """
for pin in ("9999", "1234"):
    pathlib.Path(pin_file).write_text(pin)
    try:
        make()
    except ConfigurationProblem as problem:
        print(problem.message)
"""
    refused = f"The PKCS #11 token {token.label} refuses the PIN.\n"
    assert run_python(script, soft_hsm, token, tmp_path) == 2 * refused
    assert run_python("make()", soft_hsm, token, tmp_path) == ""


# python-pkcs11 complains once more when it tidies up after the search that failed.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_lost_session_is_opened_again_with_the_next_signature(keys: Pkcs11Keys, soft_hsm: SoftHsm) -> None:
    key = opened(keys, keys.generate("EC_prime256v1"))
    with keys.token(soft_hsm.token.label) as token:
        token.session.close()
    with pytest.raises(ConfigurationProblem, match="failed: SessionHandleInvalid"):
        require_signature(key, b"message")
    require_signature(key, b"message")


def test_a_key_that_somebody_has_destroyed_is_missed(keys: Pkcs11Keys) -> None:
    reference = keys.generate("EC_prime256v1")
    keys.destroy(reference)
    with pytest.raises(ConfigurationProblem, match="does not hold the key"):
        opened(keys, reference).sign(b"message", ECDSA(SHA256()))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "PCACLI_PKCS11_PIN_FILE must name the file"),
        (b"\n", "holds no PIN in its first line"),
        (b"\xff", "UTF-8"),
    ],
)
def test_without_a_pin_nothing_is_tried(soft_hsm: SoftHsm, tmp_path: Path, content: bytes | None, message: str) -> None:
    pin_file = tmp_path / "pin"
    pin_file.touch(0o600)
    pin_file.write_bytes(content or b"")
    label = f"nobody is logged in to {tmp_path.name}"
    keys = Pkcs11Keys(TokenPlace(soft_hsm.token.module, label), None if content is None else pin_file)
    with pytest.raises(ConfigurationProblem, match=message):
        keys.require_usable()


def test_a_token_that_is_not_there_is_named(soft_hsm: SoftHsm) -> None:
    keys = Pkcs11Keys(TokenPlace(soft_hsm.token.module, "lost"), soft_hsm.token.pin_file)
    with pytest.raises(ConfigurationProblem, match=r"The PKCS #11 token lost of .*softhsm2\.so is not there"):
        keys.require_usable()


def test_a_file_that_is_no_module_is_named(tmp_path: Path) -> None:
    module = tmp_path / "module.so"
    module.write_bytes(b"no module")
    keys = Pkcs11Keys(TokenPlace(str(module), "pki"), None)
    with pytest.raises(ConfigurationProblem, match=r"module\.so cannot be loaded: file too short"):
        keys.require_usable()
