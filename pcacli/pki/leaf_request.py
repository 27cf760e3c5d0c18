"""A key and a CSR for somebody who wants a certificate."""

import ipaddress
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pcacli.errors import UsageProblem

if TYPE_CHECKING:
    from pcacli.pki.algorithms import PrivateKey

# RFC 5280 appendix A.1, ub-common-name.
_COMMON_NAME_MAXIMUM = 64


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

    names: list[x509.GeneralName] = []
    for dns_name in dns_names:
        try:
            names.append(x509.DNSName(dns_name.encode("idna").decode() if not dns_name.isascii() else dns_name))
        except UnicodeError as error:
            raise UsageProblem(f"--dns-name {dns_name} is not a DNS name: {error}.") from error
    for address in ip_addresses:
        try:
            names.append(x509.IPAddress(ipaddress.ip_address(address)))
        except ValueError as error:
            raise UsageProblem(f"--ip-address {address} is not an IP address.") from error
    if common_name is None:
        common_name = next((name for name in (*dns_names, *ip_addresses) if len(name) <= _COMMON_NAME_MAXIMUM), None)
    elif not 0 < len(common_name) <= _COMMON_NAME_MAXIMUM:
        raise UsageProblem(f"--common-name must have 1 to {_COMMON_NAME_MAXIMUM} characters.")
    attributes = [] if common_name is None else [x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)]
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(attributes))
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    # ML-DSA has its own hash.
    hashed = isinstance(key, (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey))
    return builder.sign(key, SHA256() if hashed else None).public_bytes(Encoding.PEM)


def private_key_pem(key: "PrivateKey") -> bytes:
    """Return a private key as unencrypted PKCS#8 in PEM, for a file that only its owner may read."""
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
