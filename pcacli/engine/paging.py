"""Pages of a list on the service's side: opaque tokens that name the last item given out.

Source: API reference, ListCertificateAuthorities: at most 100 items a page, whatever MaxResults asks for.
"""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from pcacli.errors import ServiceError

ITEMS_PER_PAGE = 100

Item = TypeVar("Item")


class Page(NamedTuple):
    """Where a page starts (behind the item of that name, None for the first page) and how many items it may hold."""

    after: str | None
    size: int


def requested_page(request: Mapping[str, Any], scope: str, *, refusal_code: str = "InvalidNextTokenException") -> Page:
    """Read MaxResults and NextToken; a token belongs to the list (`scope`) that gave it out.

    Raises:
        ServiceError: the token is not one of this list.
    """
    size = min(request.get("MaxResults") or ITEMS_PER_PAGE, ITEMS_PER_PAGE)
    token = request.get("NextToken")
    if token is None:
        return Page(None, size)
    try:
        token_scope, after = json.loads(base64.b64decode(token, validate=True))
    except (ValueError, TypeError):
        token_scope = after = None
    if token_scope != scope or not isinstance(after, str):
        raise ServiceError(refusal_code, "The NextToken value is not valid.")
    return Page(after, size)


def paged(
    items: Sequence[Item], page: Page, scope: str, *, name: Callable[[Item], str]
) -> tuple[Sequence[Item], dict[str, str]]:
    """Cut one page from items that begin behind `page.after`; also return the NextToken member if more remain."""
    shown = items[: page.size]
    if len(items) <= page.size:
        return shown, {}
    token = json.dumps([scope, name(shown[-1])]).encode()
    return shown, {"NextToken": base64.b64encode(token).decode()}
