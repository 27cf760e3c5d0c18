"""When a client has the current version already (RFC 9110, section 13)."""

from datetime import UTC, datetime

import pytest

from pcacli.server.validators import Version

VERSION = Version('"1a"', datetime(2026, 3, 1, 12, tzinfo=UTC))

SAME = "Sun, 01 Mar 2026 12:00:00 GMT"
EARLIER = "Sun, 01 Mar 2026 11:59:59 GMT"


@pytest.mark.parametrize(
    "headers",
    [
        {"if-none-match": '"1a"'},
        {"if-none-match": 'W/"1a"'},
        {"if-none-match": '"0", W/"2", "1a"'},
        {"if-none-match": "*"},
        {"if-none-match": '"1a"', "if-modified-since": EARLIER},
        {"if-modified-since": SAME},
        {"if-modified-since": "Mon, 02 Mar 2026 12:00:00 GMT"},
    ],
)
def test_who_has_this_version_or_a_later_one_needs_no_other(headers: dict[str, str]) -> None:
    assert VERSION.is_known(headers)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"if-none-match": '"2"'},
        {"if-none-match": "1a"},
        {"if-none-match": '"2"', "if-modified-since": SAME},
        {"if-modified-since": EARLIER},
        {"if-modified-since": "yesterday"},
        {"if-modified-since": "Sun, 01 Mar 2026 12:00:00 -0000"},
    ],
)
def test_who_has_another_version_or_says_nothing_clear_gets_this_one(headers: dict[str, str]) -> None:
    assert not VERSION.is_known(headers)


def test_the_headers_of_a_version_make_it_known() -> None:
    sent = dict(VERSION.headers)
    assert VERSION.is_known({"if-none-match": sent["ETag"]})
    assert VERSION.is_known({"if-modified-since": sent["Last-Modified"]})
