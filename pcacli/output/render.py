"""From a response to the pieces of text that the command writes: instants, then the query, then the format.

`check` belongs before the call and `render` after it. Writing, paging to a pager and a closed pipe are the command
line's business.
Source for what empty results print: `awscli/formatter.py` of the AWS CLI v2; behaviour recorded from version 2.36.7.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from pcacli.api.shapes import Operation
from pcacli.output import formats, timestamps
from pcacli.output.pages import Pages, Response, merged
from pcacli.output.query import CompiledQuery
from pcacli.output.safe_text import in_document, made_fit, on_lines
from pcacli.output.terminal import Terminal

# The formats whose strings have escapes of their own.
_DOCUMENTS = frozenset({"json", "yaml", "yaml-stream"})

Value = TypeVar("Value")
Element = TypeVar("Element")


def check(operation: Operation, *, format_name: str, facts: Terminal) -> None:
    """Find out before the call whether its response can be shown.

    Raises:
        ConfigurationProblem: `facts.timestamp_format` does not exist.
        PcaError: no format is called `format_name`.
        UsageProblem: the format is `pem` and the operation returns none.
    """
    timestamps.check(facts.timestamp_format)
    formats.find(format_name)
    if format_name == "pem":
        from pcacli.output import pem_format

        pem_format.check(operation)


def render(
    response: Response | Pages,
    *,
    operation: Operation,
    format_name: str,
    query: CompiledQuery | None,
    facts: Terminal,
) -> Iterator[str]:
    """Turn a response, or the pages of a listing, into text.

    One response (also that of a listing with `--no-paginate`) prints as it is. Pages come out one by one where the
    format allows it, so that what came before an error is written; else they are joined.

    Raises:
        PcaError: the query does not suit the data, or no format is called `format_name`.
        UsageProblem: the format is `pem` and there is no PEM in the result.
    """
    chosen = formats.find(format_name)
    if isinstance(response, Mapping):
        yield _whole(_for_people(response, operation, format_name, query, facts), chosen, query, facts)
        return
    from pcacli.api.catalogue import PAGINATORS  # it imports all operations

    paginator = PAGINATORS[operation.name]
    if chosen.by_page is None:
        whole = _for_people(merged(response, paginator), operation, format_name, query, facts)
        yield _whole(whole, chosen, query, facts)
    else:
        for page in chosen.by_page(response, paginator):
            yield chosen.formatter(_shown(page, chosen, query, facts), facts)


def render_value(
    value: Value,
    *,
    format_name: str,
    query: CompiledQuery | None,
    facts: Terminal,
    choose: Callable[[Value, Terminal], object] = lambda value, _: value,
) -> str:
    """Turn one result that is no response of an operation, such as that of a workflow, into text.

    `choose` says what a table shows of it.

    Raises:
        PcaError: as `render`.
    """
    shown = choose(value, facts) if _is_for_people(format_name, query, facts) else value
    text = _whole(made_fit(shown) if format_name == "text" else shown, formats.find(format_name), query, facts)
    return in_document(text) if format_name in _DOCUMENTS else text


def render_elements(
    elements: Iterable[Element],
    *,
    format_name: str,
    query: CompiledQuery | None,
    facts: Terminal,
    choose: Callable[[list[Element], Terminal], object] = lambda elements, _: elements,
) -> Iterator[str]:
    """Turn such a result that is a list into text, piece by piece as its elements come if the format can do that.

    Raises:
        PcaError: as `render`.
    """
    by_element = formats.find(format_name).by_element
    if by_element is None or query:
        yield render_value(list(elements), format_name=format_name, query=query, facts=facts, choose=choose)
    else:
        yield from map(in_document, by_element(elements, facts))


def fit_for_terminal(pieces: Iterable[str], format_name: str) -> Iterable[str]:
    """Return what `render` wrote as a person at a terminal may see it; a table is that already."""
    if format_name in _DOCUMENTS:
        return map(in_document, pieces)
    return map(on_lines, pieces) if format_name == "text" else pieces


def _for_people(
    response: Response, operation: Operation, format_name: str, query: CompiledQuery | None, facts: Terminal
) -> Response:
    """Choose what a table shows of a response."""
    if not _is_for_people(format_name, query, facts):
        return response
    from pcacli.output.table_views import chosen

    return chosen(operation.name, response, facts)


def _is_for_people(format_name: str, query: CompiledQuery | None, facts: Terminal) -> bool:
    """Tell whether a table may choose what it shows, because neither a query nor `--wide` says that."""
    return format_name == "table" and not query and not facts.wide


def _whole(value: object, chosen: formats.Format, query: CompiledQuery | None, facts: Terminal) -> str:
    shown = _shown(value, chosen, query, facts)
    # An action without output, and an empty structure, print nothing at all; other empty values do print.
    return "" if shown == {} else chosen.formatter(shown, facts)


def _shown(value: object, chosen: formats.Format, query: CompiledQuery | None, facts: Terminal) -> object:
    value = timestamps.show_timestamps(value, facts.timestamp_format)
    return query(value) if query and chosen.queried else value
