"""`pcacli local init`: create a store."""

import click

from pcacli.cli.session import Session
from pcacli.errors import UsageProblem


@click.command("init", epilog="\b\nExample:\n  pcacli local init")
@click.option(
    "--s3-endpoint-url",
    metavar="URL",
    help="Write CRLs and audit reports to the buckets of this S3 endpoint instead of folders; aws means AWS itself.",
)
@click.option("--s3-region", metavar="REGION", help="Region of the S3 endpoint, if it is not the one of the settings.")
@click.option("--test", is_flag=True, help="Make a test store: clock, faults, snapshots and reset are for it only.")
@click.pass_obj
def command(session: Session, s3_endpoint_url: str | None, s3_region: str | None, *, test: bool) -> None:
    """Create a store for the embedded authority: a folder with a database, buckets and a key-encryption key.

    Prints the folder. A store that is there is left as it is, but for the S3 endpoint if one is given, and an ordinary
    one never becomes a test store. Credentials for S3 come from where the AWS CLI finds them; the buckets must exist.
    """
    from pcacli.engine import s3_setting

    if s3_region is not None and s3_endpoint_url is None:
        raise UsageProblem("--s3-region needs --s3-endpoint-url.")
    endpoint = None if s3_endpoint_url is None else s3_setting.endpoint_named(s3_endpoint_url, s3_region)
    session.store_home.create(test=test)
    if endpoint is not None:
        with session.store_parts.store.write() as transaction:
            s3_setting.put(transaction, *endpoint)
    click.echo(str(session.store_directory))
