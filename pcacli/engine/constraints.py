"""The limits that the AWS CLI leaves to the service: lengths, ranges, patterns and choices of every member.

All complaints of a request come in one ValidationException, in the wording of AWS's service framework. One sentence
of it has been seen from this service (`Value '0' at 'validity.value' …`, facts section 10.1); the other forms are
the framework's usual ones, which is an assumption.

What a request may cost is bounded: a list above its maximum is refused at its length, a text far above it too, and
the answer holds so many complaints and so much of each value. Assumption: where AWS cuts is not known.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

from pcacli.api.shapes import Blob, Integer, List, Shape, String, Structure
from pcacli.errors import ServiceError

# Java's \p{Z} as the inside of a Python character class; \p{L} and \p{N} are what \w adds to the underscore.
_JAVA_CLASSES = {
    r"\p{L}": r"\w",
    r"\p{N}": "",
    r"\p{Z}": "\u0020\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000",
}

MAXIMUM_COMPLAINTS = 100
"""How many complaints one answer holds at most."""
MAXIMUM_SHOWN_CHARACTERS = 4096
"""How much of a value a complaint repeats at most."""
# Longer than any text that the API takes (a policy has 81,920 characters): of such a one its length is said alone.
_MAXIMUM_MATCHED_CHARACTERS = 100_000


def check(structure: Structure, request: Mapping[str, Any]) -> None:
    """Hold a request against the declared limits of its members.

    Raises:
        ServiceError: ValidationException with every complaint, of a hundred at most; or InvalidArnException for a
            text that is no ARN.
    """
    complaints = list(islice(_structure_complaints(structure, request, ""), MAXIMUM_COMPLAINTS))
    if complaints:
        count = f"{len(complaints)} validation error{'s' if len(complaints) > 1 else ''} detected"
        raise ServiceError("ValidationException", f"{count}: {'; '.join(complaints)}")


def _structure_complaints(structure: Structure, value: Mapping[str, Any], path: str) -> Iterator[str]:
    for member in structure.members:
        member_path = _join(path, member.name)
        if value.get(member.name) is not None:
            yield from _complaints(member.shape, value[member.name], member_path)
        elif member.required:
            yield f"Value null at '{member_path}' failed to satisfy constraint: Member must not be null"


def _complaints(shape: Shape, value: Any, path: str) -> Iterator[str]:
    match shape:
        case Structure():
            yield from _structure_complaints(shape, value, path)
        case List():
            yield from _list_complaints(shape, value, path)
        case String():
            yield from _string_complaints(shape, value, path)
        case Blob():
            yield from _length_complaints(shape, value, f"{len(value)} bytes", path)
        case Integer():
            yield from _range_complaints(shape, value, path)
        case _:
            return


def _list_complaints(shape: List, value: Sequence[Any], path: str) -> Iterator[str]:
    """Look at the members of a list only if there may be so many."""
    yield from _length_complaints(shape, value, f"[{len(value)} elements]", path)
    if shape.maximum is None or len(value) <= shape.maximum:
        for index, element in enumerate(value, 1):
            yield from _complaints(shape.member, element, f"{path}.{index}.member")


def _string_complaints(shape: String, value: str, path: str) -> Iterator[str]:
    if not _is_unicode(value):
        yield _complaint(ascii(value)[1:-1], path, "be text that can be encoded")
        return
    if shape.choices:
        if value not in shape.choices:
            choices = ", ".join(shape.choices)
            yield _complaint(value, path, f"satisfy enum value set: [{choices}]")
        return
    problems = [*_length_complaints(shape, value, value, path)]
    is_far_too_long = bool(problems) and len(value) > _MAXIMUM_MATCHED_CHARACTERS
    if shape.pattern is not None and not is_far_too_long and not _compiled(shape.pattern).fullmatch(value):
        problems.append(_complaint(value, path, f"satisfy regular expression pattern: {shape.pattern}"))
    if problems and shape.name == "Arn":
        raise ServiceError("InvalidArnException", f"Value {_shown(value)!r} at '{path}' is not a valid ARN.")
    yield from problems


def _is_unicode(value: str) -> bool:
    """Tell whether a text can be encoded: JSON and broken words of a command line may hold halves of characters."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _length_complaints(shape: String | List | Blob, value: Sequence[Any], shown: str, path: str) -> Iterator[str]:
    if shape.minimum is not None and len(value) < shape.minimum:
        yield _complaint(shown, path, f"have length greater than or equal to {shape.minimum}")
    if shape.maximum is not None and len(value) > shape.maximum:
        yield _complaint(shown, path, f"have length less than or equal to {shape.maximum}")


def _range_complaints(shape: Integer, value: int, path: str) -> Iterator[str]:
    if isinstance(value, bool):
        # Assumption: exception and text; SDKs let true and false through, which Python counts among the numbers.
        raise ServiceError("SerializationException", f"The value of '{path}' is not a number.")
    maximum = shape.maximum if shape.maximum is not None else 2 ** (63 if shape.long else 31) - 1
    if shape.minimum is not None and value < shape.minimum:
        yield _complaint(str(value), path, f"have value greater than or equal to {shape.minimum}")
    if value > maximum:
        yield _complaint(str(value), path, f"have value less than or equal to {maximum}")


def _complaint(shown: str, path: str, must: str) -> str:
    return f"Value '{_shown(shown)}' at '{path}' failed to satisfy constraint: Member must {must}"


def _shown(value: str) -> str:
    return value if len(value) <= MAXIMUM_SHOWN_CHARACTERS else f"{value[:MAXIMUM_SHOWN_CHARACTERS]}..."


def _join(path: str, name: str) -> str:
    camel = name[:1].lower() + name[1:]
    return f"{path}.{camel}" if path else camel


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str]:
    for java, python in _JAVA_CLASSES.items():
        pattern = pattern.replace(java, python)
    return re.compile(pattern)
