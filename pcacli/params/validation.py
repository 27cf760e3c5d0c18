"""Check a request against the declarations of the API before anything is sent.

Checked is what the AWS CLI checks itself: types, required and unknown members, the least length of texts and lists,
and the least value of numbers. Greatest lengths and values, patterns, choices and the sizes of blobs are the service's
business. Source: sentences and order measured with the AWS CLI 2.36.7.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from pcacli.api.shapes import Blob, Boolean, Integer, List, Shape, String, Structure, Timestamp
from pcacli.errors import UsageProblem

_ACCEPTED_TYPES: dict[type[Shape], tuple[type, ...]] = {
    Structure: (dict,),
    List: (list, tuple),
    String: (str,),
    Integer: (int,),
    Boolean: (bool,),
    Blob: (bytes, bytearray, str),
    # Assumption: only datetime. No operation takes an instant; the check serves sample responses.
    Timestamp: (datetime,),
}
# Two kinds do not name the types that they accept.
_NAMED_TYPES: dict[type[Shape], str] = {
    Blob: "<class 'bytes'>, <class 'bytearray'>, file-like object",
    Timestamp: "<class 'datetime.datetime'>, timestamp-string",
}


def validate(structure: Structure, request: Mapping[str, object]) -> None:
    """Check that `request` is what `structure` declares.

    Raises:
        UsageProblem: it is not; the message holds one line for each complaint.
    """
    complaints = list(_complaints(structure, request, ""))
    if complaints:
        raise UsageProblem("\n".join(["Parameter validation failed:", *complaints]))


def _complaints(shape: Shape, value: Any, path: str) -> Iterator[str]:
    """Yield what is wrong with the value; `path` is such as "Tags[0].Key", and empty at the top."""
    kind = type(shape)
    accepted = _ACCEPTED_TYPES[kind]
    if not isinstance(value, accepted):
        valid_types = _NAMED_TYPES.get(kind) or ", ".join(map(str, accepted))
        yield f"Invalid type for parameter {path}, value: {value}, type: {type(value)}, valid types: {valid_types}"
    elif kind in _CHECKS:
        yield from _CHECKS[kind](shape, value, path)


def _structure_complaints(structure: Structure, value: Mapping[str, object], path: str) -> Iterator[str]:
    where = path or "input"
    members = {member.name: member for member in structure.members}
    for member in structure.members:
        if member.required and member.name not in value:
            yield f'Missing required parameter in {where}: "{member.name}"'
    for name in value:
        if name not in members:
            yield f'Unknown parameter in {where}: "{name}", must be one of: {", ".join(members)}'
    for name, inner in value.items():
        if name in members:
            yield from _complaints(members[name].shape, inner, f"{path}.{name}" if path else name)


def _list_complaints(shape: List, value: list[object], path: str) -> Iterator[str]:
    yield from _length_complaints(shape, value, path)
    for index, item in enumerate(value):
        yield from _complaints(shape.member, item, f"{path}[{index}]")


def _length_complaints(shape: List | String, value: list[object] | str, path: str) -> Iterator[str]:
    if shape.minimum is not None and len(value) < shape.minimum:
        yield f"Invalid length for parameter {path}, value: {len(value)}, valid min length: {shape.minimum}"


def _integer_complaints(shape: Integer, value: int, path: str) -> Iterator[str]:
    if shape.minimum is not None and value < shape.minimum:
        yield f"Invalid value for parameter {path}, value: {value}, valid min value: {shape.minimum}"


_CHECKS: dict[type[Shape], Callable[[Any, Any, str], Iterator[str]]] = {
    Structure: _structure_complaints,
    List: _list_complaints,
    String: _length_complaints,
    Integer: _integer_complaints,
}
