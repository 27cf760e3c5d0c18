"""What a key may be used for: the names of the API, and the two extensions that say it in a certificate.

Sources: RFC 5280 sections 4.2.1.3 (key usage) and 4.2.1.12 (extended key usage); ACM PCA API reference, "KeyUsage" and
"ExtendedKeyUsage".
"""

from collections.abc import Iterable, Mapping

from pcacli.pki.der_reader import DerProblem, elements
from pcacli.pki.der_writer import BIT_STRING, OBJECT_IDENTIFIER, SEQUENCE, encode, object_identifier

# The bits of KeyUsage from 0 to 8 (RFC 5280 section 4.2.1.3), by the names of the API.
_KEY_USAGE_BITS = (
    "DigitalSignature",
    "NonRepudiation",
    "KeyEncipherment",
    "DataEncipherment",
    "KeyAgreement",
    "KeyCertSign",
    "CRLSign",
    "EncipherOnly",
    "DecipherOnly",
)

# RFC 5280 section 4.2.1.12; Microsoft's OIDs for smart card logon and document signing, Google's for certificate
# transparency. Assumption: the last two, of which AWS publishes no OID.
EXTENDED_KEY_USAGES = {
    "SERVER_AUTH": "1.3.6.1.5.5.7.3.1",
    "CLIENT_AUTH": "1.3.6.1.5.5.7.3.2",
    "CODE_SIGNING": "1.3.6.1.5.5.7.3.3",
    "EMAIL_PROTECTION": "1.3.6.1.5.5.7.3.4",
    "TIME_STAMPING": "1.3.6.1.5.5.7.3.8",
    "OCSP_SIGNING": "1.3.6.1.5.5.7.3.9",
    "SMART_CARD_LOGIN": "1.3.6.1.4.1.311.20.2.2",
    "DOCUMENT_SIGNING": "1.3.6.1.4.1.311.10.3.12",
    "CERTIFICATE_TRANSPARENCY": "1.3.6.1.4.1.11129.2.4.4",
}


def requested_usages(flags: Mapping[str, bool]) -> list[str]:
    """Return the names of the usages that an API's KeyUsage switches on, in the order of their bits."""
    return [usage for usage in _KEY_USAGE_BITS if flags.get(usage)]


def key_usage(usages: Iterable[str]) -> bytes:
    """Return KeyUsage as DER has it, without trailing zero bits (X.690 section 11.2.2)."""
    octets = _key_usage_octets(usages).rstrip(b"\0")
    unused_bits = (octets[-1] & -octets[-1]).bit_length() - 1
    return encode(BIT_STRING, bytes((unused_bits,)), octets)


def nine_bit_key_usage(usages: Iterable[str]) -> bytes:
    """Return KeyUsage with all nine bits, as AWS writes what is passed through the API.

    Source: AWS Private CA User Guide, "Using the Matter standard", which warns of the additional byte.
    Assumption: which of the forms of nine bits it is.
    """
    return encode(BIT_STRING, b"\x07", _key_usage_octets(usages))


def _key_usage_octets(usages: Iterable[str]) -> bytes:
    return sum(0x8000 >> _KEY_USAGE_BITS.index(usage) for usage in usages).to_bytes(2, "big")


def extended_key_usage(object_identifiers: Iterable[str]) -> bytes:
    """Return ExtendedKeyUsage, a SEQUENCE of object identifiers, as DER (RFC 5280 section 4.2.1.12)."""
    return encode(SEQUENCE, *(encode(OBJECT_IDENTIFIER, object_identifier(each)) for each in object_identifiers))


def usage_names(key_usage_value: bytes) -> list[str]:
    """Return the API's names of the usages in the DER of a KeyUsage, in the order of their bits.

    Raises:
        ValueError: the bytes are something else.
    """
    (bits,) = elements(key_usage_value)
    if bits.tag != BIT_STRING:
        raise DerProblem("the key usage is no BIT STRING")
    octets = int.from_bytes(bits.content[1:3].ljust(2, b"\0"), "big")
    return [usage for position, usage in enumerate(_KEY_USAGE_BITS) if octets & 0x8000 >> position]


def purpose_name(object_identifier_text: str) -> str:
    """Return the API's name of an extended key usage, or the identifier itself where it has none."""
    return _PURPOSES.get(object_identifier_text, object_identifier_text)


_PURPOSES = {identifier: name for name, identifier in EXTENDED_KEY_USAGES.items()}
