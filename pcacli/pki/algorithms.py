"""The key algorithms and signing algorithms of the API: what each stands for, and which fit together.

The tables are plain data, so that a request can be refused before any cryptographic library is loaded.
Sources: ACM PCA API reference, "KeyAlgorithm" and "SigningAlgorithm"; AWS Private CA User Guide, "Supported
cryptographic algorithms".
"""

from typing import TYPE_CHECKING, NamedTuple

from pcacli.errors import ServiceError
from pcacli.pki.der_reader import dotted, elements

if TYPE_CHECKING:
    from typing import TypeAlias

    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec, mldsa, padding, rsa
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
    from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512

    PrivateKey: TypeAlias = (
        rsa.RSAPrivateKey
        | ec.EllipticCurvePrivateKey
        | mldsa.MLDSA44PrivateKey
        | mldsa.MLDSA65PrivateKey
        | mldsa.MLDSA87PrivateKey
    )

# FIPS 186-5 section 5.4 asks for an odd exponent above 2^16; the observed CA certificates have this customary one.
_RSA_PUBLIC_EXPONENT = 65537


class KeyAlgorithm(NamedTuple):
    """What a key algorithm is: the family that signing algorithms must match, and what tells its members apart.

    `parameter` is the size of the modulus in bits for RSA, and `cryptography`'s name of the curve or of the ML-DSA
    parameter set otherwise.
    """

    family: str
    parameter: int | str


class SigningAlgorithm(NamedTuple):
    """What a signing algorithm is: the family of its keys, and its hash (None where the scheme has its own)."""

    family: str
    hash: str | None = None
    pss: bool = False


class SignatureParameters(NamedTuple):
    """What `cryptography`'s builders take when they sign: `sign(key, hash, rsa_padding=rsa_padding)`."""

    hash: "SHA256 | SHA384 | SHA512 | None"
    rsa_padding: "padding.PSS | None"


KEY_ALGORITHMS = {
    "RSA_2048": KeyAlgorithm("RSA", 2048),
    "RSA_3072": KeyAlgorithm("RSA", 3072),
    "RSA_4096": KeyAlgorithm("RSA", 4096),
    "EC_prime256v1": KeyAlgorithm("EC", "SECP256R1"),
    "EC_secp384r1": KeyAlgorithm("EC", "SECP384R1"),
    "EC_secp521r1": KeyAlgorithm("EC", "SECP521R1"),
    "ML_DSA_44": KeyAlgorithm("ML_DSA_44", "MLDSA44"),
    "ML_DSA_65": KeyAlgorithm("ML_DSA_65", "MLDSA65"),
    "ML_DSA_87": KeyAlgorithm("ML_DSA_87", "MLDSA87"),
    "SM2": KeyAlgorithm("SM2", "SM2"),
}

SIGNING_ALGORITHMS = {
    "SHA256WITHECDSA": SigningAlgorithm("EC", "SHA256"),
    "SHA384WITHECDSA": SigningAlgorithm("EC", "SHA384"),
    "SHA512WITHECDSA": SigningAlgorithm("EC", "SHA512"),
    "SHA256WITHRSA": SigningAlgorithm("RSA", "SHA256"),
    "SHA384WITHRSA": SigningAlgorithm("RSA", "SHA384"),
    "SHA512WITHRSA": SigningAlgorithm("RSA", "SHA512"),
    "SHA256WITHRSA_PSS": SigningAlgorithm("RSA", "SHA256", pss=True),
    "SHA384WITHRSA_PSS": SigningAlgorithm("RSA", "SHA384", pss=True),
    "SHA512WITHRSA_PSS": SigningAlgorithm("RSA", "SHA512", pss=True),
    "SM3WITHSM2": SigningAlgorithm("SM2"),
    "ML_DSA_44": SigningAlgorithm("ML_DSA_44"),
    "ML_DSA_65": SigningAlgorithm("ML_DSA_65"),
    "ML_DSA_87": SigningAlgorithm("ML_DSA_87"),
}

# What each key signs with unless told otherwise. Source: NIST SP 800-57 part 1, table 3: a hash as strong as the curve.
_CUSTOMARY_SIGNING_ALGORITHMS = {
    "RSA": "SHA256WITHRSA",
    "SECP256R1": "SHA256WITHECDSA",
    "SECP384R1": "SHA384WITHECDSA",
    "SECP521R1": "SHA512WITHECDSA",
    "SM2": "SM3WITHSM2",
}


