"""`pcacli local quota`: AWS's quotas on resources, and other ones for this store."""

import click

from pcacli.cli.lazy_group import CommandGroup
from pcacli.cli.session import Session
from pcacli.cli.showing import show
from pcacli.engine.quotas import QUOTAS, limits, put_limits
from pcacli.errors import UsageProblem

_UNLIMITED = "unlimited"
_name = click.argument("name", metavar="NAME", type=click.Choice(list(QUOTAS)))


@click.group("quota", cls=CommandGroup)
def command() -> None:
    """List and change the quotas of a store. They are AWS's at first; past one, LimitExceededException follows."""


@command.command("list", epilog="\b\nExample:\n  pcacli local quota list")
@click.pass_obj
def list_quotas(session: Session) -> None:
    """List name and limit of each quota, and what it limits."""
    with session.store_parts.store.read() as snapshot:
        found = limits(snapshot)
    width = max(map(len, QUOTAS))
    show(
        session,
        [
            {"Name": name, "Limit": found[name], "DefaultLimit": quota.default, "QuotaCode": quota.code}
            for name, quota in QUOTAS.items()
        ],
        [f"{name:{width}}  {_shown(found[name]):>9}  {quota.what}" for name, quota in QUOTAS.items()],
    )


@command.command("set", epilog="\b\nExample:\n  pcacli local quota set authorities 3")
@_name
@click.argument("limit", metavar="NUMBER")
@click.pass_obj
def set_quota(session: Session, name: str, limit: str) -> None:
    """Change a quota to a number, or to the word "unlimited"."""
    if limit != _UNLIMITED and not (limit.isascii() and limit.isdecimal()):
        raise UsageProblem(f'A quota is a whole number or "{_UNLIMITED}", not {limit!r}.')
    with session.store_parts.store.write() as transaction:
        put_limits(transaction, {**limits(transaction), name: None if limit == _UNLIMITED else int(limit)})


@command.command("reset", epilog="\b\nExample:\n  pcacli local quota reset")
@click.pass_obj
def reset(session: Session) -> None:
    """Go back to AWS's quotas."""
    with session.store_parts.store.write() as transaction:
        put_limits(transaction, {})


def _shown(limit: int | None) -> str:
    return _UNLIMITED if limit is None else str(limit)
