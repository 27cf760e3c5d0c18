"""Reads JSON that others wrote: bounded in size, depth and values, before and after Python's own parser."""

import json
from typing import Any

from pcacli.limits.readers import BeyondLimits, Limits

_OPENINGS, _BETWEEN = "[{", ",:"


def load_json(content: str | bytes, limits: Limits, **settings: Any) -> Any:
    """Return the value of a document; `settings` are those of `json.loads`.

    Raises:
        ValueError: it is no JSON; BeyondLimits: it is more than that.
    """
    if len(content) > limits.maximum_bytes:
        raise BeyondLimits(f"has more than {limits.size}")
    # Every value but the first follows one of these; within texts they count too, which no document comes near.
    openings = _count(content, _OPENINGS)
    if limits.items is not None and openings + _count(content, _BETWEEN) > limits.items:
        raise BeyondLimits(f"has more than {limits.items} values")
    try:
        value = json.loads(content, **settings)
    except RecursionError as error:
        raise BeyondLimits("is nested too deeply") from error
    # Without so many brackets it cannot be that deep.
    if limits.depth is not None and openings > limits.depth:
        _require_depth(value, limits.depth)
    return value


def _count(content: str | bytes, characters: str) -> int:
    if isinstance(content, str):
        return sum(map(content.count, characters))
    return sum(content.count(character.encode()) for character in characters)


def _require_depth(value: Any, maximum: int) -> None:
    """Walk through the containers level by level."""
    level = [value]
    for _ in range(maximum):
        level = [inner for outer in level for inner in _inner(outer) if isinstance(inner, dict | list)]
        if not level:
            return
    raise BeyondLimits("is nested too deeply")


def _inner(value: Any) -> Any:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
