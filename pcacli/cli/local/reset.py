"""`pcacli local reset`: empty a test store."""

import sys

import click

from pcacli.cli.session import Session
from pcacli.errors import UsageProblem
from pcacli.output.safe_text import one_line


@click.command("reset", epilog="\b\nExample:\n  pcacli local reset --yes")
@click.option("--yes", is_flag=True, help="Do not ask; scripts need it.")
@click.pass_obj
def command(session: Session, *, yes: bool) -> None:
    """Empty a test store: CAs, certificates, buckets, trail, clock and faults go; snapshots and the key stay."""
    # Only to know that this is a test store.
    _ = session.test_store_parts
    if not yes:
        if not sys.stdin.isatty():
            raise UsageProblem("local reset deletes everything in the store; say --yes if nobody can be asked.")
        click.confirm(one_line(f"Delete everything in {session.store_home.location}?"), abort=True, err=True)
    session.store_home.reset()
