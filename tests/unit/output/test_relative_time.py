"""Distances in time, for people."""

from datetime import UTC, datetime, timedelta

import pytest

from pcacli.output.relative_time import relative_time

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("distance", "words"),
    [
        (timedelta(days=3650), "in 10 years"),
        (timedelta(days=729), "in 729 days"),
        (timedelta(days=30, seconds=-1), "in 29 days"),
        (timedelta(hours=36), "in 36 hours"),
        (timedelta(minutes=119), "in 119 minutes"),
        (timedelta(seconds=1), "in 1 second"),
        (timedelta(milliseconds=1), "now"),
        (timedelta(seconds=-90), "90 seconds ago"),
        (timedelta(days=-2), "2 days ago"),
    ],
)
def test_a_distance_is_told_in_whole_units_of_which_there_are_at_least_two(distance: timedelta, words: str) -> None:
    assert relative_time(NOW + distance, NOW) == words
