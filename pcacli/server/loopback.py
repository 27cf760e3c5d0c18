"""Whether a header Host is exactly a name or an address of this machine, with or without a port.

Without signatures that is all that keeps out web pages that lead a browser here under a name of theirs (DNS
rebinding). So nothing is interpreted: no user, no path, no number in another notation, no list of two hosts.
Sources: RFC 9110, section 7.2 (Host = uri-host [ ":" port ]); RFC 6761, section 6.3 (localhost); RFC 1122, section
3.2.1.3 (127.0.0.0/8); RFC 4291, section 2.5.3 (::1).
"""

import re
from ipaddress import IPv4Address, IPv6Address

_HOST = re.compile(
    r"(?:(?P<name>localhost)|(?P<v4>[0-9]{1,3}(?:\.[0-9]{1,3}){3})|\[(?P<v6>[0-9a-f:]{2,39})\])(?::(?P<port>[0-9]{1,5}))?",
    re.ASCII | re.IGNORECASE,
)
_HIGHEST_PORT = 65_535
_LOOPBACK_V6 = IPv6Address("::1")


def is_loopback_host(host: str) -> bool:
    """Tell whether the value of a header Host is this machine under a name that no other machine has."""
    match = _HOST.fullmatch(host)
    if match is None or int(match["port"] or 0) > _HIGHEST_PORT:
        return False
    try:
        if match["v4"]:
            return IPv4Address(match["v4"]).is_loopback
        return not match["v6"] or IPv6Address(match["v6"]) == _LOOPBACK_V6
    except ValueError:
        return False
