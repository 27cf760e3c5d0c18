"""The tokens of `--starting-token`, which can be exchanged with the AWS CLI's.

A token is the Base64 of a JSON object: the service's own token under the name of its member and, if a listing ended
inside a page, how many items of that page are already known. Whatever is no such object is the service's own token.
Source: `botocore/paginate.py`, TokenEncoder and PageIterator.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import NamedTuple

from pcacli.errors import PcaError
from pcacli.limits.json_documents import load_json
from pcacli.limits.readers import PAGE_TOKEN

_SKIPPED = "boto_truncate_amount"
_OLD_SEPARATOR = "___"

# Members of a request that lead to a page; None is the first page.
Tokens = Mapping[str, str | None]


class Position(NamedTuple):
    """A place in a listing: the page, and how many of its items to skip (None: it starts with the page)."""

    tokens: Tokens
    skip: int | None = None


def encode(position: Position) -> str:
    """Write a position as a token."""
    skipped = {} if position.skip is None else {_SKIPPED: position.skip}
    return b64encode(json.dumps({**position.tokens, **skipped}).encode()).decode()


def decode(token: str, member: str) -> Position:
    """Read a token; `member` is the member of the request that carries the service's own token.

    Raises:
        PcaError: it looks like a token of ours, but is damaged.
    """
    try:
        content = load_json(b64decode(token.encode()).decode(), PAGE_TOKEN)
    except ValueError:
        content = None
    if not isinstance(content, dict):
        return _decode_old(token, member)
    skip = content.pop(_SKIPPED, 0)
    if not isinstance(skip, int):
        raise _bad(token)
    return Position(content, skip)


def _decode_old(token: str, member: str) -> Position:
    """Read what the AWS CLI wrote until 2016, `<service's token>___<items to skip>`, or the service's token alone."""
    own, *more = token.split(_OLD_SEPARATOR)
    if len(more) > 1:
        raise _bad(token)
    try:
        skip = int(more[0]) if more else 0
    except ValueError:
        own, skip = token, 0
    return Position({member: None if own == "None" else own}, skip)


def _bad(token: str) -> PcaError:
    return PcaError(f"Bad starting token: {token}")
