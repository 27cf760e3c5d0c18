"""Reads the times in certificates and CRLs in every form that OpenSSL reads, and tells the form that X.509 asks for.

Source: ITU-T X.680, sections 46 and 47 (UTCTime, GeneralizedTime); RFC 5280, section 4.1.2.5 (in UTC, with seconds and
without fractions; GeneralizedTime from 2050 on).
"""

import re
from datetime import UTC, datetime, timedelta

from pcacli.pki.der_reader import Element
from pcacli.pki.der_writer import GENERALIZED_TIME, UTC_TIME

_AFTER_YEAR = (
    rb"(?P<month>\d\d)(?P<day>\d\d)(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?(?:[.,]\d+)?"
    rb"(?:Z|(?P<sign>[+-])(?P<ahead_hours>\d\d)(?P<ahead_minutes>\d\d))?"
)
_PATTERNS = {
    UTC_TIME: re.compile(rb"(?P<year>\d\d)" + _AFTER_YEAR),
    GENERALIZED_TIME: re.compile(rb"(?P<year>\d{4})" + _AFTER_YEAR),
}
# RFC 5280 sections 4.1.2.5.1 and 4.1.2.5.2.
_X509_FORMS = {UTC_TIME: re.compile(rb"\d{12}Z"), GENERALIZED_TIME: re.compile(rb"\d{14}Z")}
_FIRST_YEAR_OF_UTC_TIME, _FIRST_YEAR_OF_GENERALIZED_TIME, _CENTURY_YEARS = 1950, 2050, 100


def read_time(element: Element) -> datetime | None:
    """Return the instant in UTC, in whole seconds; None if it cannot be told."""
    pattern = _PATTERNS.get(element.tag)
    match = pattern.fullmatch(element.content) if pattern else None
    if match is None:
        return None
    numbers = {name: int(digits) for name, digits in match.groupdict(b"0").items() if digits.isdigit()}
    ahead = timedelta(hours=numbers["ahead_hours"], minutes=numbers["ahead_minutes"])
    year = numbers["year"]
    if element.tag == UTC_TIME:
        century = _FIRST_YEAR_OF_UTC_TIME // _CENTURY_YEARS * _CENTURY_YEARS
        year += century if century + year >= _FIRST_YEAR_OF_UTC_TIME else century + _CENTURY_YEARS
    month, day, hour, minute, second = (numbers[name] for name in ("month", "day", "hour", "minute", "second"))
    try:
        instant = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        return instant - (-ahead if match["sign"] == b"-" else ahead)
    except (ValueError, OverflowError):
        return None


def is_in_x509_form(element: Element) -> bool:
    """Tell whether a time is written as RFC 5280 asks for."""
    form = _X509_FORMS.get(element.tag)
    if form is None or form.fullmatch(element.content) is None:
        return False
    return element.tag == UTC_TIME or int(element.content[:4]) >= _FIRST_YEAR_OF_GENERALIZED_TIME
