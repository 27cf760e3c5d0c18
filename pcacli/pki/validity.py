"""When an issued certificate begins and ends.

Instants are aware UTC datetimes with whole seconds. All refusals are ValidationExceptions.
Sources: ACM PCA API reference, "Validity" and IssueCertificate; AWS Private CA User Guide, "Issuing private end-entity
certificates" and "Short-lived certificates"; RFC 5280 section 4.1.2.5.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from pcacli.errors import ServiceError
from pcacli.pki.templates import Template

# Observed in certificates and documented: the start lies an hour back, so that verifiers with a slow clock are content.
_BACKDATING = timedelta(minutes=60)
_SHORT_LIVED_MAXIMUM = timedelta(days=7)
_MONTHS_OF_YEAR = 12
_UTC_TIME_DIGITS = 12
_GENERALIZED_TIME_DIGITS = 14


class Validity(NamedTuple):
    """The API's Validity. `value` counts days, months or years, or is an instant, as `type` says."""

    type: str
    value: int


class Window(NamedTuple):
    """The two instants of a certificate; both belong to it."""

    not_before: datetime
    not_after: datetime


class AuthorityLimits(NamedTuple):
    """What a CA allows: its own end (None while it has no certificate), and whether it is in short-lived mode."""

    not_after: datetime | None
    short_lived: bool = False


def requested_window(request: Mapping[str, Any], now: datetime) -> Window:
    """Turn Validity and ValidityNotBefore of an IssueCertificate request into two instants.

    Raises:
        ServiceError: ValidationException, as `validity_window`.
    """
    begin = request.get("ValidityNotBefore")
    not_before = None if begin is None else Validity(begin["Type"], begin["Value"])
    return validity_window(Validity(request["Validity"]["Type"], request["Validity"]["Value"]), not_before, now)


def validity_window(validity: Validity, validity_not_before: Validity | None, now: datetime) -> Window:
    """Turn the requested validity into two instants.

    A relative length counts from `now`, the moment of issuance, and not from the start: moving the start leaves the
    end where it is, and a certificate of one day lasts 25 hours.

    Raises:
        ServiceError: ValidationException, an instant is impossible or not after `now` or the start. Assumption: texts.
    """
    issued_at = now.replace(microsecond=0)
    not_after = _instant(validity, issued_at)
    not_before = issued_at - _BACKDATING if validity_not_before is None else _start(validity_not_before, issued_at)
    if not_after <= issued_at:
        raise _refusal("The certificate validity must end in the future.")
    if not_after < not_before:
        raise _refusal("The certificate validity must not end before it begins.")
    return Window(not_before, not_after)


def check_window(window: Window, template: Template, authority: AuthorityLimits, now: datetime) -> None:
    """Check that the CA may sign for so long. A root's own certificate may last as long as it likes.

    A CA certificate must end before the CA that signs it, an end-entity certificate at the same second at the latest.
    Assumption: the seven days of short-lived mode count from issuance, and the text about them.

    Raises:
        ServiceError: ValidationException, the certificate would last too long.
    """
    if template.profile.self_signed or authority.not_after is None:
        return
    ends_together = window.not_after == authority.not_after and template.profile.certificate_authority
    if window.not_after > authority.not_after or ends_together:
        raise _refusal("The certificate validity specified exceeds the certificate authority validity")
    if authority.short_lived and window.not_after - now > _SHORT_LIVED_MAXIMUM:
        raise _refusal(
            "The certificate validity specified exceeds the maximum of 7 days "
            "for a certificate authority in SHORT_LIVED_CERTIFICATE mode."
        )


def _start(validity_not_before: Validity, issued_at: datetime) -> datetime:
    if validity_not_before.type != "ABSOLUTE":
        raise _refusal("ValidityNotBefore must be of type ABSOLUTE.")
    return _instant(validity_not_before, issued_at)


def _instant(validity: Validity, issued_at: datetime) -> datetime:
    """Return the instant that a validity means when it is counted from `issued_at`."""
    try:
        return _INSTANTS[validity.type](validity.value, issued_at)
    except (ValueError, OverflowError) as problem:
        raise _refusal(f"The value {validity.value} is not valid for validity type {validity.type}.") from problem


def _end_date(value: int, _issued_at: datetime) -> datetime:
    """Read digits as UTCTime (twelve: YYMMDDHHMMSS) or GeneralizedTime (fourteen: YYYYMMDDHHMMSS).

    A number has lost its leading zeros, so fewer than twelve digits are a UTCTime of the years 2000 to 2009.
    A UTCTime of the years 50 to 99 belongs to the twentieth century (RFC 5280 section 4.1.2.5.1).
    """
    digits = f"{value:0{_UTC_TIME_DIGITS}}"
    if len(digits) == _UTC_TIME_DIGITS:
        digits = ("19" if digits >= "50" else "20") + digits
    if len(digits) != _GENERALIZED_TIME_DIGITS:
        raise ValueError("neither UTCTime nor GeneralizedTime")
    return datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def _absolute(value: int, _issued_at: datetime) -> datetime:
    """Read epoch seconds, also beyond what the platform's own conversion reaches."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=value)


def _days_later(value: int, issued_at: datetime) -> datetime:
    return issued_at + timedelta(days=value)


def _months_later(value: int, issued_at: datetime) -> datetime:
    """Count calendar months. Assumption: a day that the month does not have becomes its last day."""
    from calendar import monthrange

    years, month = divmod(issued_at.month - 1 + value, _MONTHS_OF_YEAR)
    year = issued_at.year + years
    return issued_at.replace(year=year, month=month + 1, day=min(issued_at.day, monthrange(year, month + 1)[1]))


def _years_later(value: int, issued_at: datetime) -> datetime:
    return _months_later(value * _MONTHS_OF_YEAR, issued_at)


_INSTANTS = {
    "END_DATE": _end_date,
    "ABSOLUTE": _absolute,
    "DAYS": _days_later,
    "MONTHS": _months_later,
    "YEARS": _years_later,
}


def _refusal(message: str) -> ServiceError:
    return ServiceError("ValidationException", message)
