"""Reads a certificate before it is signed, as a stranger will, and compares it with what was asked for.

Readers that share nothing with the writer do it: our reader of DER walks through the fields, `cryptography` reads the
extensions (extension_values.py), and names are read by the rules of RFC 5280. A certificate that fails is not signed,
whatever let it come so far.
Sources: RFC 5280, sections 4.1 and 4.2; AWS Private CA User Guide, validation of IssueCertificate requests, which names
the exception.
"""

from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from pcacli.errors import ServiceError
from pcacli.pki.der_reader import DerProblem, elements
from pcacli.pki.der_writer import UTC_TIME, context_tag
from pcacli.pki.extension_values import check_extensions
from pcacli.pki.extensions import SUBJECT_ALTERNATIVE_NAME, Extension, read_extensions
from pcacli.pki.public_keys import SMALLEST_AUTHORITY_RSA_BITS, public_key, rsa_bits
from pcacli.pki.subject_attributes import read_name
from pcacli.pki.validity import Window

_FIELDS = 8
_VERSION_3 = b"\xa0\x03\x02\x01\x02"
_EXTENSIONS = context_tag(3, constructed=True)


class Asked(NamedTuple):
    """What the certificate has to say; names, key and algorithm are DER."""

    serial: int
    algorithm: bytes
    issuer: bytes
    window: Window
    subject: bytes
    public_key: bytes
    extensions: tuple[Extension, ...]
    is_authority: bool


def check_content(content: bytes, asked: Asked) -> None:
    """Read the DER of a TBSCertificate and compare it with what was asked for.

    Raises:
        ServiceError: MalformedCSRException, a reader could not read it, or it says something else. Assumption: text.
    """
    try:
        _check_fields(content, asked)
        _check_subject(asked)
        _check_key(asked)
        check_extensions(asked.extensions)
    except ValueError as problem:
        reason = str(problem) if isinstance(problem, DerProblem) else "it cannot be read"
        raise ServiceError(
            "MalformedCSRException", f"The certificate that was asked for cannot be issued: {reason}."
        ) from problem


def _check_fields(content: bytes, asked: Asked) -> None:
    (whole,) = elements(content)
    fields = list(elements(whole.content))
    if len(fields) != _FIELDS or fields[0].encoded != _VERSION_3 or fields[-1].tag != _EXTENSIONS:
        raise DerProblem("it has not the fields of a certificate")
    _, serial, algorithm, issuer, validity, subject, key, extensions = fields
    (extension_list,) = elements(extensions.content)
    not_before, not_after = elements(validity.content)
    read = Asked(
        int.from_bytes(serial.content, "big", signed=True),
        algorithm.encoded,
        issuer.encoded,
        Window(_instant(not_before.tag, not_before.content), _instant(not_after.tag, not_after.content)),
        subject.encoded,
        key.encoded,
        read_extensions(extension_list.content),
        asked.is_authority,
    )
    for name, found, wanted in zip(Asked._fields, read, asked, strict=True):
        if found != wanted:
            raise DerProblem(f"its {name.replace('_', ' ')} is not what was asked for")


@lru_cache
def _instant(tag: int, content: bytes) -> datetime:
    """Read a UTCTime or GeneralizedTime (RFC 5280 section 4.1.2.5); two digits of a year mean 1950 to 2049."""
    text = content.decode("ascii")
    if tag == UTC_TIME:
        text = ("20" if text < "50" else "19") + text
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)


def _check_subject(asked: Asked) -> None:
    """A CA has a name; whatever else has none has critical alternative names (RFC 5280 sections 4.1.2.6, 4.2.1.6)."""
    read = read_name(asked.subject)
    if read.encoded != asked.subject:
        raise DerProblem("a string of its subject holds characters that its type does not have")
    if read.attributes:
        return
    if asked.is_authority:
        raise DerProblem("the certificate of a CA needs a subject")
    if not any(each.oid == SUBJECT_ALTERNATIVE_NAME and each.critical for each in asked.extensions):
        raise DerProblem("without a subject it needs subject alternative names that are critical")


def _check_key(asked: Asked) -> None:
    try:
        bits = rsa_bits(public_key(asked.public_key))
    except ValueError as problem:
        raise DerProblem(f"its public key {problem}") from problem
    if asked.is_authority and bits is not None and bits < SMALLEST_AUTHORITY_RSA_BITS:
        raise DerProblem(f"its RSA key has {bits} bits, and the key of a CA has at least {SMALLEST_AUTHORITY_RSA_BITS}")
