"""CBOR that is odd is refused, whatever the library would make of it."""

from typing import Any

import pytest

from pcacli.api.catalogue import OPERATIONS
from pcacli.errors import ServiceError
from pcacli.server.cbor_items import has_more_items
from pcacli.server.rpc_cbor import parameters

LIST = OPERATIONS["ListCertificateAuthorities"]
MAX_RESULTS, NEXT_TOKEN, STRANGER = b"\x6aMaxResults", b"\x69NextToken", b"\x61x"
BIG = b"\xc2\x58\x20" + b"\xff" * 32
ONE_MILLION = 1_000_000


def members(*pairs: bytes) -> bytes:
    return bytes((0xA0 + len(pairs) // 2,)) + b"".join(pairs)


ODD = {
    "a big number": members(MAX_RESULTS, BIG),
    "a big negative number": members(MAX_RESULTS, b"\xc3" + BIG[1:]),
    "a number of 64 KiB": members(MAX_RESULTS, b"\xc2\x5a\x00\x01\x00\x00" + b"\xff" * 65536),
    "a big number in a member that nobody knows": members(STRANGER, BIG),
    "a big instant": members(STRANGER, b"\xc1" + BIG),
    "an endless instant": members(STRANGER, b"\xc1\xfb\x7f\xf0" + bytes(6)),
    "no instant": members(STRANGER, b"\xc1\x60"),
    "a decimal": members(MAX_RESULTS, b"\xc4\x82\x1a\x7f\xff\xff\xff\x01"),
    "a fraction": members(MAX_RESULTS, b"\xd8\x1e\x82\x01\x00"),
    "one member twice": members(MAX_RESULTS, b"\x01", MAX_RESULTS, b"\x02"),
    "one member twice, deep": members(STRANGER, b"\xa2\x61a\x01\x61a\x02"),
    "a number for a name": b"\xa1\x01\x02",
    "a list for a name": b"\xa1\x80\x02",
    "undefined": members(MAX_RESULTS, b"\xf7"),
    "a simple value": members(MAX_RESULTS, b"\xe5"),
    "an unknown tag": members(NEXT_TOKEN, b"\xd9\x30\x39\x61a"),
    "a list that says to be endless": members(STRANGER, b"\x9b" + b"\xff" * 8),
    "a list that is not there": members(STRANGER, b"\x9b\x00\x00\x00\xff\xff\xff\xff\xff"),
    "a text that is not there": members(NEXT_TOKEN, b"\x7b\x00\x00\x00\xff\xff\xff\xff\xff"),
    "lists without an end": members(STRANGER, b"\x9f" * 100),
    "a text in pieces of bytes": members(NEXT_TOKEN, b"\x7f\x41a\xff"),
    "a break alone": b"\xff",
    "half a character": members(NEXT_TOKEN, b"\x63\xed\xa0\x80"),
    "empty lists": members(STRANGER, b"\x9f" + b"\x80" * ONE_MILLION + b"\xff"),
    "empty pieces": members(NEXT_TOKEN, b"\x7f" + b"\x60" * ONE_MILLION + b"\xff"),
}


@pytest.mark.parametrize("body", ODD.values(), ids=ODD)
def test_what_is_odd_is_a_serialization_exception(body: bytes) -> None:
    with pytest.raises(ServiceError) as refused:
        parameters(LIST, body)
    assert refused.value.code == "SerializationException"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"\xbf" + MAX_RESULTS + b"\x01\xff", {"MaxResults": 1}),
        (members(NEXT_TOKEN, b"\x7f\x61a\x61b\xff"), {"NextToken": "ab"}),
        (members(MAX_RESULTS, b"\xf6"), {}),
        (members(STRANGER, b"\xc1\x00"), {}),
    ],
)
def test_what_the_protocol_allows_is_read(body: bytes, expected: dict[str, Any]) -> None:
    assert parameters(LIST, body) == expected


@pytest.mark.parametrize(
    ("data", "items"),
    [(b"", 0), (b"\x00", 1), (b"\x82\x01\x02", 3), (b"\x78\x03abc\x01", 2), (b"\x43abc", 1), (b"\xc1\x1a\0\0\0\0", 2)],
)
def test_items_are_counted_by_their_heads(data: bytes, items: int) -> None:
    assert not has_more_items(data, items)
    assert items == 0 or has_more_items(data, items - 1)
