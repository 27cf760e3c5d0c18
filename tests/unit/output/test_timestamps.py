from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from dateutil.tz import tzlocal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pcacli.output import timestamps

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Europe/Dublin", "Asia/Almaty", "<-03>3"]


@pytest.mark.parametrize("zone", ZONES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(seconds=st.integers(0, 4_102_444_800))
def test_local_time_is_that_of_dateutil_which_the_aws_cli_uses(
    local_zone: Callable[[str], None], zone: str, seconds: int
) -> None:
    local_zone(zone)
    instant = datetime.fromtimestamp(seconds, UTC)
    assert timestamps.iso8601(instant) == datetime.fromtimestamp(seconds, tzlocal()).isoformat()


@pytest.mark.parametrize(
    ("instant", "iso8601", "wire"),
    [
        ("2020-09-13T12:26:40+00:00", "2020-09-13T12:26:40+00:00", "1600000000"),
        ("2020-09-13T12:26:40.123+00:00", "2020-09-13T12:26:40.123000+00:00", "1600000000.123"),
        ("2020-09-13T14:26:40.000001+02:00", "2020-09-13T12:26:40.000001+00:00", "1600000000.000001"),
        ("9999-12-31T23:59:59+00:00", "9999-12-31T23:59:59+00:00", "253402300799"),
    ],
)
def test_instant_is_shown_with_its_fraction_if_it_has_one(instant: str, iso8601: str, wire: str) -> None:
    moment = datetime.fromisoformat(instant)
    assert timestamps.iso8601(moment) == iso8601
    assert str(timestamps.wire(moment)) == wire


def test_last_second_of_the_calendar_is_shown_in_utc_where_the_local_date_does_not_exist(
    local_zone: Callable[[str], None],
) -> None:
    local_zone("Asia/Tokyo")
    assert timestamps.iso8601(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)) == "9999-12-31T23:59:59+00:00"


@given(st.integers(0, 4_102_444_800_000_000))
def test_wire_number_gives_the_instant_back(microseconds: int) -> None:
    instant = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
    assert datetime.fromtimestamp(timestamps.wire(instant), UTC) == instant


def test_response_is_copied_without_shared_parts() -> None:
    shared = {"At": datetime(2024, 1, 1, tzinfo=UTC)}
    copy = timestamps.show_timestamps((shared, shared), "wire")
    assert isinstance(copy, list)
    assert copy == [{"At": 1704067200}, {"At": 1704067200}]
    assert copy[0] is not copy[1]
