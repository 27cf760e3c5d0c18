"""`pcacli local clock`: the time in a test store."""

from datetime import timedelta

import click

from pcacli.cli.lazy_group import CommandGroup
from pcacli.cli.local.refresh import report
from pcacli.cli.session import Session
from pcacli.cli.showing import show


@click.group("clock", cls=CommandGroup)
def command() -> None:
    """Move the time of a test store, for everybody who uses it.

    Deletion windows, expiry, the midpoints of CRLs and the windows of idempotency tokens follow.
    """


@command.command("show", epilog="\b\nExample:\n  pcacli local clock show")
@click.pass_obj
def show_clock(session: Session) -> None:
    """Print the time of the store and how far it is ahead of real time."""
    from pcacli.engine.clock import offset
    from pcacli.params.durations import format_duration

    parts = session.test_store_parts
    with parts.store.read() as snapshot:
        ahead = offset(snapshot)
    now = parts.context.now()
    facts = {"Time": now, "AheadInSeconds": ahead // timedelta(seconds=1)}
    show(session, facts, [f"{now.isoformat(timespec='seconds')}  {format_duration(ahead)} ahead"])


@command.command("advance", epilog="\b\nExample:\n  pcacli local clock advance 400d")
@click.argument("duration", metavar="DURATION")
@click.option("--no-refresh", is_flag=True, help="Leave CRLs that become due, and CAs that are to go, as they are.")
@click.pass_obj
def advance(session: Session, duration: str, *, no_refresh: bool) -> None:
    """Move the time on by a duration such as 400d, 12h or 1h30m (units: s, m, h, d, w; y is 365 days).

    Then publishes the CRLs that became due and removes CAs whose deletion window is over, as time does on AWS.
    Prints the new time and what was done; exit code 1 says that a CRL could not be published.
    """
    from pcacli.engine import clock
    from pcacli.engine.administration import refresh
    from pcacli.params.durations import parse_duration

    parts = session.test_store_parts
    clock.advance(parts.store, parse_duration(duration), parts.context.now)
    click.echo(parts.context.now().isoformat(timespec="seconds"))
    if not no_refresh:
        report(refresh(parts))


@command.command("reset", epilog="\b\nExample:\n  pcacli local clock reset")
@click.pass_obj
def reset(session: Session) -> None:
    """Show real time again. Nothing that happened in the meantime is undone. Prints the time."""
    from pcacli.engine import clock

    parts = session.test_store_parts
    clock.reset(parts.store)
    click.echo(parts.context.now().isoformat(timespec="seconds"))
