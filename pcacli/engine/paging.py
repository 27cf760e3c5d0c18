"""Pages of a list on the service's side: opaque tokens that name the last item given out.

Source: API reference, ListCertificateAuthorities: at most 100 items a page, whatever MaxResults asks for.
"""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from pcacli.errors import ServiceError
from pcacli.limits.json_documents import load_json
from pcacli.limits.readers import PAGE_TOKEN

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
        token_scope, after = load_json(base64.b64decode(token, validate=True), PAGE_TOKEN)
    except (ValueError, TypeError):
        token_scope = after = None
    if token_scope != scope or not isinstance(after, str):
        raise invalid_token(refusal_code)
    return Page(after, size)


def invalid_token(code: str = "InvalidNextTokenException") -> ServiceError:
    """Return the refusal of a token that leads nowhere. Assumption: the text has not been seen."""
    return ServiceError(code, "The NextToken value is not valid.")


def behind(
    items: Sequence[Item], page: Page, *, name: Callable[[Item], str], refusal_code: str = "InvalidNextTokenException"
) -> Sequence[Item]:
    """Return the items behind the one with which the page before ended.

    Raises:
        ServiceError: that one is gone.
    """
    if page.after is None:
        return items
    names = [name(item) for item in items]
    if page.after not in names:
        raise invalid_token(refusal_code)
    return items[names.index(page.after) + 1 :]


def paged(
    items: Sequence[Item], page: Page, scope: str, *, name: Callable[[Item], str]
) -> tuple[Sequence[Item], dict[str, str]]:
    """Cut one page from items that begin behind `page.after`; also return the NextToken member if more remain."""
    shown = items[: page.size]
    if len(items) <= page.size:
        return shown, {}
    token = json.dumps([scope, name(shown[-1])]).encode()
    return shown, {"NextToken": base64.b64encode(token).decode()}
