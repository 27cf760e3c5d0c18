"""How many data items CBOR holds, counted from their heads before anything is made of them.

An empty list is one byte on the wire and sixty in memory. Source: RFC 8949, section 3 (heads, additional information).
"""

_CONTENT_FOLLOWS = frozenset({2, 3})
"""The major types whose argument is a number of bytes that follow: byte and text strings."""
_SIZE_OF_ARGUMENT = {24: 1, 25: 2, 26: 4, 27: 8}


def has_more_items(data: bytes, maximum: int) -> bool:
    """Tell whether data holds more items than so many; what is no CBOR is for the decoder to refuse."""
    position, end = 0, len(data)
    for _ in range(maximum):
        if position >= end:
            return False
        major, information = data[position] >> 5, data[position] & 0x1F
        size = _SIZE_OF_ARGUMENT.get(information, 0)
        content = position + 1 + size
        if major in _CONTENT_FOLLOWS:
            content += int.from_bytes(data[position + 1 : content], "big") if size else information % 24
        position = content
    return position < end
