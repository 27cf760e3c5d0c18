"""Reads how long a CRL is valid out of its first bytes, so that a CRL of many megabytes need not be fetched whole.

Source: RFC 5280, section 5.1: version (optional), signature algorithm, issuer, thisUpdate and nextUpdate stand before
the revoked certificates.
"""

from datetime import UTC, datetime
from typing import NamedTuple

from pcacli.pki.der_reader import LONG_FORM, DerProblem, extent, skip

HEADER_BYTES = 4096
"""How much of a CRL is enough: an issuer's name takes a few hundred bytes."""

_INTEGER_TAG, _UTC_TIME_TAG, _GENERALIZED_TIME_TAG = 0x02, 0x17, 0x18
# Source: RFC 5280, sections 5.1.2.4 and 4.1.2.5: Z and seconds are always there.
_FORMATS = {_UTC_TIME_TAG: "%y%m%d%H%M%SZ", _GENERALIZED_TIME_TAG: "%Y%m%d%H%M%SZ"}
# Two digits of 50 and more belong to the century before (RFC 5280, section 4.1.2.5.1); Python splits at 69.
_FIRST_YEAR_OF_UTC_TIME, _CENTURY_YEARS = 1950, 100


class CrlWindow(NamedTuple):
    """From when a CRL is valid, and when its successor is due at the latest; None if it does not say.

    It may have been made after the former (`pcacli.pki.crl.crl_made_at`).
    """

    this_update: datetime
    next_update: datetime | None


def crl_window(beginning: bytes) -> CrlWindow:
    """Read the window of validity from the beginning of a CRL in DER.

    Raises:
        DerProblem: the bytes are not the beginning of a CRL.
    """
    try:
        position = _inside(beginning, _inside(beginning, 0))
        position = skip(beginning, position, 2 + (beginning[position] == _INTEGER_TAG))
        this_update = _instant(beginning, position)
        if this_update is None:
            raise DerProblem("these bytes are no CRL")
        return CrlWindow(this_update, _instant(beginning, skip(beginning, position, 1)))
    except (IndexError, ValueError) as error:
        raise DerProblem("these bytes are no CRL") from error


def _inside(data: bytes, position: int) -> int:
    """Return where the content of an element begins whose end may not be there."""
    length = data[position + 1]
    return position + 2 + (length - LONG_FORM if length >= LONG_FORM else 0)


def _instant(data: bytes, position: int) -> datetime | None:
    """Read the time at a position, None if something else stands there."""
    layout = _FORMATS.get(data[position])
    if layout is None:
        return None
    start, end = extent(data, position)
    instant = datetime.strptime(data[start:end].decode("ascii"), layout).replace(tzinfo=UTC)
    if data[position] == _UTC_TIME_TAG and instant.year >= _FIRST_YEAR_OF_UTC_TIME + _CENTURY_YEARS:
        return instant.replace(year=instant.year - _CENTURY_YEARS)
    return instant
