"""A key and a CSR for somebody who wants a certificate."""

import ipaddress
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pcacli.errors import UsageProblem

if TYPE_CHECKING:
    from pcacli.pki.algorithms import PrivateKey

# RFC 5280 appendix A.1, ub-common-name, which means characters; `cryptography` counts bytes.
_COMMON_NAME_MAXIMUM_BYTES = 64
# RFC 1034 section 3.1, RFC 1123 section 2.1.
_DNS_NAME_MAXIMUM = 253
_DNS_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")


def leaf_csr(
    key: "PrivateKey", *, common_name: str | None, dns_names: Sequence[str], ip_addresses: Sequence[str]
) -> bytes:
    """Return a CSR in PEM for a key, with the names as subject alternative names.

    Without `common_name` the first name that fits stands in the subject too, for programs that still look there.

    Raises:
        UsageProblem: a name is not one.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding

    names: list[x509.GeneralName] = [x509.DNSName(_dns_name(dns_name)) for dns_name in dns_names]
    for address in ip_addresses:
        try:
            names.append(x509.IPAddress(ipaddress.ip_address(address)))
        except ValueError as error:
            raise UsageProblem(f"--ip-address {address} is not an IP address.") from error
    if common_name is None:
        common_name = next(filter(_fits_common_name, (*dns_names, *ip_addresses)), None)
    elif not _fits_common_name(common_name):
        raise UsageProblem(f"--common-name must have 1 to {_COMMON_NAME_MAXIMUM_BYTES} characters, fewer beyond ASCII.")
    attributes = [] if common_name is None else [x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)]
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(attributes))
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    # ML-DSA has its own hash.
    hashed = isinstance(key, (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey))
    return builder.sign(key, SHA256() if hashed else None).public_bytes(Encoding.PEM)


def _fits_common_name(name: str) -> bool:
    return 0 < len(name.encode()) <= _COMMON_NAME_MAXIMUM_BYTES


def _dns_name(text: str) -> str:
    """Return a DNS name as it stands in a certificate: letters of other scripts become A-labels.

    Source: RFC 5280 sections 4.2.1.6 and 7.2; RFC 9525 section 6.3 (wildcards). Underscores pass, as hosts have them.

    Raises:
        UsageProblem: it is not one; an IP address is none either.
    """
    try:
        name = text if text.isascii() else text.encode("idna").decode()
    except UnicodeError as error:
        raise UsageProblem(f"--dns-name {text} is not a DNS name: {error}.") from error
    labels = name.removeprefix("*.").split(".")
    if len(name) > _DNS_NAME_MAXIMUM or labels[-1].isdecimal() or not all(map(_DNS_LABEL.fullmatch, labels)):
        raise UsageProblem(f"--dns-name {text} is not a DNS name.")
    return name


def private_key_pem(key: "PrivateKey") -> bytes:
    """Return a private key as unencrypted PKCS#8 in PEM, for a file that only its owner may read."""
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
