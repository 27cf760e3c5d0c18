"""From the values of a wire format to a request of the API, driven by the declarations.

Only types are checked here; what is missing, too long or out of range is for the engine, as on the command line.
Members that the API does not know are left out, null stands for a member that is not there.
Assumption: the texts are those of other AWS services; none has been seen from this one.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from pcacli.api.shapes import Blob, Boolean, Integer, List, Shape, String, Structure, Timestamp
from pcacli.server.refusals import serialization

_NAMES_OF_TYPES = {
    bool: "BOOLEAN_VALUE",
    int: "NUMBER_VALUE",
    float: "DECIMAL_VALUE",
    str: "STRING_VALUE",
    bytes: "BLOB_VALUE",
    dict: "START_OBJECT",
    list: "START_ARRAY",
}


class Leaves(NamedTuple):
    """How a wire format holds what differs between formats; both functions raise ValueError for anything else."""

    blob: Callable[[Any], bytes]
    timestamp: Callable[[Any], datetime]


def decode(shape: Shape, value: Any, leaves: Leaves) -> Any:
    """Turn a wire value into the API's value of a shape.

    Raises:
        ServiceError: SerializationException, it is of another type.
    """
    match shape:
        case Structure():
            _require(value, dict, "Structure")
            return {
                member.name: decode(member.shape, value[member.name], leaves)
                for member in shape.members
                if value.get(member.name) is not None
            }
        case List():
            _require(value, list, "List")
            # One that is too long is refused for that, before anybody looks at what is in it.
            is_too_long = shape.maximum is not None and len(value) > shape.maximum
            return value if is_too_long else [decode(shape.member, element, leaves) for element in value]
        case String():
            _require(value, str, "String")
            _require_characters(value)
        case Integer():
            _require(value, int, "Long" if shape.long else "Integer")
        case Boolean():
            _require(value, bool, "Boolean")
        case Blob():
            return _converted(leaves.blob, value, "Blob")
        case Timestamp():
            return _converted(leaves.timestamp, value, "Timestamp")
    return value


def _require(value: Any, kind: type, name: str) -> None:
    # True is an int to Python, but no number in JSON.
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise serialization(_mismatch(value, name))


def _require_characters(text: str) -> None:
    """Refuse half a surrogate pair, which JSON can write and nothing else can hold."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise serialization("A string holds half a surrogate pair.") from error


def _converted(convert: Callable[[Any], Any], value: Any, name: str) -> Any:
    try:
        return convert(value)
    except (ValueError, TypeError, OverflowError) as error:
        raise serialization(_mismatch(value, name)) from error


def _mismatch(value: Any, name: str) -> str:
    found = _NAMES_OF_TYPES.get(type(value), "UNEXPECTED_VALUE")
    return f"{found} can not be converted to a{'n' if name == 'Integer' else ''} {name}"
