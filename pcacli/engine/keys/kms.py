"""Private keys in AWS KMS: the reference is a name.

A reference reads `kms:1:<key algorithm>:<ARN of the key>`. Of AWS KMS these actions are needed: CreateKey, TagResource,
GetPublicKey, Sign and ScheduleKeyDeletion.
Sources: AWS KMS Developer Guide, "Key spec reference" (what signs with what) and "Deleting keys"; API reference, "Sign"
(a message of more than 4,096 bytes is signed by its digest).
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection

from pcacli.engine import aws_client
from pcacli.engine.endpoint_setting import Endpoint
from pcacli.engine.keys.port import KMS_KIND
from pcacli.engine.keys.remote_key import digest, no_such_keys, no_such_signatures, remote_key
from pcacli.errors import ConfigurationProblem, DamagedStore
from pcacli.pki.algorithms import SIGNING_ALGORITHMS, SigningAlgorithm

if TYPE_CHECKING:
    from pcacli.pki.algorithms import PrivateKey

_LABEL = f"{KMS_KIND}:1"
_NAME = "AWS KMS"
_SPECS = {
    "RSA_2048": "RSA_2048",
    "RSA_3072": "RSA_3072",
    "RSA_4096": "RSA_4096",
    "EC_prime256v1": "ECC_NIST_P256",
    "EC_secp384r1": "ECC_NIST_P384",
    "EC_secp521r1": "ECC_NIST_P521",
}
_RSA_SIGNATURES = {
    SigningAlgorithm("RSA", f"SHA{bits}", pss): f"RSASSA_{scheme}_SHA_{bits}"
    for bits in (256, 384, 512)
    for pss, scheme in ((False, "PKCS1_V1_5"), (True, "PSS"))
}
# Each curve goes with one hash.
_EC_SIGNATURES = {
    "EC_prime256v1": {SigningAlgorithm("EC", "SHA256"): "ECDSA_SHA_256"},
    "EC_secp384r1": {SigningAlgorithm("EC", "SHA384"): "ECDSA_SHA_384"},
    "EC_secp521r1": {SigningAlgorithm("EC", "SHA512"): "ECDSA_SHA_512"},
}
_REFERENCE = re.compile(
    rf"{_LABEL}:(?P<algorithm>\w+):(?P<arn>arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{{12}}:key/[A-Za-z0-9-]+)"
)
_MAXIMUM_MESSAGE_BYTES = 4096
_DELETION_DAYS = 7
"""The shortest waiting period that AWS KMS has; that of the CA is over already."""
_GONE = frozenset({"NotFoundException", "KMSInvalidStateException"})


class KmsKeys:
    """Makes keys in AWS KMS; the profile, if one is given, is where credentials come from."""

    def __init__(self, endpoint: Endpoint, profile: str | None) -> None:
        self._endpoint = endpoint
        self._profile = profile
        self._clients: dict[str | None, Any] = {}

    def require_usable(self) -> None:
        """Do nothing: every question to AWS KMS needs a permission of its own."""

    def require_algorithms(self, key_algorithm: str, signing_algorithm: str) -> None:
        """Make sure that AWS KMS has such keys and that they make such signatures."""
        if key_algorithm not in _SPECS:
            raise no_such_keys(key_algorithm, _NAME)
        _signing_algorithm(key_algorithm, SIGNING_ALGORITHMS[signing_algorithm])

    def generate(self, algorithm: str) -> str:
        """Make a key."""
        if algorithm not in _SPECS:
            raise no_such_keys(algorithm, _NAME)
        with _kms_problems():
            made = self.client(self._endpoint.region).create_key(
                KeyUsage="SIGN_VERIFY",
                KeySpec=_SPECS[algorithm],
                Description=f"Private key of a certificate authority of pcacli, {algorithm}",
                Tags=[{"TagKey": "CreatedBy", "TagValue": "pcacli"}],
            )
        return str(_Reference(algorithm, made["KeyMetadata"]["Arn"]))

    def open(self, reference: str) -> "PrivateKey":
        """Return the key behind a reference; AWS KMS is asked when it signs."""
        return remote_key(_KmsKey(self, _Reference.parsed(reference)))

    def destroy(self, reference: str) -> None:
        """Let AWS KMS delete a key after its shortest waiting period."""
        parsed = _Reference.parsed(reference)
        with _kms_problems():
            try:
                # A key is only deleted by its own account, so its identifier will do.
                self.client(parsed.region).schedule_key_deletion(
                    KeyId=parsed.arn.rpartition("/")[2], PendingWindowInDays=_DELETION_DAYS
                )
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") not in _GONE:
                    raise

    def client(self, region: str | None) -> Any:
        """Return the client for a region, None for that of the settings."""
        if region not in self._clients:
            self._clients[region] = aws_client.client("kms", Endpoint(self._endpoint.url, region), self._profile)
        return self._clients[region]


class _Reference(NamedTuple):
    """The name of a key."""

    key_algorithm: str
    arn: str

    @property
    def region(self) -> str:
        """The region of the key."""
        return self.arn.split(":")[3]

    def __str__(self) -> str:
        return f"{_LABEL}:{self.key_algorithm}:{self.arn}"

    @classmethod
    def parsed(cls, text: str) -> "_Reference":
        found = _REFERENCE.fullmatch(text)
        if found is None or found["algorithm"] not in _SPECS:
            raise DamagedStore("The name of a key in AWS KMS is damaged.")
        return cls(found["algorithm"], found["arn"])


class _KmsKey:
    """One key in AWS KMS."""

    def __init__(self, keys: KmsKeys, reference: _Reference) -> None:
        self.key_algorithm = reference.key_algorithm
        self._arn = reference.arn
        self._client = partial(keys.client, reference.region)

    def public_key(self) -> bytes:
        """Return the public key."""
        with _kms_problems():
            public_key: bytes = self._client().get_public_key(KeyId=self._arn)["PublicKey"]
        return public_key

    def sign(self, message: bytes, algorithm: SigningAlgorithm) -> bytes:
        """Sign a message."""
        name = _signing_algorithm(self.key_algorithm, algorithm)
        # Not always the digest, because moto, which people try this with, takes whatever comes for the message itself.
        is_short = len(message) <= _MAXIMUM_MESSAGE_BYTES
        with _kms_problems():
            signed = self._client().sign(
                KeyId=self._arn,
                Message=message if is_short else digest(message, algorithm),
                MessageType="RAW" if is_short else "DIGEST",
                SigningAlgorithm=name,
            )
        signature: bytes = signed["Signature"]
        return signature


def _signing_algorithm(key_algorithm: str, algorithm: SigningAlgorithm) -> str:
    """Return what AWS KMS calls a signing algorithm.

    Raises:
        ServiceError: InvalidArgsException, such keys do not sign so there.
    """
    known = _EC_SIGNATURES.get(key_algorithm, _RSA_SIGNATURES)
    if algorithm not in known:
        raise no_such_signatures(key_algorithm, algorithm, _NAME)
    return known[algorithm]


@contextmanager
def _kms_problems() -> Iterator[None]:
    """Say what AWS KMS could not be used for when it refuses something in the block or does not answer."""
    try:
        yield
    except (HTTPClientError, NoConnection) as error:
        raise ConfigurationProblem(f"AWS KMS cannot be reached: {error}") from error
    except (BotoCoreError, ClientError) as error:
        raise ConfigurationProblem(f"AWS KMS cannot be used: {error}") from error