def customary_signing_algorithm(key_algorithm: str) -> str:
    """Return the signing algorithm that one expects of such a key; an ML-DSA parameter set goes with itself."""
    family, parameter = KEY_ALGORITHMS[key_algorithm]
    return _CUSTOMARY_SIGNING_ALGORITHMS.get(str(parameter)) or _CUSTOMARY_SIGNING_ALGORITHMS.get(family, family)


def check_key_algorithm(key_algorithm: str) -> None:
    """Refuse a key algorithm that exists only in AWS's regions in China.

    Raises:
        ServiceError: InvalidArgsException, the algorithm is SM2.
    """
    if KEY_ALGORITHMS[key_algorithm].family == "SM2":
        # Assumption: exception and text; AWS documents only that SM2 is for the regions in China.
        raise ServiceError(
            "InvalidArgsException",
            f"Key algorithm {key_algorithm} is not supported in this region. It is available in China regions only.",
        )


def check_signing_algorithm(signing_algorithm: str, key_algorithm: str) -> None:
    """Check that keys of `key_algorithm` can sign with `signing_algorithm`.

    Any hash goes with any RSA size and any curve; each ML-DSA parameter set goes with itself alone.

    Raises:
        ServiceError: InvalidArgsException, they do not fit or this region does not have the key algorithm.
    """
    check_key_algorithm(key_algorithm)
    family = KEY_ALGORITHMS[key_algorithm].family
    if SIGNING_ALGORITHMS[signing_algorithm].family == family:
        return
    # The sentence was seen with RSA in 2021, before AWS had PSS. It is kept to the letter: PSS stays unnamed.
    fitting = (
        name for name, algorithm in SIGNING_ALGORITHMS.items() if algorithm.family == family and not algorithm.pss
    )
    raise ServiceError(
        "InvalidArgsException",
        f"Signing algorithm {signing_algorithm} cannot be used with key type {key_algorithm}. "
        f"Valid signing algorithms are: {', '.join(fitting)}.",
        hint="RSA keys also sign with SHA256WITHRSA_PSS, SHA384WITHRSA_PSS and SHA512WITHRSA_PSS."
        if family == "RSA"
        else None,
    )


def generate_private_key(key_algorithm: str) -> "PrivateKey":
    """Make a new private key.

    Raises:
        ServiceError: InvalidArgsException, this region does not have the key algorithm.
    """
    from pcacli.pki.core_dumps import forbid_core_dumps

    check_key_algorithm(key_algorithm)
    forbid_core_dumps()
    family, parameter = KEY_ALGORITHMS[key_algorithm]
    if family == "EC":
        from cryptography.hazmat.primitives.asymmetric import ec

        return ec.generate_private_key(getattr(ec, str(parameter))())
    if family == "RSA":
        from cryptography.hazmat.primitives.asymmetric import rsa

        return rsa.generate_private_key(_RSA_PUBLIC_EXPONENT, int(parameter))
    from cryptography.hazmat.primitives.asymmetric import mldsa

    private_key: PrivateKey = getattr(mldsa, f"{parameter}PrivateKey").generate()
    return private_key


def key_algorithm_of(public_key: "PublicKeyTypes") -> str | None:
    """Return the API's name for the algorithm of a public key, or None when it has none."""
    described = _described(public_key)
    return next((name for name, algorithm in KEY_ALGORITHMS.items() if algorithm == described), None)


def _described(public_key: "PublicKeyTypes") -> KeyAlgorithm | None:
    from cryptography.hazmat.primitives.asymmetric import ec, mldsa, rsa

    if isinstance(public_key, rsa.RSAPublicKey):
        return KeyAlgorithm("RSA", public_key.key_size)
    if isinstance(public_key, ec.EllipticCurvePublicKey):
        return KeyAlgorithm("EC", type(public_key.curve).__name__)
    return next(
        (
            algorithm
            for algorithm in KEY_ALGORITHMS.values()
            if algorithm.family.startswith("ML_DSA")
            and isinstance(public_key, getattr(mldsa, f"{algorithm.parameter}PublicKey"))
        ),
        None,
    )


# RFC 5758 section 3.2, RFC 4055 section 5, RFC 9881 section 2.
SIGNATURE_IDENTIFIERS = {
    "SHA256WITHECDSA": "1.2.840.10045.4.3.2",
    "SHA384WITHECDSA": "1.2.840.10045.4.3.3",
    "SHA512WITHECDSA": "1.2.840.10045.4.3.4",
    "SHA256WITHRSA": "1.2.840.113549.1.1.11",
    "SHA384WITHRSA": "1.2.840.113549.1.1.12",
    "SHA512WITHRSA": "1.2.840.113549.1.1.13",
    "ML_DSA_44": "2.16.840.1.101.3.4.3.17",
    "ML_DSA_65": "2.16.840.1.101.3.4.3.18",
    "ML_DSA_87": "2.16.840.1.101.3.4.3.19",
}
"""The dotted identifiers of the signing algorithms whose identifier says everything; PSS has the hash beside it."""

