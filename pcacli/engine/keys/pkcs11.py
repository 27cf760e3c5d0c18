"""Private keys in a PKCS #11 token: the reference is a name.

A reference reads `pkcs11:1:<key algorithm>:<token label, percent-encoded>:<CKA_ID in hexadecimal>`. The keys are
sensitive and cannot be extracted; the PIN is in a file that a setting of whoever runs us names.
Digests are made here, so that a large CRL does not travel to the device.
Sources: PKCS #11 3.0, "Current Mechanisms", sections 2.1 (RSA) and 2.3 (elliptic curves).
"""

import os
import re
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, unquote

import pkcs11
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters
from pkcs11.util.rsa import encode_rsa_public_key

from pcacli.engine.keys.passphrase import read_passphrase
from pcacli.engine.keys.pkcs11_module import OpenToken, pkcs11_module
from pcacli.engine.keys.places import TokenPlace
from pcacli.engine.keys.port import PKCS11_KIND
from pcacli.engine.keys.remote_key import digest, no_such_keys, no_such_signatures, remote_key, require_family
from pcacli.errors import ConfigurationProblem, DamagedStore
from pcacli.pki.algorithms import KEY_ALGORITHMS, SIGNING_ALGORITHMS, SigningAlgorithm

if TYPE_CHECKING:
    from pcacli.pki.algorithms import PrivateKey

PIN_VARIABLE = "PCACLI_PKCS11_PIN_FILE"
"""The variable of the environment that names the file with the PIN."""

_LABEL = f"{PKCS11_KIND}:1"
_ID_SIZE_BYTES = 16
_REFERENCE = re.compile(rf"{_LABEL}:(?P<algorithm>\w+):(?P<token>[^:]+):(?P<id>[0-9a-f]{{{2 * _ID_SIZE_BYTES}}})")
_PRIVATE, _PUBLIC = pkcs11.ObjectClass.PRIVATE_KEY, pkcs11.ObjectClass.PUBLIC_KEY
_GENERATION = {"EC": pkcs11.Mechanism.EC_KEY_PAIR_GEN, "RSA": pkcs11.Mechanism.RSA_PKCS_KEY_PAIR_GEN}
_HASHES = {
    "SHA256": (pkcs11.Mechanism.SHA256, pkcs11.MGF.SHA256),
    "SHA384": (pkcs11.Mechanism.SHA384, pkcs11.MGF.SHA384),
    "SHA512": (pkcs11.Mechanism.SHA512, pkcs11.MGF.SHA512),
}
# The DER of DigestInfo before the digest (RFC 8017, section 9.2, note 1).
_DIGEST_INFO = {
    "SHA256": bytes.fromhex("3031300d060960864801650304020105000420"),
    "SHA384": bytes.fromhex("3041300d060960864801650304020205000430"),
    "SHA512": bytes.fromhex("3051300d060960864801650304020305000440"),
}
# What a token says that knows the mechanism but not this size or curve.
_LACKING = (pkcs11.MechanismInvalid, pkcs11.KeySizeRange, pkcs11.DomainParamsInvalid)


class _Reference(NamedTuple):
    """The name of a key pair."""

    key_algorithm: str
    token: str
    key_id: bytes

    def __str__(self) -> str:
        return f"{_LABEL}:{self.key_algorithm}:{quote(self.token, safe='')}:{self.key_id.hex()}"

    @classmethod
    def parsed(cls, text: str) -> "_Reference":
        found = _REFERENCE.fullmatch(text)
        if found is None or found["algorithm"] not in KEY_ALGORITHMS:
            raise DamagedStore("The name of a key in a PKCS #11 token is damaged.")
        return cls(found["algorithm"], unquote(found["token"]), bytes.fromhex(found["id"]))


