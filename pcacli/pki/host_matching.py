"""Whether a certificate is good for a server's name, as OpenSSL's `X509_check_host` and `X509_check_ip` judge it.

Names are compared byte for byte, ASCII letters in either case; so a trailing dot and an underscore count, and a name in
another script has to be given in A-labels. The common name of the subject is not looked at (RFC 9525, section 6.3).
Source: OpenSSL 3, `crypto/x509/v3_utl.c`; RFC 9525, section 6.3 (wildcards).
"""

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address

# A wildcard is in the first label, at its beginning or end, with two labels behind it; no label of the pattern begins
# or ends with a hyphen, and a first label in A-labels has no wildcard.
_LABEL = rb"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_FIRST_LABEL = rb"(?P<prefix>(?:" + _LABEL + rb")?)\*|\*(?P<end>[A-Za-z0-9-]*[A-Za-z0-9])"
_WILDCARD = re.compile(rb"(?:" + _FIRST_LABEL + rb")(?P<rest>(?:\." + _LABEL + rb"){2,})")
_MATCHED = re.compile(rb"[A-Za-z0-9-]*")
_A_LABEL_PREFIX = b"xn--"


def is_for_host(names: Iterable[bytes], host: str) -> bool:
    """Tell whether one of the dNSNames of a certificate is or covers a host name; nothing covers an empty one.

    A name that begins with a dot, for which OpenSSL takes any name below it, is no host name.
    """
    wanted = host.encode("utf-8", "surrogateescape").lower()
    if not wanted or wanted.startswith(b"."):
        return False
    return any(_covers(name.lower(), wanted) for name in names)


def is_for_address(addresses: Iterable[bytes], wanted: IPv4Address | IPv6Address) -> bool:
    """Tell whether an IP address is among the iPAddresses of a certificate, which are its octets."""
    return wanted.packed in addresses


def _covers(pattern: bytes, host: bytes) -> bool:
    wildcard = _WILDCARD.fullmatch(pattern)
    if wildcard is None:
        return pattern == host
    prefix, end = wildcard["prefix"] or b"", wildcard["end"] or b""
    is_whole_label = not prefix and not end
    suffix = end + wildcard["rest"]
    if prefix.startswith(_A_LABEL_PREFIX) or end.startswith(_A_LABEL_PREFIX):
        return pattern == host
    if len(host) < len(prefix) + len(suffix) or not (host.startswith(prefix) and host.endswith(suffix)):
        return False
    matched = host[len(prefix) : len(host) - len(suffix)]
    if is_whole_label:
        return bool(matched) and (matched == b"*" or _MATCHED.fullmatch(matched) is not None)
    is_a_label = host.startswith(_A_LABEL_PREFIX)
    return not is_a_label and (matched == b"*" or _MATCHED.fullmatch(matched) is not None)
