"""Show how a value is written: shorthand and JSON with placeholders, and its limits in words.

`TEXT` and `NUMBER` are to be replaced, `...` means "and so on", and a structure inside a structure stands as its name
in angle brackets, `<KeyUsage>`, to be replaced by what is shown for it. `help` and the man pages print this.
"""

from collections.abc import Callable, Iterable, Iterator

from pcacli.api.shapes import Blob, Boolean, Integer, List, Member, Shape, String, Structure, Timestamp

_SCALARS: dict[type[Shape], str] = {
    String: "TEXT",
    Integer: "NUMBER",
    Boolean: "true|false",
    Timestamp: "TIME",
    Blob: "BYTES",
}
# What stands in quotes in JSON.
_QUOTED = (String, Timestamp, Blob)


def is_structured(shape: Shape) -> bool:
    """Tell whether a value has parts, and so a syntax worth showing."""
    return isinstance(shape, Structure | List)


def element(shape: Shape) -> Shape:
    """Return the shape of a list's elements, and any other shape as it is."""
    return shape.member if isinstance(shape, List) else shape


def shorthand(shape: Shape) -> str:
    """Return what stands behind an option of this shape: `Key=TEXT,Value=TEXT ...` for a list of tags."""
    match shape:
        case Structure():
            return ",".join(f"{member.name}={_shorthand_item(member.shape)}" for member in shape.members)
        case List():
            return f"{shorthand(shape.member)} ..."
        case _:
            return _SCALARS[type(shape)]


def _shorthand_item(shape: Shape) -> str:
    match shape:
        case Structure():
            return f"<{shape.name}>"
        case List():
            return f"[{_shorthand_item(shape.member)},...]"
        case _:
            return _SCALARS[type(shape)]


def json_syntax(shape: Shape) -> str:
    """Return the same value in JSON: `[{"Key": "TEXT", "Value": "TEXT"}, ...]` for a list of tags."""
    match shape:
        case Structure():
            members = (f'"{member.name}": {_json_item(member.shape)}' for member in shape.members)
            return f"{{{', '.join(members)}}}"
        case List():
            return f"[{json_syntax(shape.member)}, ...]"
        case _:
            return _json_item(shape)


def _json_item(shape: Shape) -> str:
    match shape:
        case Structure():
            return f"<{shape.name}>"
        case List():
            return f"[{_json_item(shape.member)}, ...]"
        case _:
            placeholder = _SCALARS[type(shape)]
            return f'"{placeholder}"' if isinstance(shape, _QUOTED) else placeholder


def data_types(shapes: Iterable[Shape]) -> list[Structure]:
    """Return every structure that values of these shapes are made of, each once, the outer before the inner."""
    found: dict[str, Structure] = {}
    for shape in shapes:
        for structure in _structures(shape):
            found.setdefault(structure.name, structure)
    return list(found.values())


def _structures(shape: Shape) -> Iterator[Structure]:
    match shape:
        case Structure():
            yield shape
            for member in shape.members:
                yield from _structures(member.shape)
        case List():
            yield from _structures(shape.member)


def limits(shape: Shape) -> str:
    """Say which values are legal: "one of SELF, OTHER_ACCOUNTS", "1 to 36 characters"; empty where all are."""
    describe = _LIMITS.get(type(shape))
    return describe(shape) if describe else ""


def member_limits(structure: Structure) -> list[str]:
    """Say what counts for the members, one sentence for all of which the same is true: "A, B: up to 64 characters."."""
    names: dict[str, list[str]] = {}
    required = [member.name for member in structure.members if member.required]
    if required:
        names["required"] = required
    for member in structure.members:
        if limit := limits(member.shape):
            names.setdefault(limit, []).append(member.name)
    return [f"{', '.join(members)}: {limit}." for limit, members in names.items()]


def unsaid_limits(member: Member) -> str:
    """Return the limits of a member unless its help says them."""
    limit = limits(member.shape)
    return "" if limit in member.help else limit


def _text_limits(shape: String) -> str:
    match shape.choices:
        case ():
            return _size(shape, "characters")
        case (only,):
            return f"only {only}"
        case choices:
            return f"one of {', '.join(choices)}"


def _list_limits(shape: List) -> str:
    each = "" if isinstance(shape.member, Structure) else limits(shape.member)
    return ", ".join(part for part in (_size(shape, "elements"), f"each {each}" if each else "") if part)


def _size(shape: String | List | Blob, unit: str) -> str:
    """A size of at least nothing needs no mention."""
    limit = _range(shape.minimum or None, shape.maximum)
    return f"{limit} {unit}" if limit else ""


def _range(minimum: int | None, maximum: int | None) -> str:
    if maximum is None:
        return "" if minimum is None else f"at least {minimum}"
    if minimum is None:
        return f"up to {maximum}"
    return str(minimum) if minimum == maximum else f"{minimum} to {maximum}"


_LIMITS: dict[type[Shape], Callable[..., str]] = {
    String: _text_limits,
    Integer: lambda shape: _range(shape.minimum, shape.maximum),
    Blob: lambda shape: _size(shape, "bytes"),
    List: _list_limits,
}
