"""`pcacli local bucket`: the folders that stand for buckets."""

import click

from pcacli.cli.lazy_group import CommandGroup
from pcacli.cli.session import Session
from pcacli.cli.showing import say
from pcacli.errors import UsageProblem


@click.group("bucket", cls=CommandGroup)
def command() -> None:
    """Create and list the buckets of a store, where CRLs and audit reports go.

    Writing to a bucket makes it, except under --strict, where it must have been created as on AWS.
    """


@command.command("create", epilog="\b\nExample:\n  pcacli local bucket create audit-reports")
@click.argument("name", metavar="NAME")
@click.pass_obj
def create(session: Session, name: str) -> None:
    """Create a bucket, and the store if it is not there. One that is there is left as it is.

    Prints the bucket's folder, or its name if the store is on a database.
    """
    from pcacli.engine.artifacts.port import BucketProblem

    try:
        say(session.store_home.create_bucket(name))
    except BucketProblem as problem:
        raise UsageProblem(str(problem)) from problem


@command.command("list", epilog="\b\nExample:\n  pcacli local bucket list")
@click.pass_obj
def list_buckets(session: Session) -> None:
    """List the buckets of a store, one name a line."""
    for name in session.store_home.bucket_names():
        say(name)
