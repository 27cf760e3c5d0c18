from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcacli.engine.store import codec
from pcacli.engine.store.codec import Codec
from tests.contract.store_records import NOW, complete_authority

INSTANTS = st.datetimes(timezones=st.just(UTC))
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(INSTANTS)
def test_an_instant_survives_to_the_microsecond(instant: datetime) -> None:
    assert codec.decode_instant(codec.encode_instant(instant)) == instant


def test_an_instant_of_another_zone_comes_back_in_utc() -> None:
    there = NOW.astimezone(timezone(timedelta(hours=5)))
    assert codec.decode_instant(codec.encode_instant(there)).isoformat() == NOW.isoformat()


@given(st.integers(min_value=0, max_value=2**160))
def test_a_serial_number_survives(serial: int) -> None:
    assert codec.decode_serial(codec.encode_serial(serial)) == serial


@given(
    st.lists(st.binary()).map(tuple),
    st.lists(st.tuples(TEXTS, st.none() | TEXTS)).map(tuple),
    st.dictionaries(TEXTS, TEXTS | st.booleans()),
)
def test_structures_survive(
    chain: tuple[bytes, ...], tags: tuple[tuple[str, str | None], ...], subject: dict[str, str | bool]
) -> None:
    for form, value in ((codec.CHAIN, chain), (codec.TAGS, tags), (codec.JSON, subject)):
        assert form.decode(form.encode(value)) == value


def test_a_row_holds_what_every_database_has() -> None:
    assert {type(value) for value in codec.AUTHORITY.encode(complete_authority())} == {str, int, bytes}


@pytest.mark.parametrize(
    ("form", "leading"),
    [
        (codec.AUTHORITY, 1),
        (codec.CERTIFICATE, 1),
        (codec.LISTED_CERTIFICATE, 1),
        (codec.PERMISSION, 1),
        (codec.AUDIT_REPORT, 1),
        (codec.IDEMPOTENCY_TOKEN, 0),
        (codec.REVOCATION, 0),
        (codec.PUBLISHED_CRL, 1),
        (codec.TRAIL_ENTRY, 0),
    ],
)
def test_every_field_of_a_record_has_its_column(form: Codec[Any], leading: int) -> None:
    assert form.columns == form.record_type._fields[leading:]
