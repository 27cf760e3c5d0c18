"""The completion script for fish: one `complete` for each command and each option."""

from collections.abc import Iterable, Iterator

from pcacli.cli.command_tree import Command, Parameter, Place
from pcacli.cli.completion.case_branches import filled_template

_COMPLETE = "complete -c pcacli"
_FILES = "(__pcacli_files)"
_PATHS = {Place.FILE: "-F", Place.DIRECTORY: "-f -a '(__fish_complete_directories)'"}


def script(tree: Command) -> str:
    """Return the script."""
    nodes = list(tree.walk())
    options = [option for node in nodes for option in node.options]
    return filled_template(
        "template.fish",
        commands=" ".join(_quoted(" ".join(node.path)) for node in nodes if node.path),
        with_value=_names(option for option in options if option.metavar),
        with_values=_names(option for option in options if option.takes_many),
        everywhere="\n".join(_option(option) for option in tree.options),
        own="\n".join(line for node in nodes for line in _command(node)),
    )


def _command(node: Command) -> Iterator[str]:
    inside = " ".join(("__pcacli_in", *node.path))
    for child in node.commands:
        yield f"{_COMPLETE} -n '{inside}' -a {child.path[-1]} -d {_quoted(child.summary)}"
    for argument in node.arguments:
        yield f"{_COMPLETE} -n '{inside}' {_values(argument)}"
    for option in node.options if node.path else ():
        yield _option(option, f"-n '{inside}' ")
        if option.takes_many:
            yield f"{_COMPLETE} -n '{inside}; and __pcacli_among {option.names[0]}' {_values(option)}"


def _option(option: Parameter, condition: str = "") -> str:
    names = " ".join(f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in option.names)
    value = f" -r {_values(option)}" if option.metavar else ""
    return f"{_COMPLETE} {condition}{names}{value} -d {_quoted(option.summary)}"


def _values(parameter: Parameter) -> str:
    """Return what tells fish the values: choices, paths, or words that begin with file:// or fileb://."""
    if parameter.place in _PATHS:
        return _PATHS[parameter.place]
    if parameter.place.live_kind and not parameter.choices:
        return f"-f -k -a '(__pcacli_live {parameter.place.live_kind})'"
    words = parameter.choices or (parameter.place, _FILES)
    return f"-f -a {_quoted(' '.join(words).strip())}"


def _names(options: Iterable[Parameter]) -> str:
    return " ".join(dict.fromkeys(name for option in options for name in option.names))


def _quoted(text: str) -> str:
    """Quote for fish, whose single quotes know two escapes."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
