"""The formats that `--output` knows, by name: ours, and those that installed plug-ins add.

A plug-in is an entry point of the group `pcacli.formatters`: its name is the format's name, its object a `Formatter`.
It gets what is left of the response after the query (the pages of a listing already joined), instants already shown
as text, and returns the text to print.
"""

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from pcacli.api.shapes import Paginator
from pcacli.errors import PcaError
from pcacli.output import pages
from pcacli.output.terminal import Terminal

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

PLUG_IN_GROUP = "pcacli.formatters"

Formatter = Callable[[object, Terminal], str]
"""From a value and the facts about the terminal to text."""

Paging = Callable[[pages.Pages, Paginator], Iterator[pages.Response]]
"""From the pages of a listing to the values that are formatted one by one, each as soon as its page is there."""


ElementFormatter = Callable[[Iterable[object], Terminal], Iterator[str]]
"""From the elements of a list, with their instants, to pieces of text, each as soon as its element is there."""


class Format(NamedTuple):
    """A format: how to write a value, what to write of each page (None: join the pages first), whether to query.

    `by_element` is None where a list can only be written as a whole.
    """

    formatter: Formatter
    by_page: Paging | None = None
    queried: bool = True
    by_element: ElementFormatter | None = None


class _BuiltIn(NamedTuple):
    module: str
    by_page: Paging | None = None
    queried: bool = True


# Each module holds one `format_value`, and `format_elements` where it can; it is imported when its format is asked for.
_BUILT_IN: dict[str, _BuiltIn] = {
    "json": _BuiltIn("json_format"),
    "text": _BuiltIn("text_format", by_page=pages.items_only),
    "table": _BuiltIn("table_format"),
    "yaml": _BuiltIn("yaml_format"),
    "yaml-stream": _BuiltIn("yaml_stream_format", by_page=pages.as_sent),
    "pem": _BuiltIn("pem_format"),
    "off": _BuiltIn("off_format", by_page=pages.as_sent, queried=False),
}


def is_known(name: str) -> bool:
    """Say whether `--output NAME` names a format, built in or plugged in."""
    return name in _BUILT_IN or name in _plug_ins()


def built_in_names() -> tuple[str, ...]:
    """List the names of the formats that come with pcacli."""
    return tuple(_BUILT_IN)


def names() -> tuple[str, ...]:
    """List the names of all formats, ours first, then those of plug-ins."""
    return (*_BUILT_IN, *sorted(_plug_ins().keys() - _BUILT_IN.keys()))


def find(name: str) -> Format:
    """Load a format.

    Raises:
        PcaError: nothing has that name (with the AWS CLI's sentence), or its plug-in does not load.
    """
    built_in = _BUILT_IN.get(name)
    if built_in is None:
        return Format(_plug_in(name))
    module = import_module(f"pcacli.output.{built_in.module}")
    formatter: Formatter = module.format_value
    by_element: ElementFormatter | None = getattr(module, "format_elements", None)
    return Format(formatter, built_in.by_page, built_in.queried, by_element)


def _plug_in(name: str) -> Formatter:
    entry_point = _plug_ins().get(name)
    if entry_point is None:
        raise PcaError(f"Unknown output type: {name}")
    try:
        formatter: Formatter = entry_point.load()
    except (ImportError, AttributeError) as error:
        raise PcaError(f"The formatter plug-in {name} ({entry_point.value}) does not load: {error}") from error

    def format_value(value: object, terminal: Terminal) -> str:
        try:
            return formatter(value, terminal)
        except PcaError:
            raise
        except Exception as error:
            # What is not ours must not look like a bug of ours.
            raise PcaError(f"The formatter plug-in {name} failed: {type(error).__name__}: {error}") from error

    return format_value


def _plug_ins() -> "dict[str, EntryPoint]":
    from importlib.metadata import entry_points

    return {entry_point.name: entry_point for entry_point in entry_points(group=PLUG_IN_GROUP)}
