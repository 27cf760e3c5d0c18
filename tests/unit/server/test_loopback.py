"""A header Host is this machine only if it is exactly one of its names or addresses."""

import pytest

from pcacli.server.loopback import is_loopback_host

HERE = ["localhost", "LocalHost", "localhost:9443", "127.0.0.1", "127.0.0.1:80", "127.255.0.3", "[::1]", "[::1]:9443"]
ELSEWHERE = [
    "",
    "localhost.evil",
    "localhost.",
    "evil.localhost",
    "localhost:",
    "localhost:80:90",
    "localhost:99999",
    "localhost:-1",
    "localhost:+80",
    "localhost:8O",
    "localhost:\u0661",
    " localhost",
    "localhost\xa0",
    "localhost\t",
    "localhost,evil",
    "localhost, localhost",
    "localhost/evil",
    "localhost?evil",
    "localhost#evil",
    "localhost@evil",
    "evil@localhost",
    "user:password@127.0.0.1",
    "127.0.0.1@evil",
    "127.0.0.1.evil",
    "evil127.0.0.1",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "017700000001",
    "0177.0.0.1",
    "127.0.0.01",
    "127.0.0.256",
    "127.0.0.1.",
    "0.0.0.0",
    "0",
    "128.0.0.1",
    "::1",
    "[::1",
    "::1]",
    "[::1]evil",
    "[::1]:",
    "[::1%25lo]",
    "[::1%lo]",
    "[::]",
    "[::2]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[fe80::1]",
    "[127.0.0.1]",
    "[localhost]",
    "127.0.0.\u0661",
    "loc\u0430lhost",
    "%6cocalhost",
    "localhost%00",
]


@pytest.mark.parametrize("host", HERE)
def test_names_and_addresses_of_this_machine_are_taken(host: str) -> None:
    assert is_loopback_host(host)


@pytest.mark.parametrize("host", ELSEWHERE)
def test_everything_else_is_refused(host: str) -> None:
    assert not is_loopback_host(host)