class Pkcs11Keys:
    """Makes keys in one token and finds those in any token of its module."""

    def __init__(self, place: TokenPlace, pin_file: Path | None) -> None:
        self._place = place
        self._pin_file = pin_file

    def require_usable(self) -> None:
        """Make sure that module, token and PIN are there."""
        with self.token(self._place.label):
            pass

    def require_algorithms(self, key_algorithm: str, signing_algorithm: str) -> None:
        """Make sure that the token has the mechanisms for making such keys and signatures."""
        require_family(key_algorithm, self._name)
        algorithm = SIGNING_ALGORITHMS[signing_algorithm]
        with self.token(self._place.label) as token:
            present = token.session.token.slot.get_mechanisms()
        if _GENERATION[algorithm.family] not in present:
            raise no_such_keys(key_algorithm, self._name)
        if _mechanism(algorithm) not in present:
            raise no_such_signatures(key_algorithm, algorithm, self._name)

    def generate(self, algorithm: str) -> str:
        """Make a key pair in the token."""
        require_family(algorithm, self._name)
        reference = _Reference(algorithm, self._place.label, os.urandom(_ID_SIZE_BYTES))
        with self.token(reference.token) as token:
            try:
                _generate(token.session, reference)
            except _LACKING as error:
                raise no_such_keys(algorithm, self._name) from error
        return str(reference)

    def open(self, reference: str) -> "PrivateKey":
        """Return the key behind a reference; the token is asked when it signs."""
        return remote_key(_KeyPair(self, _Reference.parsed(reference)))

    def destroy(self, reference: str) -> None:
        """Destroy both halves of a key pair, the private one first."""
        parsed = _Reference.parsed(reference)
        with self.token(parsed.token) as token:
            for kind in (_PRIVATE, _PUBLIC):
                token.keys.pop((kind, parsed.key_id), None)
                wanted = {pkcs11.Attribute.CLASS: kind, pkcs11.Attribute.ID: parsed.key_id}
                for found in list(token.session.get_objects(wanted)):
                    found.destroy()

    def token(self, label: str) -> AbstractContextManager[OpenToken]:
        """Use a token alone for the length of a block."""
        return pkcs11_module(self._place.module).token(label, self._pin)

    @property
    def _name(self) -> str:
        return f"the PKCS #11 token {self._place.label}"

    def _pin(self) -> str:
        if self._pin_file is None:
            raise ConfigurationProblem(
                f"The keys of this store are in a PKCS #11 token; {PIN_VARIABLE} must name the file that holds its PIN."
            )
        try:
            return read_passphrase(self._pin_file, what="PIN").decode()
        except UnicodeDecodeError as error:
            raise ConfigurationProblem(f"The PIN file {self._pin_file} does not hold UTF-8.") from error


class _KeyPair:
    """One key pair in a token."""

    def __init__(self, keys: Pkcs11Keys, reference: _Reference) -> None:
        self._keys = keys
        self._reference = reference
        self.key_algorithm = reference.key_algorithm

    def public_key(self) -> bytes:
        """Return the public key of a pair of which the private key is there, too."""
        is_ec = KEY_ALGORITHMS[self.key_algorithm].family == "EC"
        encode = encode_ec_public_key if is_ec else encode_rsa_public_key
        with self._keys.token(self._reference.token) as token:
            token.key(_PRIVATE, self._reference.key_id)
            return encode(token.key(_PUBLIC, self._reference.key_id))

    def sign(self, message: bytes, algorithm: SigningAlgorithm) -> bytes:
        """Sign a message."""
        prepared, parameters = _prepared(message, algorithm)
        with self._keys.token(self._reference.token) as token:
            key = token.key(_PRIVATE, self._reference.key_id)
            try:
                raw: bytes = key.sign(prepared, mechanism=_mechanism(algorithm), mechanism_param=parameters)
            except pkcs11.MechanismInvalid as error:
                name = f"the PKCS #11 token {self._reference.token}"
                raise no_such_signatures(self.key_algorithm, algorithm, name) from error
        if algorithm.family != "EC":
            return raw
        middle = len(raw) // 2
        return encode_dss_signature(int.from_bytes(raw[:middle], "big"), int.from_bytes(raw[middle:], "big"))


def _generate(session: pkcs11.Session, reference: _Reference) -> None:
    """Make a key pair that stays in the token and does nothing but sign."""
    parameter = KEY_ALGORITHMS[reference.key_algorithm].parameter
    options: dict[str, Any] = {
        "id": reference.key_id,
        "label": f"pcacli {reference.key_algorithm}",
        "store": True,
        "capabilities": pkcs11.MechanismFlag.SIGN | pkcs11.MechanismFlag.VERIFY,
        "private_template": {pkcs11.Attribute.SENSITIVE: True, pkcs11.Attribute.EXTRACTABLE: False},
    }
    if isinstance(parameter, int):
        session.generate_keypair(pkcs11.KeyType.RSA, parameter, **options)
        return
    curve = {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters(parameter.lower())}
    session.create_domain_parameters(pkcs11.KeyType.EC, curve, local=True).generate_keypair(**options)


def _mechanism(algorithm: SigningAlgorithm) -> pkcs11.Mechanism:
    if algorithm.family == "EC":
        return pkcs11.Mechanism.ECDSA
    return pkcs11.Mechanism.RSA_PKCS_PSS if algorithm.pss else pkcs11.Mechanism.RSA_PKCS


def _prepared(message: bytes, algorithm: SigningAlgorithm) -> tuple[bytes, Any]:
    """Return what the mechanism signs in place of a message, and its parameters."""
    digested = digest(message, algorithm)
    if algorithm.family == "EC":
        return digested, None
    hash_name = str(algorithm.hash)
    if algorithm.pss:
        return digested, (*_HASHES[hash_name], len(digested))
    return _DIGEST_INFO[hash_name] + digested, None
