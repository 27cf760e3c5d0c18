"""Running one action: words → request → service → response → text. No step goes back."""

import sys
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pcacli.api.catalogue import OPERATIONS, PAGINATORS, command_name
from pcacli.api.shapes import Operation, Waiter
from pcacli.cli import action_command as options
from pcacli.cli.session import Session
from pcacli.errors import UsageProblem

if TYPE_CHECKING:
    from pcacli.output.pages import Pages

Words = Mapping[str, Sequence[str]]


def invoke(session: Session, operation: Operation, words: Words) -> None:
    """Perform an action and print what comes back."""
    from pcacli.output.render import check

    skeleton_kind = _skeleton_kind(words)
    paging = _paging(session, operation, words)
    if skeleton_kind in ("input", "yaml-input"):
        _print_skeleton(operation, skeleton_kind)
        return
    check(operation, format_name=session.settings.output, facts=session.terminal)
    # The sample first: what is wrong with it is complained of before what is wrong with the request.
    sample = _sample(operation) if skeleton_kind else None
    request = _request(session, operation, words)
    _print(session, operation, _responses(session, operation, request, paging) if sample is None else sample)


def wait_for(session: Session, waiter: Waiter, words: Words) -> None:
    """Poll until the waiter is satisfied; prints nothing."""
    from pcacli.cli.spinner import Spinner
    from pcacli.service.waiting import wait

    request = _request(session, OPERATIONS[waiter.operation], words)
    with Spinner(f"Waiting: {command_name(waiter.name)}") as spinner:
        wait(session.service, waiter, request, sleep=time.sleep, progress=spinner)


def _request(session: Session, operation: Operation, words: Words) -> dict[str, Any]:
    """Turn the words into a request that passed the validation of the client's side."""
    from pcacli.params.arguments import argument_value
    from pcacli.params.request import build_request

    arguments = {
        member.name: argument_value(member, words[options.option_of(member.name)])
        for member in operation.input.members
        if options.option_of(member.name) in words
    }
    return build_request(
        operation,
        arguments,
        _document(session, words),
        binary_format=session.settings.cli_binary_format,
        strict=session.strict,
        notice=session.notice,
    )


def _document(session: Session, words: Words) -> Mapping[str, Any] | None:
    if options.INPUT_JSON in words and options.INPUT_YAML in words:
        raise UsageProblem("Only one --cli-input- parameter may be specified.")
    for option in (options.INPUT_JSON, options.INPUT_YAML):
        if option in words:
            from pcacli.params.input_document import read_document

            name = option.removeprefix("--")
            return read_document(name, words[option][0], strict=session.strict, notice=session.notice)
    return None


def _skeleton_kind(words: Words) -> str | None:
    """Return which template is asked for, if one is."""
    if options.SKELETON not in words:
        return None
    kind = (*words[options.SKELETON], "input")[0]
    if kind not in options.SKELETON_KINDS:
        raise UsageProblem(f"argument {options.SKELETON}: Found invalid choice '{kind}'")
    return kind


def _print_skeleton(operation: Operation, kind: str) -> None:
    from pcacli.params.skeleton import skeleton

    sys.stdout.write(skeleton(operation, kind))


def _sample(operation: Operation) -> Mapping[str, Any]:
    from pcacli.params.skeleton import sample_response

    return sample_response(operation) or {}


def _paging(session: Session, operation: Operation, words: Words) -> dict[str, str] | None:
    """Return the paging options of a paged action, or None where each call is one page."""
    if operation.name not in PAGINATORS:
        return None
    given = {
        name: words[name][0] for name in (options.STARTING_TOKEN, options.PAGE_SIZE, options.MAX_ITEMS) if name in words
    }
    for name in (options.PAGE_SIZE, options.MAX_ITEMS):
        _require_whole_number(name, given.get(name))
    paginator = PAGINATORS[operation.name]
    by_hand = any(options.option_of(name) in words for name in (paginator.limit_key, paginator.input_token))
    if session.options.flag("--no-paginate") or by_hand:
        used = [name for name, value in given.items() if value]
        if used:
            raise UsageProblem(f"Cannot specify --no-paginate along with pagination arguments: {', '.join(used)}")
        return None
    return given


def _require_whole_number(name: str, value: str | None) -> None:
    if value is None:
        return
    try:
        int(value)
    except ValueError as error:
        raise UsageProblem(f"argument {name}: invalid int value: {value!r}") from error


def _responses(
    session: Session, operation: Operation, request: dict[str, Any], paging: dict[str, str] | None
) -> "Mapping[str, Any] | Pages":
    """Perform the action: one response, or the pages of a listing, fetched as they are printed."""
    if paging is None:
        return session.service.call(operation.name, request)
    from pcacli.service.paging import paged_by_hand, pages

    if paged_by_hand(PAGINATORS[operation.name], request):
        return session.service.call(operation.name, request)

    return pages(
        session.service,
        operation,
        request,
        max_items=_number(paging, options.MAX_ITEMS),
        page_size=_number(paging, options.PAGE_SIZE),
        starting_token=paging.get(options.STARTING_TOKEN),
    )


def _number(paging: Mapping[str, str], name: str) -> int | None:
    return int(paging[name]) if name in paging else None


def _print(session: Session, operation: Operation, response: "Mapping[str, Any] | Pages") -> None:
    from pcacli.cli.pager import write_output
    from pcacli.output.render import render

    pieces = render(
        response,
        operation=operation,
        format_name=session.settings.output,
        query=session.query,
        facts=session.terminal,
    )
    write_output(pieces, session.settings.cli_pager)
