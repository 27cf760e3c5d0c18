"""What a format makes of a listing that the client fetched page by page.

A page is a response as the service sent it, except that the pager cut its items where `--starting-token` and
`--max-items` say; its `NextToken` is the service's. The token to go on from is the pager's and stands beside the pages.
Source: `botocore/paginate.py`, PageIterator.build_full_result, and `awscli/formatter.py`.
"""

from collections.abc import Iterator, Mapping
from typing import Protocol

from pcacli.api.shapes import Paginator

Response = Mapping[str, object]


class Pages(Protocol):
    """The pages of one listing; each is fetched when it is asked for.

    `resume_token` is known after the last page: a value for `--starting-token` if `--max-items` ended the listing
    early, else None.
    """

    resume_token: str | None

    def __iter__(self) -> Iterator[Response]: ...


def merged(pages: Pages, paginator: Paginator) -> Response:
    """Join the items of all pages into one response; without a list of items in any page it has no such member."""
    items: list[object] = []
    whole: dict[str, object] = {}
    for page in pages:
        found = page.get(paginator.result_key)
        if isinstance(found, list | tuple):
            items.extend(found)
            whole[paginator.result_key] = items
    if pages.resume_token is not None:
        whole[paginator.output_token] = pages.resume_token
    return whole


def as_sent(pages: Pages, _paginator: Paginator) -> Iterator[Response]:
    """Give each page whole, with the service's own token, and nothing else."""
    yield from pages


def items_only(pages: Pages, paginator: Paginator) -> Iterator[Response]:
    """Give the items of each page (None where a page has no such member), and at the end the token to go on from."""
    for page in pages:
        yield {paginator.result_key: page.get(paginator.result_key)}
    if pages.resume_token is not None:
        # Twice, so that the text format puts its name in front of it.
        yield {paginator.output_token: {paginator.output_token: pages.resume_token}}
