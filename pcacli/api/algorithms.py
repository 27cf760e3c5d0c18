"""Key and signing algorithms.

Source: AWS Private CA API Reference, pages "CertificateAuthorityConfiguration" and "IssueCertificate".
"""

from pcacli.api.shapes import String

KEY_ALGORITHM = String(
    "KeyAlgorithm",
    choices=(
        "RSA_2048",
        "RSA_3072",
        "RSA_4096",
        "EC_prime256v1",
        "EC_secp384r1",
        "EC_secp521r1",
        "ML_DSA_44",
        "ML_DSA_65",
        "ML_DSA_87",
        "SM2",
    ),
)

SIGNING_ALGORITHM = String(
    "SigningAlgorithm",
    choices=(
        "SHA256WITHECDSA",
        "SHA384WITHECDSA",
        "SHA512WITHECDSA",
        "SHA256WITHRSA",
        "SHA384WITHRSA",
        "SHA512WITHRSA",
        "SHA256WITHRSA_PSS",
        "SHA384WITHRSA_PSS",
        "SHA512WITHRSA_PSS",
        "SM3WITHSM2",
        "ML_DSA_44",
        "ML_DSA_65",
        "ML_DSA_87",
    ),
)
