"""What every place of private keys has to do: its keys sign whatever a CA signs, and OpenSSL is content."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pcacli.engine.endpoint_setting import Endpoint
from pcacli.engine.keys.chosen import ChosenKeys
from pcacli.engine.keys.places import TokenPlace, use_kms, use_token
from pcacli.engine.keys.software import SoftwareKeyStore
from pcacli.engine.ocsp_responder import OcspResponder
from pcacli.engine.store.memory import MemoryStore
from pcacli.errors import DamagedStore, ServiceError
from pcacli.pki.verification import key_of
from tests.support.command_line import openssl, openssl_ok
from tests.support.crafted import leaf_csr
from tests.support.embedded import Embedded
from tests.support.s3_server import emptied, use_credentials

SIGNATURES = {
    "EC_prime256v1": ("SHA256WITHECDSA", "SHA512WITHECDSA"),
    "EC_secp384r1": ("SHA384WITHECDSA",),
    "EC_secp521r1": ("SHA512WITHECDSA",),
    "RSA_2048": tuple(f"SHA{bits}WITHRSA{pss}" for bits in (256, 384, 512) for pss in ("", "_PSS")),
    "RSA_3072": ("SHA256WITHRSA",),
    "RSA_4096": ("SHA512WITHRSA",),
}
PLACES = ("software", "pkcs11", "kms")
_LACKING = {
    "software": (),
    "pkcs11": (),
    # moto makes signatures with PSS of another form than AWS (tests/unit/engine/keys/test_kms.py has those of AWS).
    "kms": ("SHA512WITHECDSA", "SHA256WITHRSA_PSS", "SHA384WITHRSA_PSS", "SHA512WITHRSA_PSS"),
}
CASES = [
    (place, key, signing)
    for place in PLACES
    for key, signings in SIGNATURES.items()
    for signing in signings
    if signing not in _LACKING[place] or (place, key) == ("kms", "EC_secp521r1")
]


@pytest.fixture
def keys(request: pytest.FixtureRequest) -> Iterator[ChosenKeys]:
    """The keys of a store that makes new ones in the place that is the parameter."""
    yield from keys_in(request.param, request)


def keys_in(place: str, request: pytest.FixtureRequest) -> Iterator[ChosenKeys]:
    store, pin_file = MemoryStore(), None
    if place == "pkcs11":
        token = request.getfixturevalue("soft_hsm").token
        pin_file = token.pin_file
        with store.write() as transaction:
            use_token(transaction, TokenPlace(token.module, token.label))
    if place == "kms":
        url = request.getfixturevalue("s3_url")
        use_credentials(request.getfixturevalue("monkeypatch"), request.getfixturevalue("tmp_path"))
        with store.write() as transaction:
            use_kms(transaction, Endpoint(url, "eu-central-1"))
    yield ChosenKeys(store, SoftwareKeyStore(lambda: b"k" * 32), pin_file, None)
    if place == "kms":
        emptied(url)


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


@pytest.mark.parametrize("keys", PLACES, indirect=True)
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
@pytest.mark.parametrize("damage", [lambda name: f"{name}!", lambda name: name.replace("EC_", "XC_"), lambda name: name[:9]])
def test_a_damaged_name_opens_nothing(keys: ChosenKeys, damage: object) -> None:
    assert callable(damage)
    with pytest.raises(DamagedStore, match="The name of a key in (a PKCS #11 token|AWS KMS) is damaged"):
        keys.open(damage(keys.generate("EC_prime256v1")))


@pytest.mark.parametrize("keys", PLACES, indirect=True)
def test_destroying_twice_is_no_problem(keys: ChosenKeys) -> None:
    reference = keys.generate("EC_prime256v1")
    keys.destroy(reference)
    keys.destroy(reference)
