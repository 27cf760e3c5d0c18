from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcacli.engine import trail
from pcacli.engine.records import TrailEntry
from pcacli.errors import DamagedStore

NOW = datetime(2026, 3, 1, 12, 0, 0, 123000, tzinfo=UTC)


def event(chain: str = "chain", action: str = "IssueCertificate") -> trail.Event:
    return trail.Event(chain, NOW, "111122223333", "caller", action, "resource", trail.digest({}), trail.digest(None))


def chain_of(length: int, chain: str = "chain") -> list[TrailEntry]:
    entries: list[TrailEntry] = []
    for number in range(length):
        entries.append(trail.next_entry(entries[-1] if entries else None, event(chain, f"Action{number}")))
    return entries


def test_a_chain_begins_with_zeros_and_each_entry_holds_the_hash_before_it() -> None:
    first, second = chain_of(2)
    assert first.previous_sha256 == "0" * 64
    assert second.previous_sha256 == first.sha256 != second.sha256


def test_the_hash_of_an_entry_is_what_the_documentation_says() -> None:
    """The form is fixed: a trail that an older pcacli wrote must verify for ever."""
    assert chain_of(1)[0].sha256 == "8fe1531ff41fdaac229a4bc783047ee24def129cbc692f04fad7a73c05ed579d"


def test_chains_may_be_mixed_and_their_heads_come_back() -> None:
    ours, theirs = chain_of(3), chain_of(2, "other")
    mixed = [ours[0], theirs[0], ours[1], ours[2], theirs[1]]
    assert trail.verify(mixed) == {"chain": ours[2].sha256, "other": theirs[1].sha256}
    assert trail.verify([]) == {}


@pytest.mark.parametrize("name", TrailEntry._fields)
def test_a_change_of_any_field_is_found_at_its_entry(name: str) -> None:
    entries = chain_of(3)
    value: Any = NOW + timedelta(microseconds=1) if name == "at" else "1" * 64
    entries[1] = entries[1]._replace(**{name: value})
    with pytest.raises(trail.BrokenTrail, match="is broken at the entry") as broken:
        trail.verify(entries)
    assert broken.value.entry == entries[1]
    assert isinstance(broken.value, DamagedStore)


@given(st.integers(min_value=0, max_value=3), st.integers(min_value=0, max_value=3))
def test_a_removed_repeated_or_moved_entry_is_found(taken: int, put: int) -> None:
    entries = chain_of(5)
    moved = entries[:taken] + entries[taken + 1 :]
    with pytest.raises(trail.BrokenTrail, match="does not follow"):
        trail.verify(moved)
    repeated = entries[: taken + 1] + entries[taken:]
    with pytest.raises(trail.BrokenTrail, match="does not follow"):
        trail.verify(repeated)
    moved.insert(put, entries[taken])
    if put != taken:
        with pytest.raises(trail.BrokenTrail, match="does not follow"):
            trail.verify(moved)


def test_an_entry_continues_its_own_chain_only() -> None:
    with pytest.raises(ValueError, match="other does not continue chain"):
        trail.next_entry(chain_of(1)[0], event("other"))


@pytest.mark.parametrize(
    ("one", "same"),
    [
        ({"a": 1, "b": [b"\x00"]}, {"b": ("AA==",), "a": 1}),
        ({"at": NOW}, {"at": NOW.astimezone(timezone(timedelta(hours=5)))}),
        ({"at": NOW}, {"at": "2026-03-01T12:00:00.123000+00:00"}),
        ({"AccessKeyId": "A", "SecretAccessKey": "one"}, {"AccessKeyId": "A"}),
        ({"List": [{"PrivateKey": b"1"}]}, {"List": [{"PrivateKey": b"2"}]}),
    ],
)
def test_equal_data_has_one_digest_whatever_its_order_and_its_secrets(one: object, same: object) -> None:
    assert trail.digest(one) == trail.digest(same)


def test_different_data_has_different_digests() -> None:
    values: list[Any] = [None, "", {}, [], {"a": None}, {"a": ""}, {"A": ""}, {"a": [1, 2]}, {"a": [2, 1]}, {"a": "ü"}]
    assert len({trail.digest(value) for value in values}) == len(values)


def test_what_is_no_data_has_no_digest() -> None:
    with pytest.raises(TypeError, match="object is not data of the API"):
        trail.digest({"key": object()})
