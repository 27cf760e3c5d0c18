"""What every place of private keys has to do: its keys sign whatever a CA signs, and OpenSSL is content."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pcacli.engine.endpoint_setting import Endpoint
from pcacli.engine.keys.chosen import ChosenKeys
from pcacli.engine.keys.places import TokenPlace, use_kms, use_token
from pcacli.engine.keys.software import SoftwareKeyStore
from pcacli.engine.ocsp_responder import OcspResponder
from pcacli.engine.store.memory import MemoryStore
from pcacli.engine.store.port import Store
from pcacli.errors import DamagedStore, ServiceError
from pcacli.pki.verification import key_of
from tests.support.command_line import openssl, openssl_ok
from tests.support.crafted import leaf_csr
from tests.support.embedded import Embedded
from tests.support.s3_server import emptied, use_credentials

if TYPE_CHECKING:
    from tests.support.soft_hsm import SoftHsm

_RSA = tuple(f"SHA{bits}WITHRSA" for bits in (256, 384, 512))
_PSS = tuple(f"{name}_PSS" for name in _RSA)
_LARGE_RSA = {"RSA_3072": ("SHA256WITHRSA",), "RSA_4096": ("SHA512WITHRSA",)}
_ONE_HASH_EACH = {
    "EC_prime256v1": ("SHA256WITHECDSA",),
    "EC_secp384r1": ("SHA384WITHECDSA",),
    "EC_secp521r1": ("SHA512WITHECDSA",),
}
SIGNATURES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "software": {"EC_prime256v1": ("SHA256WITHECDSA",), "RSA_2048": ("SHA256WITHRSA",)},
    "pkcs11": {
        **_ONE_HASH_EACH,
        "EC_prime256v1": ("SHA256WITHECDSA", "SHA512WITHECDSA"),
        "RSA_2048": (*_RSA, *_PSS),
        **_LARGE_RSA,
    },
    # moto makes signatures with PSS of another form than AWS (tests/unit/engine/keys/test_kms.py has those of AWS).
    "kms": {**_ONE_HASH_EACH, "RSA_2048": _RSA, **_LARGE_RSA},
}
CASES = [
    (place, key, signing)
    for place, known in SIGNATURES.items()
    for key, signings in known.items()
    for signing in signings
]


@pytest.fixture
def keys(request: pytest.FixtureRequest) -> Iterator[ChosenKeys]:
    """The keys of a store that makes new ones in the place that is the parameter."""
    store = MemoryStore()
    pin_file = _PREPARATIONS[request.param](store, request)
    yield ChosenKeys(store, SoftwareKeyStore(lambda: b"k" * 32), pin_file, None)
    if request.param == "kms":
        emptied(request.getfixturevalue("s3_url"))


def in_software(_store: Store, _request: pytest.FixtureRequest) -> None:
    """Leave the store as it is made."""


def in_token(store: Store, request: pytest.FixtureRequest) -> Path:
    soft_hsm: SoftHsm = request.getfixturevalue("soft_hsm")
    with store.write() as transaction:
        use_token(transaction, TokenPlace(soft_hsm.token.module, soft_hsm.token.label))
    return soft_hsm.token.pin_file


def in_kms(store: Store, request: pytest.FixtureRequest) -> None:
    use_credentials(request.getfixturevalue("monkeypatch"), request.getfixturevalue("tmp_path"))
    with store.write() as transaction:
        use_kms(transaction, Endpoint(request.getfixturevalue("s3_url"), "eu-central-1"))


_PREPARATIONS: Mapping[str, Callable[[Store, pytest.FixtureRequest], Path | None]] = {
    "software": in_software,
    "pkcs11": in_token,
    "kms": in_kms,
}


class Issuing(Embedded):
    """A CA that signs with a key in some place, for OpenSSL, which knows the real time only."""

    def __init__(self, keys: ChosenKeys, key_algorithm: str, signing_algorithm: str) -> None:
        super().__init__(keys=keys)
        self.now = datetime.now(UTC)
        self.key_algorithm, self.signing_algorithm = key_algorithm, signing_algorithm


@pytest.mark.parametrize(("keys", "key_algorithm", "signing_algorithm"), CASES, indirect=["keys"])
def test_whatever_a_ca_signs_is_good(
    keys: ChosenKeys, key_algorithm: str, signing_algorithm: str, tmp_path: Path
) -> None:
    embedded = Issuing(keys, key_algorithm, signing_algorithm)
    root = embedded.active_root()
    revocation = {"OcspConfiguration": {"Enabled": True}}
    embedded.call("UpdateCertificateAuthority", CertificateAuthorityArn=root, RevocationConfiguration=revocation)
    embedded.publish_crls(root)
    good, revoked = (embedded.issue(root, leaf_csr(name)) for name in ("good.example.com", "revoked.example.com"))
    embedded.revoke(root, revoked)
    write_for_openssl(embedded, root, tmp_path, good=good, revoked=revoked)
    openssl_ok(tmp_path, "req", "-in", "root.csr", "-verify", "-noout")
    openssl_ok(tmp_path, "verify", "-CAfile", "root.pem", "good.pem", "revoked.pem")
    with_crl = ("verify", "-crl_check", "-CRLfile", "root.crl", "-CAfile", "root.pem")
    openssl_ok(tmp_path, *with_crl, "good.pem")
    assert "certificate revoked" in openssl(tmp_path, *with_crl, "revoked.pem").err
    ask = ("ocsp", "-issuer", "root.pem", "-cert", "revoked.pem")
    openssl_ok(tmp_path, *ask, "-reqout", "request.der")
    answer = OcspResponder(embedded.parts).answer((tmp_path / "request.der").read_bytes())
    (tmp_path / "response.der").write_bytes(answer.content)
    shown = openssl_ok(tmp_path, *ask, "-respin", "response.der", "-CAfile", "root.pem", "-no_nonce")
    assert "revoked.pem: revoked" in shown


def write_for_openssl(embedded: Embedded, root: str, folder: Path, **certificates: str) -> None:
    described = embedded.call("GetCertificateAuthorityCertificate", CertificateAuthorityArn=root)
    (folder / "root.pem").write_text(described["Certificate"])
    (folder / "root.csr").write_text(embedded.call("GetCertificateAuthorityCsr", CertificateAuthorityArn=root)["Csr"])
    crl = embedded.artifacts.get("bucket", f"crl/{root.rpartition('/')[2]}.crl")
    assert crl is not None
    (folder / "root.crl").write_bytes(crl)
    for name, arn in certificates.items():
        (folder / f"{name}.pem").write_text(embedded.fetch(root, arn)["Certificate"])


@pytest.mark.parametrize("keys", SIGNATURES, indirect=True)
def test_a_reference_is_of_one_key(keys: ChosenKeys) -> None:
    first, second = (keys.generate("EC_prime256v1") for _ in range(2))
    assert key_of(keys.open(first)) == key_of(keys.open(first))
    assert key_of(keys.open(first)) != key_of(keys.open(second))


@pytest.mark.parametrize(
    ("keys", "key_algorithm", "signing_algorithm", "message"),
    [
        ("pkcs11", "ML_DSA_65", "ML_DSA_65", "Key algorithm ML_DSA_65 is not supported: the PKCS #11 token pki "),
        ("kms", "ML_DSA_65", "ML_DSA_65", "Key algorithm ML_DSA_65 is not supported: AWS KMS, where this store"),
        ("kms", "EC_prime256v1", "SHA512WITHECDSA", "does not sign so with keys of type EC_prime256v1"),
    ],
    indirect=["keys"],
)
def test_an_algorithm_that_a_place_lacks_is_refused_before_a_key_is_made(
    keys: ChosenKeys, key_algorithm: str, signing_algorithm: str, message: str
) -> None:
    embedded = Issuing(keys, key_algorithm, signing_algorithm)
    with pytest.raises(ServiceError, match=message) as refused:
        embedded.create()
    assert refused.value.code == "InvalidArgsException"
    with embedded.store.read() as snapshot:
        assert (snapshot.authorities(), list(snapshot.trail())) == ([], [])


@pytest.mark.parametrize("keys", ["pkcs11", "kms"], indirect=True)
@pytest.mark.parametrize(
    "damage", [lambda name: f"{name}!", lambda name: name.replace("EC_", "XC_"), lambda name: name[:9]]
)
def test_a_damaged_name_opens_nothing(keys: ChosenKeys, damage: object) -> None:
    assert callable(damage)
    with pytest.raises(DamagedStore, match=r"The name of a key in (a PKCS #11 token|AWS KMS) is damaged"):
        keys.open(damage(keys.generate("EC_prime256v1")))


@pytest.mark.parametrize("keys", SIGNATURES, indirect=True)
def test_destroying_twice_is_no_problem(keys: ChosenKeys) -> None:
    reference = keys.generate("EC_prime256v1")
    keys.destroy(reference)
    keys.destroy(reference)
