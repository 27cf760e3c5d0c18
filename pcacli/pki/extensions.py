"""What an X.509 extension is here, how extensions come out of a CSR, and in which order they go into a certificate.

An extension is kept as its DER: what a caller brings is carried over without a bit changed.
Sources: RFC 5280 section 4.2 for the identifiers; the order is that of the observed certificates (tests/pki/samples).
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from pcacli.pki.der_reader import DerProblem, elements
from pcacli.pki.der_writer import BOOLEAN, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, encode, object_identifier
from pcacli.pki.object_identifiers import identifier_of

SUBJECT_DIRECTORY_ATTRIBUTES = "2.5.29.9"
SUBJECT_KEY_IDENTIFIER = "2.5.29.14"
KEY_USAGE = "2.5.29.15"
SUBJECT_ALTERNATIVE_NAME = "2.5.29.17"
ISSUER_ALTERNATIVE_NAME = "2.5.29.18"
BASIC_CONSTRAINTS = "2.5.29.19"
NAME_CONSTRAINTS = "2.5.29.30"
CRL_DISTRIBUTION_POINTS = "2.5.29.31"
CERTIFICATE_POLICIES = "2.5.29.32"
POLICY_MAPPINGS = "2.5.29.33"
AUTHORITY_KEY_IDENTIFIER = "2.5.29.35"
EXTENDED_KEY_USAGE = "2.5.29.37"
INHIBIT_ANY_POLICY = "2.5.29.54"
OCSP_NO_CHECK = "1.3.6.1.5.5.7.48.1.5"
AUTHORITY_INFORMATION_ACCESS = "1.3.6.1.5.5.7.1.1"
SUBJECT_INFORMATION_ACCESS = "1.3.6.1.5.5.7.1.11"

# Access methods of subject information access: RFC 5280 section 4.2.2.2, RFC 6487 section 4.8.8, RFC 8182 section 3.2.
CA_REPOSITORY = "1.3.6.1.5.5.7.48.5"
RPKI_MANIFEST = "1.3.6.1.5.5.7.48.10"
RPKI_NOTIFY = "1.3.6.1.5.5.7.48.13"

# Observed up to the CRL distribution points. Assumption: the rest follows them, and what is not named here comes last.
_ORDER = (
    BASIC_CONSTRAINTS,
    AUTHORITY_KEY_IDENTIFIER,
    SUBJECT_KEY_IDENTIFIER,
    KEY_USAGE,
    EXTENDED_KEY_USAGE,
    CRL_DISTRIBUTION_POINTS,
    AUTHORITY_INFORMATION_ACCESS,
    SUBJECT_ALTERNATIVE_NAME,
    CERTIFICATE_POLICIES,
)
_POSITIONS = {oid: position for position, oid in enumerate(_ORDER)}


class Extension(NamedTuple):
    """One extension: its dotted identifier, and the DER that stands inside its octet string."""

    oid: str
    critical: bool
    value: bytes


def in_certificate_order(extensions: Iterable[Extension]) -> list[Extension]:
    """Sort extensions as they stand in certificates of AWS Private CA; unknown ones keep their order at the end."""
    return sorted(extensions, key=lambda extension: _POSITIONS.get(extension.oid, len(_ORDER)))


@lru_cache(maxsize=512)
def encoded(extension: Extension) -> bytes:
    """Write an extension as it stands in a certificate; most are the same in all that a CA issues.

    Source: RFC 5280 section 4.1; `critical` is left out where it is not set, as DER has it.
    """
    critical = [encode(BOOLEAN, b"\xff")] if extension.critical else []
    identifier = encode(OBJECT_IDENTIFIER, object_identifier(extension.oid))
    return encode(SEQUENCE, identifier, *critical, encode(OCTET_STRING, extension.value))


def read_extensions(extensions: bytes) -> tuple[Extension, ...]:
    """Read the content of Extensions, without the tag and length of the SEQUENCE around them.

    Each is a SEQUENCE of identifier, critical (DEFAULT FALSE) and octet string. Source: RFC 5280 section 4.1.

    Raises:
        ValueError: the bytes are something else.
    """
    return tuple(_read_extension(element.content) for element in elements(extensions))


def _read_extension(content: bytes) -> Extension:
    identifier, *critical, value = elements(content)
    if value.tag != OCTET_STRING or len(critical) > 1 or any(each.tag != BOOLEAN for each in critical):
        raise DerProblem("an extension is not identifier, critical and value")
    return Extension(identifier_of(identifier), any(each.content != b"\0" for each in critical), value.content)
