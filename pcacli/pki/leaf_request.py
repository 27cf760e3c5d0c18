"""A CSR for somebody who wants a certificate for a service, a person or a device."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from pcacli.errors import UsageProblem
from pcacli.pki.csr import request_info
from pcacli.pki.extensions import SUBJECT_ALTERNATIVE_NAME, Extension
from pcacli.pki.host_names import ascii_host_name
from pcacli.pki.ip_addresses import read_address
from pcacli.pki.names import subject_name
from pcacli.pki.pem import csr_pem
from pcacli.pki.signing import request_algorithm, signed

if TYPE_CHECKING:
    from pcacli.pki.algorithms import PrivateKey

# RFC 5280 appendix A.1, ub-common-name.
_COMMON_NAME_MAXIMUM_CHARACTERS = 64
# RFC 1034 section 3.1, RFC 1123 section 2.1.
_DNS_NAME_MAXIMUM_BYTES = 253
_DNS_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
# RFC 5280 section 4.2.1.6: a mailbox without comments and without what would need quotes (RFC 5321 section 4.1.2).
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")


class LeafNames(NamedTuple):
    """Whom a certificate is for: the common name of the subject, and the alternative names by their kinds."""

    common_name: str | None = None
    dns_names: Sequence[str] = ()
    ip_addresses: Sequence[str] = ()
    emails: Sequence[str] = ()
    uris: Sequence[str] = ()

    @property
    def subject(self) -> str | None:
        """The common name for the subject: the given one, else the first name that fits, if there is any.

        Programs still look there, and people do.
        """
        if self.common_name is not None:
            return self.common_name
        return next(filter(_fits_common_name, (*self.dns_names, *self.ip_addresses, *self.emails)), None)

    def checked(self) -> "LeafNames":
        """Return the names as they stand in a certificate, each once.

        Raises:
            UsageProblem: one is not what it should be.
        """
        if self.common_name is not None and not _fits_common_name(self.common_name):
            raise UsageProblem(f"The common name must have 1 to {_COMMON_NAME_MAXIMUM_CHARACTERS} characters.")
        return LeafNames(
            self.subject,
            _each_once(map(_dns_name, self.dns_names)),
            _each_once(map(_ip_address, self.ip_addresses)),
            _each_once(map(_email, self.emails)),
            _each_once(map(_uri, self.uris)),
        )


def leaf_csr(key: "PrivateKey", names: LeafNames) -> bytes:
    """Return a CSR in PEM for a key.

    Raises:
        UsageProblem: a name is not one.
    """
    from cryptography import x509

    common_name, dns_names, ip_addresses, emails, uris = names.checked()
    alternative_names: list[x509.GeneralName] = [
        *map(x509.DNSName, dns_names),
        *(x509.IPAddress(read_address(address)) for address in ip_addresses),
        *map(x509.RFC822Name, emails),
        *map(x509.UniformResourceIdentifier, uris),
    ]
    extensions = []
    if alternative_names:
        value = x509.SubjectAlternativeName(alternative_names).public_bytes()
        # Source: RFC 5280 section 4.2.1.6: critical where there is no subject.
        extensions = [Extension(SUBJECT_ALTERNATIVE_NAME, critical=common_name is None, value=value)]
    return signed_csr(subject_name({} if common_name is None else {"CommonName": common_name}), extensions, key)


def signed_csr(subject: bytes, extensions: Sequence[Extension], key: "PrivateKey") -> bytes:
    """Sign a request with the key that it is for and return it in PEM; `subject` is the DER of a Name."""
    return csr_pem(signed(request_info(subject, key, extensions), key, request_algorithm(key))).encode()


def _each_once(names: "map[str]") -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _fits_common_name(name: str) -> bool:
    return 0 < len(name) <= _COMMON_NAME_MAXIMUM_CHARACTERS


def _dns_name(text: str) -> str:
    """Return a DNS name as it stands in a certificate: letters of other scripts become A-labels.

    Source: RFC 5280 section 4.2.1.6; RFC 9525 section 6.3 (wildcards). Underscores pass, as hosts have them.

    Raises:
        UsageProblem: it is not one; an IP address is none either.
    """
    try:
        name = ascii_host_name(text)
    except ValueError as error:
        raise UsageProblem(f"{text!r} is not a DNS name: {error}.") from error
    labels = name.removeprefix("*.").split(".")
    if len(name) > _DNS_NAME_MAXIMUM_BYTES or labels[-1].isdecimal() or not all(map(_DNS_LABEL.fullmatch, labels)):
        raise UsageProblem(f"{text!r} is not a DNS name.")
    return name


def _ip_address(text: str) -> str:
    try:
        return str(read_address(text))
    except ValueError as error:
        raise UsageProblem(f"{text!r} is not an IP address.") from error


def _email(text: str) -> str:
    """Return an e-mail address whose host is in A-labels; the part before it stays as it is, and ASCII."""
    local_part, at, host = text.rpartition("@")
    if not at or not _LOCAL_PART.fullmatch(local_part):
        raise UsageProblem(f"{text!r} is not an e-mail address.")
    return f"{local_part}@{_dns_name(host)}"


def _uri(text: str) -> str:
    """Check that a URI is absolute. Source: RFC 5280 section 4.2.1.6; the scheme's own rules are left to its users."""
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise UsageProblem(f"{text!r} is not a URI: {error}.") from error
    plain = text.isascii() and text.isprintable() and " " not in text
    if not plain or not parts.scheme or not (parts.netloc or parts.path):
        raise UsageProblem(f"{text!r} is not a URI with a scheme, such as spiffe://example.com/web.")
    return text
