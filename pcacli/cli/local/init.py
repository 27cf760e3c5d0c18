"""`pcacli local init`: create a store."""

import click

from pcacli.cli.session import Session


@click.command("init", epilog="\b\nExample:\n  pcacli local init")
@click.pass_obj
def command(session: Session) -> None:
    """Create a store for the embedded authority: a folder with a database, buckets and a key-encryption key.

    Prints the folder. A store that is there is left as it is.
    """
    session.store_home.create()
    click.echo(str(session.store_directory))
