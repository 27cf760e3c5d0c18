"""`pcacli local snapshot`: states of a test store under names."""

from typing import TYPE_CHECKING

import click

from pcacli.cli.lazy_group import CommandGroup
from pcacli.cli.session import Session
from pcacli.cli.showing import show

if TYPE_CHECKING:
    from pcacli.engine.snapshots import Snapshots


@click.group("snapshot", cls=CommandGroup)
def command() -> None:
    """Save a test store under a name and put it back, in milliseconds, while others use it.

    A snapshot holds records, keys, buckets (those in folders), clock and faults.
    """


@command.command("save", epilog="\b\nExample:\n  pcacli local snapshot save fresh")
@click.argument("name", metavar="NAME")
@click.pass_obj
def save(session: Session, name: str) -> None:
    """Save the store as it is; an older snapshot of that name is replaced."""
    _snapshots(session).save(name)


@command.command("load", epilog="\b\nExample:\n  pcacli local snapshot load fresh")
@click.argument("name", metavar="SNAPSHOT")
@click.pass_obj
def load(session: Session, name: str) -> None:
    """Put the store back into a saved state. What happened since is lost."""
    _snapshots(session).load(name)


@command.command("list", epilog="\b\nExample:\n  pcacli local snapshot list")
@click.pass_obj
def list_snapshots(session: Session) -> None:
    """List the snapshots, oldest first, one name a line."""
    saved = _snapshots(session).saved()
    show(session, [{"Name": one.name, "SavedAt": one.saved_at} for one in saved], [one.name for one in saved])


@command.command("delete", epilog="\b\nExample:\n  pcacli local snapshot delete fresh")
@click.argument("name", metavar="SNAPSHOT")
@click.pass_obj
def delete(session: Session, name: str) -> None:
    """Delete a snapshot."""
    _snapshots(session).delete(name)


def _snapshots(session: Session) -> "Snapshots":
    # Only to know that this is a test store.
    _ = session.test_store_parts
    return session.store_home.snapshots()
