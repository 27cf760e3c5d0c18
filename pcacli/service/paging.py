"""Fetch a listing page by page, as the AWS CLI does.

`--max-items` and `--starting-token` are a matter of the client (`pcacli.service.tokens`); `--page-size` is sent.
Sources: `botocore/paginate.py` and `awscli/customizations/paginate.py`; AWS CLI User Guide, "Pagination".
"""

from collections.abc import Iterator, Mapping
from typing import Any

from pcacli.api.catalogue import PAGINATORS
from pcacli.api.shapes import Operation, Paginator
from pcacli.errors import PcaError
from pcacli.params.validation import validate
from pcacli.service.port import Service
from pcacli.service.tokens import Position, decode, encode

Response = dict[str, Any]


def paged_by_hand(paginator: Paginator, request: Mapping[str, Any]) -> bool:
    """Tell whether the user pages: the token or the page size stands in the request, which turns paging off."""
    return paginator.input_token in request or paginator.limit_key in request


class Pages:
    """The pages of one listing, fetched while one goes through them, once.

    A page is a response as the service sent it, except that its items are cut where the starting token and the wanted
    number of items say. `resume_token` is known after the last page: the token to go on from, None at the true end.
    """

    def __init__(
        self,
        service: Service,
        paginator: Paginator,
        first_request: Mapping[str, Any],
        start: Position,
        max_items: int | None,
    ) -> None:
        self._service = service
        self._paginator = paginator
        self._first_request = first_request
        self._start = start
        self._max_items = max_items
        self.resume_token: str | None = None

    def __iter__(self) -> Iterator[Response]:
        """Fetch page after page.

        Raises:
            ServiceError: the service refuses; the pages before have been given out.
            PcaError: the service sends the same token twice.
        """
        request, position, received = self._first_request, self._start, None
        seen_items = 0
        while True:
            page = self._fetch(request, position.skip)
            items = page.get(self._paginator.result_key) or []
            seen_items += len(items)
            if self._max_items is not None and seen_items > self._max_items:
                kept = len(items) - (seen_items - self._max_items)
                self.resume_token = encode(Position(position.tokens, (position.skip or 0) + kept))
                yield {**page, self._paginator.result_key: items[:kept]}
                return
            yield page
            token = page.get(self._paginator.output_token)
            if not token:
                return
            position = Position({self._paginator.input_token: token})
            if seen_items == self._max_items:
                self.resume_token = encode(position)
                return
            if position == received:
                raise PcaError(f"Error during pagination: The same next token was received twice: {position.tokens}")
            request, received = _at(request, position), position

    def _fetch(self, request: Mapping[str, Any], skip: int | None) -> Response:
        """Fetch one page and leave out the items that a starting token skips."""
        page = self._service.call(self._paginator.operation, request)
        if skip is None:
            return page
        items = page.get(self._paginator.result_key)
        # A page without items shows none (null) where a starting token was used.
        return {**page, self._paginator.result_key: items[skip:] if isinstance(items, list) else None}


def pages(
    service: Service,
    operation: Operation,
    request: Mapping[str, Any],
    *,
    max_items: int | None = None,
    page_size: int | None = None,
    starting_token: str | None = None,
) -> Pages:
    """Prepare to go through a listing; nothing is sent yet.

    `max_items` is how many items are wanted, `page_size` how many are asked for at a time.

    Raises:
        UsageProblem: the page size or the token in `starting_token` is not what the API takes.
        PcaError: the starting token is damaged.
    """
    paginator = PAGINATORS[operation.name]
    first_page = Position({paginator.input_token: None})
    start = first_page if starting_token is None else decode(starting_token, paginator.input_token)
    limit = {} if page_size is None else {paginator.limit_key: page_size}
    first_request = _at({**request, **limit}, start)
    validate(operation.input, first_request)
    return Pages(service, paginator, first_request, start, max_items)


def _at(request: Mapping[str, Any], position: Position) -> dict[str, Any]:
    """Aim a request at a page. A token that reads "None" is none: old tokens of the AWS CLI are written so."""
    aimed = {name: value for name, value in request.items() if name not in position.tokens}
    return aimed | {name: token for name, token in position.tokens.items() if token not in (None, "None")}
