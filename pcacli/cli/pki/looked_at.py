"""What a check says that had nothing to look at: it would be green in a wrong region, profile or account, too."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

import click

from pcacli.errors import AnswerIsNo

_Command = TypeVar("_Command", bound=Callable[..., Any])
_ALLOW_NONE = "--allow-none"


class Where(NamedTuple):
    """Where a check looked: the account (None where nobody says), the regions and the backend."""

    account: str | None
    regions: Sequence[str]
    backend: str


def allow_none_option(command: _Command) -> _Command:
    """Give a command `--allow-none`, as an argument of this name."""
    option = click.option(_ALLOW_NONE, is_flag=True, help="Let a check pass that finds no CA to look at.")
    return option(command)


def nothing_looked_at(what: str, where: Where) -> AnswerIsNo:
    """Return the answer of a check for which there was nothing: `what` names it, such as "no CA"."""
    account = f"account {where.account}" if where.account else "an account that nobody names"
    one = f"the region {where.regions[0]}" if len(where.regions) == 1 else f"{len(where.regions)} regions"
    return AnswerIsNo(
        f"Nothing was looked at: there is {what} in {one} of {account} ({where.backend}). If that is as it should be, "
        f"say {_ALLOW_NONE}."
    )