PSS_IDENTIFIER = "1.2.840.113549.1.1.10"
EDWARDS_IDENTIFIERS = {"ED25519": "1.3.101.112", "ED448": "1.3.101.113"}
"""The algorithms of keys that end entities may have and the API does not know (RFC 8410 section 3)."""

# What else signs: RFC 3279 sections 2.2.1 and 2.2.3, RFC 8410 section 3.
_FOREIGN_SIGNATURES = {
    "1.2.840.10045.4.1": "SHA1WITHECDSA",
    "1.2.840.10045.4.3.1": "SHA224WITHECDSA",
    "1.2.840.113549.1.1.4": "MD5WITHRSA",
    "1.2.840.113549.1.1.5": "SHA1WITHRSA",
    "1.2.840.113549.1.1.14": "SHA224WITHRSA",
}
# What is behind the context tag 0 of RSASSA-PSS-params, and the hashes by their identifiers (RFC 4055 section 2.1).
_PSS_HASH = 0xA0
_HASHES = {
    "1.3.14.3.2.26": "SHA1",
    "2.16.840.1.101.3.4.2.1": "SHA256",
    "2.16.840.1.101.3.4.2.2": "SHA384",
    "2.16.840.1.101.3.4.2.3": "SHA512",
    "2.16.840.1.101.3.4.2.4": "SHA224",
}
_SIGNATURE_NAMES = {identifier: name for name, identifier in SIGNATURE_IDENTIFIERS.items()} | _FOREIGN_SIGNATURES
_SIGNATURE_NAMES |= {identifier: name for name, identifier in EDWARDS_IDENTIFIERS.items()}


def signature_name(identifier: str) -> str:
    """Return the name of a signature algorithm, the API's or one of that form, or else its dotted identifier."""
    return _SIGNATURE_NAMES.get(identifier, identifier)


def signing_algorithm_of(
    signed: "x509.Certificate | x509.CertificateSigningRequest | x509.CertificateRevocationList",
) -> str:
    """Return the name of the algorithm of a signature: the API's, one of that form, or else the dotted identifier."""
    from cryptography.exceptions import UnsupportedAlgorithm

    identifier = signed.signature_algorithm_oid.dotted_string
    if identifier != PSS_IDENTIFIER:
        return signature_name(identifier)
    try:
        hashed = signed.signature_hash_algorithm
    except UnsupportedAlgorithm:
        hashed = None
    return identifier if hashed is None else f"{hashed.name.upper()}WITHRSA_PSS"


def signature_name_of(algorithm: bytes) -> str:
    """Return the same name for the content of an AlgorithmIdentifier (DER).

    Raises:
        ValueError: the bytes are something else.
    """
    identifier, *parameters = elements(algorithm)
    name = dotted(identifier.content)
    if name != PSS_IDENTIFIER:
        return signature_name(name)
    hashed = _pss_hash(parameters[0].content if parameters else b"")
    return name if hashed is None else f"{hashed}WITHRSA_PSS"


def _pss_hash(parameters: bytes) -> str | None:
    """Return the name of the hash in RSASSA-PSS-params, None for one that is unknown (RFC 4055, section 3.1)."""
    for part in elements(parameters):
        if part.tag == _PSS_HASH:
            (algorithm,) = elements(part.content)
            return _HASHES.get(dotted(next(elements(algorithm.content), algorithm).content))
    return "SHA1"


def signature_parameters(signing_algorithm: str) -> SignatureParameters:
    """Return hash and RSA padding for a signing algorithm.

    The padding is None for PKCS #1 v1.5, which is what the builders of `cryptography` do without one.
    Assumption: PSS uses MGF1 with the same hash and a salt as long as the hash, as RFC 4055 section 3.1 recommends.
    """
    algorithm = SIGNING_ALGORITHMS[signing_algorithm]
    if algorithm.hash is None:
        return SignatureParameters(None, None)
    from cryptography.hazmat.primitives import hashes

    chosen: SHA256 | SHA384 | SHA512 = getattr(hashes, algorithm.hash)()
    if not algorithm.pss:
        return SignatureParameters(chosen, None)
    from cryptography.hazmat.primitives.asymmetric import padding

    return SignatureParameters(chosen, padding.PSS(padding.MGF1(chosen), chosen.digest_size))
