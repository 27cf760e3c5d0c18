"""The paging options of one command line, and what turns paging off.

Source: `awscli/customizations/paginate.py` of the AWS CLI v2.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from pcacli.api.catalogue import PAGINATORS
from pcacli.api.shapes import Operation, Paginator
from pcacli.cli.action_command import MAX_ITEMS, PAGE_SIZE, STARTING_TOKEN, option_of
from pcacli.errors import UsageProblem

_NON_POSITIVE = "warning: Non-positive values for --max-items may result in undefined behavior.\n"

_READERS: dict[str, Callable[[str], Any]] = {STARTING_TOKEN: str, PAGE_SIZE: int, MAX_ITEMS: int}


class Paging(NamedTuple):
    """The paging options that were given, by name; paging is `allowed` unless the command line forbids it."""

    allowed: bool
    given: Mapping[str, Any]


def read_paging(paginator: Paginator, words: Mapping[str, Sequence[str]], *, no_paginate: bool) -> Paging:
    """Read the paging options of an action that is paged.

    Raises:
        UsageProblem: a number is none, or paging is turned off and asked for.
    """
    by_hand = any(option_of(name) in words for name in (paginator.limit_key, paginator.input_token))
    given = {name: _value(name, words[name][0]) for name in _READERS if name in words}
    paging = Paging(not (no_paginate or by_hand), given)
    used = [name for name, value in given.items() if value]
    if used and not paging.allowed:
        raise UsageProblem(f"Cannot specify --no-paginate along with pagination arguments: {', '.join(used)}")
    if given.get(MAX_ITEMS, 1) <= 0:
        sys.stderr.write(_NON_POSITIVE)
    return paging


def is_paged(operation: Operation, request: Mapping[str, Any], paging: Paging) -> bool:
    """Tell whether we go through the pages of a listing, or print one response.

    Raises:
        UsageProblem: it is one response, and there are paging options.
    """
    from pcacli.service.paging import paged_by_hand

    if paging.allowed and not paged_by_hand(PAGINATORS[operation.name], request):
        return True
    if paging.given:
        from pcacli.params.validation import validate

        # The AWS CLI leaves them as a member in the request then, of which its validation has never heard.
        validate(operation.input, {**request, "PaginationConfig": paging.given})
    return False


def _value(name: str, word: str) -> Any:
    try:
        return _READERS[name](word)
    except ValueError as error:
        raise UsageProblem(f"argument {name}: invalid int value: {word!r}") from error
