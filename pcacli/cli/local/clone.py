"""`pcacli local clone`: the CAs of an account of AWS, with other keys, in a test store."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pcacli.cli.global_options import GlobalOptions
from pcacli.cli.progress_bar import ProgressBar
from pcacli.cli.session import Session
from pcacli.cli.showing import show
from pcacli.errors import UsageProblem

if TYPE_CHECKING:
    from pcacli.service.settings import Settings


@click.command("clone", epilog="\b\nExample:\n  pcacli local clone --profile prod --into /path/of/store")
@click.option(
    "--into",
    metavar="DIRECTORY",
    type=click.Path(path_type=Path),
    help="The test store, which is made if it is not there; default: the one that a local: endpoint names.",
)
@click.option(
    "--certificate-authority-arn",
    "arns",
    metavar="ARN",
    multiple=True,
    help="Copy this CA only; may be given several times.",
)
@click.pass_obj
def command(session: Session, into: Path | None, arns: tuple[str, ...]) -> None:
    """Copy the CAs of an account and region of AWS into a test store, to rehearse there what will happen.

    Copied are ARNs, names, states, validity, extensions, hierarchy, usage mode, revocation settings, tags, permissions
    and policies. All keys are new ones, those of CAs above them too, so that nothing here can pass for the original.
    Certificates that were issued and revoked are not copied. AWS is only read from. Prints the ARNs.
    """
    from pcacli.engine.clones import clone
    from pcacli.service.backends import open_service
    from pcacli.service.workflows.originals import originals

    target = _target(session, into)
    with (
        closing(open_service(_source(session.settings), notify=session.notice)) as service,
        ProgressBar("Reading CAs") as bar,
    ):
        found = originals(service, arns, bar)
    with closing(target):
        if into is not None:
            target.store_home.create(test=True)
        parts = target.test_store_parts
        with ProgressBar("Making keys and certificates") as bar:
            copied = clone(parts, found, bar)
    show(session, [str(arn) for arn in copied], map(str, copied))
    if copied:
        endpoint = f"AWS_ENDPOINT_URL_ACM_PCA=local:{target.store_home.location}"
        place = f"AWS_ACCOUNT_ID={copied[0].account} AWS_REGION={copied[0].region}"
        session.notice(f"Work on them with: export {endpoint} {place}")


def _source(settings: "Settings") -> "Settings":
    """Return the settings of AWS: a `local:` endpoint names the store to copy into."""
    from pcacli.service.endpoints import Local, backend_of

    is_local = isinstance(backend_of(settings.endpoint_url), Local)
    return settings._replace(endpoint_url=None) if is_local else settings


def _target(session: Session, into: Path | None) -> Session:
    """Return the session of the test store, which has settings of its own.

    Raises:
        UsageProblem: nothing names a store.
    """
    from pcacli.service.endpoints import Local, backend_of

    if into is not None:
        return Session(GlobalOptions({"--endpoint-url": f"local:{into.absolute()}"}))
    if not isinstance(backend_of(session.settings.endpoint_url), Local):
        raise UsageProblem("Name the test store to copy into with --into.")
    return session
