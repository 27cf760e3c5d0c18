"""The order of members in a response: that of the API model, at every level, as SDKs hand it to their users."""

from typing import Any

from pcacli.api.shapes import List, Shape, Structure


def in_model_order(shape: Shape | None, value: Any) -> Any:
    """Return the same response with the members of every structure in the order of their declaration."""
    if isinstance(shape, Structure) and isinstance(value, dict):
        return {
            member.name: in_model_order(member.shape, value[member.name])
            for member in shape.members
            if member.name in value
        }
    if isinstance(shape, List):
        return [in_model_order(shape.member, element) for element in value]
    return value
