"""The reasons for a revocation: the API's names and the reason codes of CRLs and OCSP responses.

Sources: ACM PCA API reference, "RevokeCertificate", RevocationReason; RFC 5280, section 5.3.1.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography import x509

# The values are the identifiers that RFC 5280 gives to CRLReason. None: section 5.3.1 says that an entry should
# carry no reason code instead of "unspecified". Assumption: the service does so too.
REASON_CODES: dict[str, str | None] = {
    "UNSPECIFIED": None,
    "KEY_COMPROMISE": "keyCompromise",
    "CERTIFICATE_AUTHORITY_COMPROMISE": "cACompromise",
    "AFFILIATION_CHANGED": "affiliationChanged",
    "SUPERSEDED": "superseded",
    "CESSATION_OF_OPERATION": "cessationOfOperation",
    "PRIVILEGE_WITHDRAWN": "privilegeWithdrawn",
    "A_A_COMPROMISE": "aACompromise",
}


def reason_code(reason: str) -> "x509.ReasonFlags | None":
    """Return the reason code for the API's name of a reason, or None where none is written."""
    from cryptography import x509

    code = REASON_CODES[reason]
    return None if code is None else x509.ReasonFlags(code)


def reason_name(code: "x509.ReasonFlags | None") -> str:
    """Return the API's name of a reason code; UNSPECIFIED where there is none, or one that the API does not know."""
    return "UNSPECIFIED" if code is None else _NAMES.get(code.value, "UNSPECIFIED")


_NAMES = {code: name for name, code in REASON_CODES.items()}
