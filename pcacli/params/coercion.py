"""Give words the types that the API declares.

Only what the AWS CLI converts is converted; what does not fit is left for the validation to complain about.
Source: measured with the AWS CLI 2.36.7.
"""

from typing import Any

from pcacli.api.shapes import Boolean, Integer, List, Shape, Structure
from pcacli.errors import PcaError

_BOOLEANS = {"true": True, "false": False}


def coerced(shape: Shape, value: Any) -> object:
    """Return `value`, a word or what shorthand made of words, in the types of `shape`.

    One thing stands for a list of one, and then keeps the types that it has.

    Raises:
        PcaError: a number is none, or something nested stands for a number or a boolean.
    """
    match shape:
        case Structure():
            return _coerced_members(shape, value) if isinstance(value, dict) else value
        case List():
            return [coerced(shape.member, item) for item in value] if isinstance(value, list) else [value]
        case Integer() | Boolean():
            return _coerced_scalar(shape, value)
        case _:
            return value


def _coerced_members(structure: Structure, value: dict[str, object]) -> dict[str, object]:
    known = {
        member.name: coerced(member.shape, value[member.name]) for member in structure.members if member.name in value
    }
    return value | known


def _coerced_scalar(shape: Integer | Boolean, value: Any) -> object:
    try:
        if isinstance(shape, Integer):
            return int(value)
        return _BOOLEANS.get(value.lower(), value)
    except (AttributeError, TypeError, ValueError) as error:
        # The AWS CLI prints Python's own sentence here, and so its users find it on the web.
        raise PcaError(str(error)) from error
