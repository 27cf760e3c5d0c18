"""Running one action: words → request → service → response → text. No step goes back."""

import sys
import time
from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from pcacli.api.catalogue import OPERATIONS, PAGINATORS, command_name
from pcacli.api.shapes import Operation, Waiter
from pcacli.cli import action_command as options
from pcacli.cli.remarks import remarks
from pcacli.cli.session import Session
from pcacli.cli.standard_streams import is_read
from pcacli.errors import UsageProblem

if TYPE_CHECKING:
    from pcacli.cli.paging_options import Paging
    from pcacli.output.pages import Pages

Words = Mapping[str, Sequence[str]]


def invoke(session: Session, operation: Operation, words: Words) -> None:
    """Perform an action and print what comes back."""
    from pcacli.output.render import check

    skeleton_kind = _skeleton_kind(words)
    paging = _paging(session, operation, words)
    arguments, document = _arguments(operation, words), _document(session, words)
    if skeleton_kind in ("input", "yaml-input"):
        _print_skeleton(operation, skeleton_kind)
        return
    check(operation, format_name=session.settings.output, facts=session.terminal)
    # The sample first: what is wrong with it is complained of before what is wrong with the request.
    sample = _sample(operation) if skeleton_kind else None
    request = _request(session, operation, arguments, document)
    if not session.strict:
        for remark in remarks(operation.name, request):
            session.notice(remark)
    _print(session, operation, _responses(session, operation, request, paging) if sample is None else sample)


def wait_for(session: Session, waiter: Waiter, words: Words) -> None:
    """Poll until the waiter is satisfied; prints nothing."""
    from pcacli.cli.spinner import Spinner
    from pcacli.service.waiting import wait

    operation = OPERATIONS[waiter.operation]
    if options.SKELETON in words:
        # A waiter's input is that of the action it polls; nothing is called for a template or a sample.
        invoke(session, operation, words)
        return
    request = read_request(session, operation, words)
    with Spinner(f"Waiting: {command_name(waiter.name)}") as spinner:
        wait(session.service, waiter, request, sleep=time.sleep, progress=spinner)


def read_request(session: Session, operation: Operation, words: Words) -> dict[str, Any]:
    """Read the request that options and input documents make, as far as the client's side checks it."""
    return _request(session, operation, _arguments(operation, words), _document(session, words))


def _arguments(operation: Operation, words: Words) -> dict[str, object]:
    """Read the values of the options, by member."""
    from pcacli.params.arguments import argument_value

    return {
        member.name: argument_value(member, words[options.option_of(member.name)])
        for member in operation.input.members
        if options.option_of(member.name) in words
    }


def _request(
    session: Session, operation: Operation, arguments: Mapping[str, object], document: Mapping[str, object] | None
) -> dict[str, Any]:
    """Make a request that passed the validation of the client's side."""
    from pcacli.params.request import build_request

    return build_request(
        operation,
        arguments,
        document,
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


def _paging(session: Session, operation: Operation, words: Words) -> "Paging | None":
    """Read the paging options; None for an action whose answer is never a listing."""
    if operation.name not in PAGINATORS:
        return None
    from pcacli.cli.paging_options import read_paging

    return read_paging(PAGINATORS[operation.name], words, no_paginate=session.options.flag("--no-paginate"))


def _responses(
    session: Session, operation: Operation, request: dict[str, Any], paging: "Paging | None"
) -> "Mapping[str, Any] | Pages":
    """Perform the action: one response, or the pages of a listing, fetched as they are printed."""
    if paging is None:
        return session.service.call(operation.name, request)
    from pcacli.cli.paging_options import is_paged
    from pcacli.service.paging import pages

    if not is_paged(operation, request, paging):
        return session.service.call(operation.name, request)
    return pages(
        session.service,
        operation,
        request,
        max_items=paging.given.get(options.MAX_ITEMS),
        page_size=paging.given.get(options.PAGE_SIZE),
        starting_token=paging.given.get(options.STARTING_TOKEN),
    )


def _print(session: Session, operation: Operation, response: "Mapping[str, Any] | Pages") -> None:
    from pcacli.cli.pager import write_output
    from pcacli.output.render import fit_for_terminal, render

    pieces = render(
        response,
        operation=operation,
        format_name=session.settings.output,
        query=session.query,
        facts=session.terminal,
    )
    shown = fit_for_terminal(pieces, session.settings.output) if session.terminal.is_terminal else pieces
    write_output(takewhile(lambda _: is_read(), shown), session.settings.cli_pager)
