import os
from base64 import urlsafe_b64decode
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from pcacli.engine.keys.software import SoftwareKeyStore
from pcacli.errors import DamagedStore
from pcacli.pki.algorithms import generate_private_key

KEY_ENCRYPTION_KEY = bytes(range(32))


@pytest.fixture
def keys() -> SoftwareKeyStore:
    return SoftwareKeyStore(lambda: KEY_ENCRYPTION_KEY)


@pytest.mark.parametrize("algorithm", ["RSA_2048", "EC_prime256v1", "EC_secp521r1", "ML_DSA_44"])
def test_a_key_comes_back_from_its_reference(keys: SoftwareKeyStore, algorithm: str) -> None:
    key = generate_private_key(algorithm)
    opened = keys.open(keys.wrap(algorithm, key))
    public = [one.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) for one in (key, opened)]
    assert public[0] == public[1]


def test_each_generated_key_is_another_one(keys: SoftwareKeyStore) -> None:
    first, second = (keys.open(keys.generate("EC_prime256v1")) for _ in range(2))
    assert first.public_key() != second.public_key()


def test_a_reference_says_its_kind_and_hides_the_key(keys: SoftwareKeyStore) -> None:
    key = generate_private_key("EC_prime256v1")
    reference = keys.wrap("EC_prime256v1", key)
    label, _, sealed = reference.rpartition(":")
    plain = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    assert label == "software:1:EC_prime256v1"
    assert plain[-80:-40] not in urlsafe_b64decode(sealed)
    assert keys.wrap("EC_prime256v1", key) != reference


def test_another_key_encryption_key_opens_nothing(keys: SoftwareKeyStore) -> None:
    other = SoftwareKeyStore(lambda: os.urandom(32))
    with pytest.raises(DamagedStore, match="cannot be decrypted"):
        other.open(keys.generate("EC_prime256v1"))


@pytest.mark.parametrize(
    "damage",
    [
        lambda reference: reference.replace("prime256v1", "secp384r1"),
        lambda reference: reference[:-8] + "AAAAAAAA",
        lambda reference: reference[:40],
        lambda reference: reference[:-1],
        lambda reference: reference.replace("software:1", "software:2"),
        lambda _: "software:1:EC_prime256v1:",
        lambda _: "arn:aws:kms:key/1",
        lambda _: "ünlesbar",
        lambda _: "",
    ],
)
def test_a_damaged_reference_opens_nothing(keys: SoftwareKeyStore, damage: Callable[[str], str]) -> None:
    with pytest.raises(DamagedStore, match="cannot be decrypted"):
        keys.open(damage(keys.generate("EC_prime256v1")))


def test_secrets_are_absent_from_the_representation(keys: SoftwareKeyStore) -> None:
    assert repr(KEY_ENCRYPTION_KEY)[2:-1] not in repr(keys) + repr(vars(keys))
