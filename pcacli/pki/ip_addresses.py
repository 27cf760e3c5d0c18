"""IP addresses as they are in certificates: without a zone, which means something on one machine only.

Source: RFC 4007, section 11 (zones); RFC 5280, section 4.2.1.6 (an iPAddress is its octets and nothing else).
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv6Address


def read_address(text: str) -> "IPv4Address | IPv6Address":
    """Read an IPv4 or IPv6 address.

    Raises:
        ValueError: it is none, or it has a zone, such as `fe80::1%eth0`.
    """
    import ipaddress

    if "%" in text:
        raise ValueError(f"{text!r} has a zone, which an address in a certificate cannot have")
    return ipaddress.ip_address(text)


def without_zone(text: str) -> str:
    """Return an address without the zone by which a connection needs it."""
    return text.partition("%")[0]
