"""Serial numbers as text: the service writes the same number in three notations.

* DescribeCertificateAuthority: decimal, `str(serial)`.
* Certificate ARNs: 32 hexadecimal digits (see `api.arns`).
* Audit reports and the examples of RevokeCertificate: pairs of hexadecimal digits with colons.

Source: facts, sections 1.4 and 5.1. Numbers are compared as integers, so every notation of one number is equal.
"""

import re

# RFC 5280 section 4.1.2.2: at most 20 octets, which are at most 49 decimal digits.
_MAXIMUM_HEX_DIGITS, _MAXIMUM_DECIMAL_DIGITS = 40, 49
_DECORATION = re.compile(r"[\s:-]+")
_HEXADECIMAL = re.compile(r"[0-9A-Fa-f]+|[0-9A-Fa-f]{1,2}(?::[0-9A-Fa-f]{2})+")


class SerialProblem(ValueError):
    """The text is not a hexadecimal serial number."""


def parse_serial(text: str) -> int:
    """Read a hexadecimal serial number: with colons or without, upper or lower case, any number of digits.

    Programs leave out leading zeros (Terraform sends `%x`), so an odd number of digits is fine.

    Raises:
        SerialProblem: the text is anything else.
    """
    if not _HEXADECIMAL.fullmatch(text):
        raise SerialProblem(f"{text!r} is not a hexadecimal serial number")
    return int(text.replace(":", ""), 16)


def serial_candidates(text: str) -> tuple[int, ...]:
    """Return the serial numbers that a text may mean, in whatever program it was copied from.

    Beside what `parse_serial` reads: `serial=` and `0x` in front, spaces or dashes between the digits, colons and line
    ends (OpenSSL's text form), and decimal digits, which may be hexadecimal as well.

    Raises:
        SerialProblem: it is no serial number.
    """
    digits = _DECORATION.sub("", text.strip().lower().removeprefix("serial=").removeprefix("0x"))
    candidates = []
    if _HEXADECIMAL.fullmatch(digits) and len(digits) <= _MAXIMUM_HEX_DIGITS:
        candidates.append(int(digits, 16))
    if digits == text.strip() and digits.isdecimal() and digits.isascii() and len(digits) <= _MAXIMUM_DECIMAL_DIGITS:
        candidates.append(int(digits))
    if not candidates:
        raise SerialProblem(f"{text!r} is not a serial number")
    return tuple(dict.fromkeys(candidates))


def colon_hex(serial: int, *, minimum_bytes: int = 1) -> str:
    """Write a serial number as lower-case pairs of digits with colons, filled with zeros up to `minimum_bytes`."""
    size_bytes = max(minimum_bytes, (serial.bit_length() + 7) // 8)
    return serial.to_bytes(size_bytes, "big").hex(":")
