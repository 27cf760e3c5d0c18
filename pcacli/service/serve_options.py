"""What the terminal tells the server when it starts it: two edges that know nothing of each other.

`pcacli local serve` becomes the process `python -m pcacli.server OPTIONS`, where OPTIONS is this record as JSON.
"""

import json
from ipaddress import ip_address
from typing import NamedTuple

from pcacli.engine.context import Caller
from pcacli.service.store_place import StorePlace


class ServeOptions(NamedTuple):
    """How to serve a store. Port 0 takes a free one.

    On `verifier_port`, if there is one, only verifiers are answered, without TLS.
    `caller` is who calls; with `authenticate`, only where a request says nothing else.
    """

    place: StorePlace
    caller: Caller
    host: str = "127.0.0.1"
    port: int = 9443
    verifier_port: int | None = None
    workers: int = 1
    authenticate: bool = True
    tls_certificate_file: str | None = None
    tls_key_file: str | None = None

    def to_json(self) -> str:
        """Write the options in one word."""
        return json.dumps({**self._asdict(), "place": self.place.members(), "caller": self.caller._asdict()})

    @classmethod
    def from_json(cls, text: str) -> "ServeOptions":
        """Read the options from that word."""
        members = json.loads(text)
        place, caller = StorePlace.from_members(members["place"]), Caller(**members["caller"])
        return cls(**{**members, "place": place, "caller": caller})


def is_loopback(host: str) -> bool:
    """Tell whether a host, without a port, is this machine under a name or address that no other machine has."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
