"""When a certificate begins and ends, and for how long a CA may sign."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcacli.api.certificates import VALIDITY
from pcacli.api.shapes import String
from pcacli.errors import ServiceError
from pcacli.pki.templates import TEMPLATES
from pcacli.pki.validity import AuthorityLimits, Validity, Window, check_window, validity_window

NOW = datetime(2026, 3, 1, 15, 46, 27, 999_999, tzinfo=UTC)
SECOND = NOW.replace(microsecond=0)
FOREVER = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
END_ENTITY = TEMPLATES["EndEntityCertificate"]
AUTHORITY = TEMPLATES["SubordinateCACertificate_PathLen0"]


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]  # a row of year to second, as in the tables


def instants(first_year: int, last_year: int) -> st.SearchStrategy[datetime]:
    """Instants of these years, with microseconds."""
    seconds = st.integers(0, int((utc(last_year, 12, 31) - utc(first_year, 1, 1)).total_seconds()))
    return st.builds(
        lambda offset, microsecond: utc(first_year, 1, 1) + timedelta(seconds=offset, microseconds=microsecond),
        seconds,
        st.integers(0, 999_999),
    )


# Type, value, moment of issuance, end.
ENDS = (
    ("DAYS", 1, SECOND, utc(2026, 3, 2, 15, 46, 27)),
    ("DAYS", 3650, SECOND, utc(2036, 2, 27, 15, 46, 27)),
    ("MONTHS", 1, SECOND, utc(2026, 4, 1, 15, 46, 27)),
    ("MONTHS", 10, SECOND, utc(2027, 1, 1, 15, 46, 27)),
    ("MONTHS", 1, utc(2026, 1, 31), utc(2026, 2, 28)),
    ("MONTHS", 1, utc(2028, 1, 31), utc(2028, 2, 29)),
    ("MONTHS", 12, utc(2028, 2, 29), utc(2029, 2, 28)),
    ("YEARS", 1, SECOND, utc(2027, 3, 1, 15, 46, 27)),
    ("YEARS", 1, utc(2028, 2, 29), utc(2029, 2, 28)),
    ("YEARS", 7973, utc(2026, 12, 31, 23, 59, 59), FOREVER),
    ("ABSOLUTE", 253402300799, SECOND, FOREVER),
    ("ABSOLUTE", int(SECOND.timestamp()) + 1, SECOND, SECOND + timedelta(seconds=1)),
    ("END_DATE", 20260301160000, SECOND, utc(2026, 3, 1, 16, 0, 0)),
    ("END_DATE", 99991231235959, SECOND, FOREVER),
    ("END_DATE", 491231235959, SECOND, utc(2049, 12, 31, 23, 59, 59)),
    ("END_DATE", 50102030405, utc(2001, 1, 1), utc(2005, 1, 2, 3, 4, 5)),
    ("END_DATE", 501231235959, utc(1949, 1, 1), utc(1950, 12, 31, 23, 59, 59)),
)

IMPOSSIBLE = (
    ("DAYS", 10**9, "not valid for validity type DAYS"),
    ("DAYS", 10**18, "not valid for validity type DAYS"),
    ("MONTHS", 12 * 7974, "not valid for validity type MONTHS"),
    ("YEARS", 7974, "not valid for validity type YEARS"),
    ("YEARS", 10**18, "not valid for validity type YEARS"),
    ("ABSOLUTE", 253402300800, "not valid for validity type ABSOLUTE"),
    ("ABSOLUTE", 10**18, "not valid for validity type ABSOLUTE"),
    ("END_DATE", 20261301000000, "not valid for validity type END_DATE"),
    ("END_DATE", 2026030116000, "not valid for validity type END_DATE"),
    ("END_DATE", 202603011600000, "not valid for validity type END_DATE"),
    ("END_DATE", 20250101000000, "must end in the future"),
    ("ABSOLUTE", int(SECOND.timestamp()), "must end in the future"),
    ("ABSOLUTE", 1, "must end in the future"),
)


def test_every_type_of_the_api_has_a_case() -> None:
    shape = next(member.shape for member in VALIDITY.members if member.name == "Type")
    assert isinstance(shape, String)
    assert {case[0] for case in ENDS} == set(shape.choices)


@pytest.mark.fact("3.1", "types")
@pytest.mark.parametrize(("kind", "value", "issued_at", "end"), ENDS)
def test_end_is_what_the_type_says(kind: str, value: int, issued_at: datetime, end: datetime) -> None:
    assert validity_window(Validity(kind, value), None, issued_at).not_after == end


@pytest.mark.fact("3.1", "start")
def test_start_lies_an_hour_back_and_does_not_move_the_end() -> None:
    """One year and one hour in all, whole seconds, as in the sample of the User Guide."""
    window = validity_window(Validity("YEARS", 1), None, NOW)
    assert window == Window(utc(2026, 3, 1, 14, 46, 27), utc(2027, 3, 1, 15, 46, 27))


@pytest.mark.fact("3.1", "given-start")
def test_given_start_is_exact_and_leaves_the_end_where_it_is() -> None:
    start = utc(2026, 3, 15)
    window = validity_window(Validity("DAYS", 30), Validity("ABSOLUTE", int(start.timestamp())), NOW)
    assert window == Window(start, SECOND + timedelta(days=30))


@pytest.mark.fact("3.1", "impossible")
@pytest.mark.parametrize(("kind", "value", "message"), IMPOSSIBLE)
def test_impossible_end_is_refused(kind: str, value: int, message: str) -> None:
    with pytest.raises(ServiceError, match=message) as refusal:
        validity_window(Validity(kind, value), None, NOW)
    assert refusal.value.code == "ValidationException"


@pytest.mark.fact("3.1", "given-start")
@pytest.mark.parametrize(
    ("start", "message"),
    [
        (Validity("DAYS", 1), "ABSOLUTE"),
        (Validity("END_DATE", 20260302000000), "ABSOLUTE"),
        (Validity("ABSOLUTE", int(SECOND.timestamp()) + 86_401), "must not end before it begins"),
        (Validity("ABSOLUTE", 10**18), "not valid for validity type ABSOLUTE"),
    ],
)
def test_impossible_start_is_refused(start: Validity, message: str) -> None:
    with pytest.raises(ServiceError, match=message) as refusal:
        validity_window(Validity("DAYS", 1), start, NOW)
    assert refusal.value.code == "ValidationException"


@given(instants(2000, 2100), st.integers(1, 12 * 5000))
def test_months_keep_the_time_of_day_and_never_jump_a_month(issued_at: datetime, months: int) -> None:
    end = validity_window(Validity("MONTHS", months), None, issued_at).not_after
    assert end.time() == issued_at.time().replace(microsecond=0)
    assert (end.year - issued_at.year) * 12 + end.month - issued_at.month == months
    assert end.day <= issued_at.day


@given(instants(2026, 2049) | instants(2050, 9999))
def test_the_three_exact_ways_to_name_an_end_agree(end: datetime) -> None:
    end = end.replace(microsecond=0)
    now = utc(2025, 12, 31)
    absolute = validity_window(Validity("ABSOLUTE", round((end - utc(1970, 1, 1)).total_seconds())), None, now)
    digits = f"{end.year:04}{end:%m%d%H%M%S}"
    assert absolute.not_after == end
    assert validity_window(Validity("END_DATE", int(digits)), None, now) == absolute
    if end.year < 2050:
        assert validity_window(Validity("END_DATE", int(digits[2:])), None, now) == absolute


# Template, days that the CA has left, days asked for.
ALLOWED = (
    ("EndEntityCertificate", 10, 9),
    ("EndEntityCertificate", 10, 10),
    ("SubordinateCACertificate_PathLen0", 10, 9),
    ("RootCACertificate", 10, 3650),
    ("BlankRootCACertificate_APIPassthrough", 10, 3650),
)
REFUSED = (
    ("EndEntityCertificate", 10, 11),
    ("SubordinateCACertificate_PathLen0", 10, 10),
    ("BlankSubordinateCACertificate_PathLen0_CSRPassthrough", 10, 11),
)


@pytest.mark.fact("3.1", "beyond-ca")
@pytest.mark.parametrize(("template", "authority_days", "days"), ALLOWED)
def test_certificate_may_last_as_long_as_its_ca(template: str, authority_days: int, days: int) -> None:
    limits = AuthorityLimits(SECOND + timedelta(days=authority_days))
    check_window(validity_window(Validity("DAYS", days), None, NOW), TEMPLATES[template], limits, NOW)


@pytest.mark.fact("3.1", "beyond-ca")
@pytest.mark.parametrize(("template", "authority_days", "days"), REFUSED)
def test_certificate_beyond_its_ca_is_refused(template: str, authority_days: int, days: int) -> None:
    window = validity_window(Validity("DAYS", days), None, NOW)
    with pytest.raises(ServiceError, match="exceeds the certificate authority validity") as refusal:
        check_window(window, TEMPLATES[template], AuthorityLimits(SECOND + timedelta(days=authority_days)), NOW)
    assert refusal.value.code == "ValidationException"
    assert refusal.value.message == "The certificate validity specified exceeds the certificate authority validity"


@pytest.mark.fact("3.1", "short-lived")
def test_short_lived_mode_allows_seven_days_from_issuance() -> None:
    limits = AuthorityLimits(FOREVER, short_lived=True)
    check_window(validity_window(Validity("DAYS", 7), None, NOW), END_ENTITY, limits, NOW)
    beyond = Validity("ABSOLUTE", int(SECOND.timestamp()) + 7 * 86_400 + 1)
    for template in (END_ENTITY, AUTHORITY):
        with pytest.raises(ServiceError, match="7 days") as refusal:
            check_window(validity_window(beyond, None, NOW), template, limits, NOW)
        assert refusal.value.code == "ValidationException"


@pytest.mark.fact("3.1", "short-lived")
def test_root_of_a_short_lived_ca_is_exempt() -> None:
    window = validity_window(Validity("YEARS", 10), None, NOW)
    check_window(window, TEMPLATES["RootCACertificate"], AuthorityLimits(None, short_lived=True), NOW)
