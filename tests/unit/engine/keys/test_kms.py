"""Keys in AWS KMS, played by moto, whose signatures are made here as AWS documents them where moto's differ."""

import hashlib
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from moto.kms import models

from pcacli.engine.endpoint_setting import Endpoint
from pcacli.engine.keys.kms import KmsKeys
from pcacli.errors import ConfigurationProblem
from tests.support.s3_server import CREDENTIALS, emptied, use_credentials

REGION = "eu-central-1"
SHORT, LONG = b"m" * 4096, b"m" * 4097


@pytest.fixture
def endpoint(s3_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Iterator[Endpoint]:
    """An endpoint with AWS KMS; the environment has credentials for it, and an endpoint that is not for it."""
    use_credentials(monkeypatch, tmp_path)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "local:")
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", "local:")
    yield Endpoint(s3_url, REGION)
    emptied(s3_url)


@pytest.fixture
def keys(endpoint: Endpoint) -> KmsKeys:
    return KmsKeys(endpoint, None)


class DocumentedKey:
    """A key that signs as AWS KMS does: digests as they are, and PSS with a salt as long as the hash.

    moto does not look at MessageType; what is as long as a digest is one.
    Source: AWS KMS Developer Guide, "Key spec reference".
    """

    def __init__(self, key_spec: str) -> None:
        self._key: Any = (
            ec.generate_private_key(ec.SECP256R1())
            if key_spec.startswith("ECC")
            else rsa.generate_private_key(65537, 2048)
        )

    def public_key(self) -> bytes:
        encoded: bytes = self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return encoded

    def sign(self, message: bytes, signing_algorithm: str) -> bytes:
        hashed: Any = getattr(hashes, f"SHA{signing_algorithm[-3:]}")()
        digest = message if len(message) == hashed.digest_size else hashlib.new(hashed.name, message).digest()
        signature: bytes
        if signing_algorithm.startswith("ECDSA"):
            signature = self._key.sign(digest, ec.ECDSA(Prehashed(hashed)))
            return signature
        pss = padding.PSS(padding.MGF1(hashed), hashed.digest_size)
        signature = self._key.sign(digest, pss if "PSS" in signing_algorithm else padding.PKCS1v15(), Prehashed(hashed))
        return signature


@pytest.fixture
def documented(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "generate_private_key", DocumentedKey)


def client(endpoint: Endpoint) -> Any:
    return boto3.client(
        "kms",
        endpoint_url=endpoint.url,
        region_name=REGION,
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
    )


def arn_of(reference: str) -> str:
    return reference.split(":", 3)[3]


@pytest.mark.usefixtures("documented")
@pytest.mark.parametrize("message", [SHORT, LONG], ids=["short", "long"])
@pytest.mark.parametrize(
    ("key_algorithm", "parameters"),
    [
        ("EC_prime256v1", (ec.ECDSA(hashes.SHA256()),)),
        ("RSA_2048", (padding.PKCS1v15(), hashes.SHA384())),
        *(
            ("RSA_2048", (padding.PSS(padding.MGF1(hashed), hashed.digest_size), hashed))
            for hashed in (hashes.SHA256(), hashes.SHA384(), hashes.SHA512())
        ),
    ],
)
def test_a_message_is_signed_whatever_its_length(
    keys: KmsKeys, key_algorithm: str, parameters: tuple[Any, ...], message: bytes
) -> None:
    key: Any = keys.open(keys.generate(key_algorithm))
    key.public_key().verify(key.sign(message, *parameters), message, *parameters)


def test_a_key_is_for_signing_and_says_whose_it_is(keys: KmsKeys, endpoint: Endpoint) -> None:
    arn = arn_of(keys.generate("EC_secp384r1"))
    described = client(endpoint).describe_key(KeyId=arn)["KeyMetadata"]
    assert (described["KeyUsage"], described["KeySpec"]) == ("SIGN_VERIFY", "ECC_NIST_P384")
    assert client(endpoint).list_resource_tags(KeyId=arn)["Tags"] == [{"TagKey": "CreatedBy", "TagValue": "pcacli"}]


def test_a_reference_is_the_name_of_the_key(keys: KmsKeys) -> None:
    assert keys.generate("RSA_3072").startswith(f"kms:1:RSA_3072:arn:aws:kms:{REGION}:123456789012:key/")


def test_a_key_is_deleted_after_the_shortest_waiting_period(keys: KmsKeys, endpoint: Endpoint) -> None:
    reference = keys.generate("EC_prime256v1")
    keys.destroy(reference)
    described = client(endpoint).describe_key(KeyId=arn_of(reference))["KeyMetadata"]
    assert described["KeyState"] == "PendingDeletion"


def test_a_key_is_found_in_its_own_region(keys: KmsKeys, endpoint: Endpoint) -> None:
    reference = keys.generate("EC_prime256v1")
    elsewhere: Any = KmsKeys(endpoint._replace(region="us-west-2"), None).open(reference)
    assert elsewhere.public_key() == keys.open(reference).public_key()


def test_a_refusal_is_told_in_the_words_of_aws(keys: KmsKeys) -> None:
    reference = keys.generate("EC_prime256v1").rpartition("/")[0] + "/00000000-0000-4000-8000-000000000000"
    with pytest.raises(ConfigurationProblem, match=r"AWS KMS cannot be used: .*\(NotFoundException\)"):
        keys.open(reference).public_key()


@pytest.mark.usefixtures("endpoint")
def test_an_endpoint_where_nobody_is_is_told() -> None:
    nowhere = KmsKeys(Endpoint("http://127.0.0.1:1", REGION), None)
    with pytest.raises(ConfigurationProblem, match=r"AWS KMS cannot be reached: .*127\.0\.0\.1:1"):
        nowhere.generate("EC_prime256v1")


def test_without_credentials_nothing_is_asked(keys: KmsKeys, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in CREDENTIALS:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(ConfigurationProblem, match="AWS KMS cannot be used: Unable to locate credentials"):
        keys.generate("EC_prime256v1")
