"""Names of servers are judged as OpenSSL judges them."""

import subprocess
from ipaddress import ip_address

import pytest

from pcacli.pki.host_matching import is_for_address, is_for_host
from tests.pki import raw

# Each pattern with hosts that tell how it is taken.
CASES = {
    b"www.example.com": ["www.example.com", "WWW.Example.COM", "www.example.com.", "example.com", " www.example.com"],
    b"WWW.EXAMPLE.ORG": ["www.example.org"],
    b"www.example.com.": ["www.example.com", "www.example.com."],
    b"my_host.example.com": ["my_host.example.com", "MY_HOST.example.com", "my-host.example.com"],
    b"localhost": ["localhost"],
    b"192.0.2.1": ["192.0.2.1"],
    b"xn--bcher-kva.example.com": ["xn--bcher-kva.example.com", "bücher.example.com"],
    b"*.example.com": [
        *("www.example.com", "WWW.EXAMPLE.COM", "example.com", "a.b.example.com", "*.example.com"),
        *("my_host.example.com", "xn--bcher-kva.example.com", "x-.example.com", "www.example.com.", "www.example.org"),
    ],
    b"*.example.com.": ["www.example.com", "www.example.com."],
    b"*.a_b.example.com": ["x.a_b.example.com", "*.a_b.example.com"],
    b"*.xn--bcher-kva.example": ["x.xn--bcher-kva.example", "x.b.example"],
    b"xn--*.example.com": ["xn--foo.example.com", "xn--*.example.com"],
    b"f*.example.com": ["foo.example.com", "f.example.com", "f_o.example.com", "xn--f.example.com"],
    b"*f.example.com": ["f.example.com", "wolf.example.com", "xn--f.example.com"],
    b"w*w.example.com": ["wow.example.com", "w*w.example.com"],
    b"a-*.example.com": ["a-b.example.com", "a-*.example.com"],
    b"*-.example.com": ["a-.example.com"],
    b"-*.example.com": ["-a.example.com"],
    b"*-a.example.com": ["b-a.example.com", "-a.example.com"],
    b"*.com": ["a.com", "*.com"],
    b"*": ["a", "*"],
    b"*.*.example.com": ["a.b.example.com"],
    b"www.*.com": ["www.example.com"],
    b"**.example.com": ["ab.example.com"],
    b"*.example-.com": ["a.example-.com"],
    b"*..com": ["a..com"],
    b".example.com": ["www.example.com"],
}


@pytest.mark.parametrize("pattern", CASES, ids=bytes.decode)
def test_openssl_judges_the_same(pattern: bytes) -> None:
    names = raw.extension(raw.SUBJECT_ALTERNATIVE_NAME, raw.hosts(pattern))
    der = raw.certificate(names, subject=raw.name())
    for host in CASES[pattern]:
        words = ["openssl", "x509", "-inform", "DER", "-noout", "-checkhost", host]
        said = subprocess.run(words, input=der, capture_output=True, check=True).stdout
        assert is_for_host([pattern], host) == (b"does match" in said), host


def test_nothing_is_for_an_empty_name_or_for_all_below_a_name() -> None:
    assert not is_for_host([b"", b"www.example.com"], "")
    assert not is_for_host([b"www.example.com"], ".example.com")


def test_an_address_is_its_octets() -> None:
    addresses = [ip_address("192.0.2.1").packed, ip_address("2001:db8::1").packed, b"192.0.2.7"]
    assert is_for_address(addresses, ip_address("192.0.2.1"))
    assert is_for_address(addresses, ip_address("2001:DB8:0::1"))
    assert not is_for_address(addresses, ip_address("192.0.2.7"))
