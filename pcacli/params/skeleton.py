"""Print what a request looks like, to be filled in, and make a sample response.

Where a text has choices, the first one stands in the skeleton (the AWS CLI picks any).
Source: AWS CLI User Guide, page "Generating a CLI skeleton"; layout measured with the AWS CLI 2.36.7.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from pcacli.api.shapes import Blob, Boolean, Integer, List, Operation, Shape, String, Structure, Timestamp
from pcacli.params.remarks import remark
from pcacli.params.validation import validate

# The AWS CLI's sample has no time zone, and so is printed without one.
_SAMPLE_INSTANT = datetime.fromisoformat("1970-01-01T00:00:00")


def skeleton(operation: Operation, kind: str) -> str:
    """Return the text, newline at the end, that `--generate-cli-skeleton` prints; `kind` is "input" or "yaml-input".

    The kind "output" is no text but a response to be formatted and queried like any other: see `sample_response`.
    """
    return _SKELETONS[kind](operation.input)


def sample_response(operation: Operation) -> dict[str, object] | None:
    """Return a response in which each text is its own name; None where the operation returns nothing.

    Raises:
        UsageProblem: the sample breaks a least length or value of the response. That is the AWS CLI's answer for
            operations that describe or list CAs, and it comes before any complaint about the request.
    """
    if operation.output is None:
        return None
    response = {member.name: _filled(member.shape, member.name, _own_name) for member in operation.output.members}
    validate(operation.output, response)
    return response


def _filled(shape: Shape, name: str, text: Callable[[String, str], str]) -> object:
    """Return a value for the shape called `name`, with one element in each list and texts made by `text`."""
    match shape:
        case Structure():
            return {member.name: _filled(member.shape, member.name, text) for member in shape.members}
        case List():
            return [_filled(shape.member, shape.member.name, text)]
        case String():
            return text(shape, name)
        case _:
            return _BLANKS[type(shape)]


def _own_name(_shape: String, name: str) -> str:
    return name


def _first_choice(shape: String, _name: str = "") -> str:
    return shape.choices[0] if shape.choices else ""


_BLANKS: dict[type[Shape], object] = {Integer: 0, Boolean: True, Timestamp: _SAMPLE_INSTANT, Blob: None}


def _as_json(structure: Structure) -> str:
    import json

    return json.dumps(_filled(structure, structure.name, _first_choice), indent=4, default=datetime.isoformat) + "\n"


def _as_yaml(structure: Structure) -> str:
    return "\n".join(_yaml_lines(structure)) + "\n"


def _yaml_lines(shape: Shape) -> Iterator[str]:
    match shape:
        case Structure():
            for position, member in enumerate(shape.members):
                # The first remark of a structure stands two spaces off, the others one.
                gap = " " if position else "  "
                yield f"{member.name}:{_yaml_scalar(member.shape)}{gap}# {remark(shape, member)}"
                yield from _yaml_block(member.shape)
        case _:
            yield _yaml_scalar(shape).lstrip()


def _yaml_block(shape: Shape) -> Iterator[str]:
    """Yield the lines below a member: a structure is indented, a list is not, and a scalar has none."""
    match shape:
        case Structure():
            yield from (f"  {line}" for line in _yaml_lines(shape))
        case List():
            for position, line in enumerate(_yaml_lines(shape.member)):
                yield f"{'  ' if position else '- '}{line}"


def _yaml_scalar(shape: Shape) -> str:
    """Return a space and the YAML of a scalar; nothing for what takes lines of its own."""
    match shape:
        case Structure() | List():
            return ""
        case String():
            return " " + (_first_choice(shape) or "''")
        case _:
            return _YAML_BLANKS[type(shape)]


_YAML_BLANKS: dict[type[Shape], str] = {
    Integer: " 0",
    Boolean: " true",
    Timestamp: " 1970-01-01 00:00:00",
    Blob: " !!binary ''",
}
_SKELETONS: dict[str, Callable[[Structure], str]] = {"input": _as_json, "yaml-input": _as_yaml}
