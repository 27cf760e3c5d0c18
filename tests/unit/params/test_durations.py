from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcacli.errors import UsageProblem
from pcacli.params.durations import format_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("45s", timedelta(seconds=45)),
        ("30m", timedelta(minutes=30)),
        ("12h", timedelta(hours=12)),
        ("400d", timedelta(days=400)),
        ("4w", timedelta(days=28)),
        ("1y", timedelta(days=365)),
        ("1h30m", timedelta(minutes=90)),
        ("0s", timedelta(0)),
    ],
)
def test_a_duration_is_numbers_with_units(text: str, duration: timedelta) -> None:
    assert parse_duration(text) == duration


@pytest.mark.parametrize("text", ["", "400", "d", "-1d", "1.5h", "1D", "1d ", "1 d", "1d,1h", "1mo", "٣d"])
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageProblem, match="such as 90d or 1h30m"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["9999999999y", f"{'9' * 5000}s"])
def test_a_duration_that_no_calendar_holds_is_refused(text: str) -> None:
    with pytest.raises(UsageProblem, match="too long"):
        parse_duration(text)


@given(st.integers(min_value=0, max_value=10**11).map(lambda seconds: timedelta(seconds=seconds)))
def test_a_duration_is_written_as_it_is_read(duration: timedelta) -> None:
    assert parse_duration(format_duration(duration)) == duration
