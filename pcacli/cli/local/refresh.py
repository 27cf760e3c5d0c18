"""`pcacli local refresh`: what becomes due with time."""

from typing import TYPE_CHECKING

import click

from pcacli.cli.progress_bar import ProgressBar
from pcacli.cli.session import Session
from pcacli.cli.showing import say
from pcacli.errors import AnswerIsNo

if TYPE_CHECKING:
    from pcacli.engine.administration import Refreshed


@click.command("refresh", epilog="\b\nExample:\n  pcacli local refresh")
@click.pass_obj
def command(session: Session) -> None:
    """Publish every CRL that is due and remove CAs whose deletion window is over. Run it from cron.

    Prints one line for each thing done; exit code 1 says that a CRL could not be published or a key not destroyed.
    """
    from pcacli.engine.administration import refresh

    parts = session.store_parts
    with ProgressBar("Publishing CRLs") as bar:
        done = refresh(parts, progress=bar)
    report(done)


def report(done: "Refreshed") -> None:
    """Print what a refresh did.

    Raises:
        AnswerIsNo: a CRL could not be published, or a key outside of the store not destroyed.
    """
    for arn in done.published:
        say(f"published the CRL of {arn}")
    for arn in done.removed:
        say(f"removed {arn}")
    undone = [f"The CRL of {arn} was not published: {why}" for arn, why in done.failed.items()]
    undone += [f"{arn} was not removed, because its key was not destroyed: {why}" for arn, why in done.kept.items()]
    if undone:
        raise AnswerIsNo("\n".join(undone))
