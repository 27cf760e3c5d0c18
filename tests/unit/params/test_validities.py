from datetime import UTC, datetime

import pytest

from pcacli.errors import UsageProblem
from pcacli.params.validities import parse_validity

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "validity"),
    [
        ("10y", {"Value": 10, "Type": "YEARS"}),
        ("90d", {"Value": 90, "Type": "DAYS"}),
        ("2w", {"Value": 14, "Type": "DAYS"}),
        ("1y6d", {"Value": 371, "Type": "DAYS"}),
        ("48h", {"Value": 2, "Type": "DAYS"}),
        ("12h", {"Value": int(datetime(2026, 3, 2, tzinfo=UTC).timestamp()), "Type": "ABSOLUTE"}),
    ],
)
def test_a_duration_becomes_the_validity_of_the_api_that_means_it(text: str, validity: dict[str, object]) -> None:
    assert parse_validity(text, NOW) == validity


@pytest.mark.parametrize("text", ["0d", "90", "soon", "900000000d1h"])
def test_what_is_no_time_to_be_valid_is_refused(text: str) -> None:
    with pytest.raises(UsageProblem, match=r"duration|valid"):
        parse_validity(text, NOW)
