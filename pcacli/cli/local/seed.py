"""`pcacli local seed`: the CAs that a file declares."""

import time
from pathlib import Path

import click

from pcacli.cli.session import Session
from pcacli.cli.showing import show
from pcacli.cli.standard_input import standard_input
from pcacli.errors import UsageProblem
from pcacli.limits.readers import SEED_FILE
from pcacli.limits.reading import read_file


@click.command("seed", epilog="\b\nExample:\n  pcacli local seed estate.yaml")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.pass_obj
def command(session: Session, file: Path) -> None:
    """Make the CAs that a file declares, with their tags, permissions and policies.

    FILE is YAML or JSON ("-" reads standard input). It has one member, CertificateAuthorities: a list of CAs, issuers
    first. Of a CA, Name is required; Issuer is the Name of the CA that signs it, and a CA without one is a root. All
    else is as in the API and may be left out:

    \b
      Subject           {CommonName: the Name}; needs a CommonName
      KeyAlgorithm      EC_prime256v1
      SigningAlgorithm  SHA256WITHECDSA
      Validity          {Type: YEARS, Value: 10}; with an Issuer 5
      PathLength        0: how many levels of CAs may follow
      CsrExtensions, RevocationConfiguration, UsageMode,
      KeyStorageSecurityStandard, Tags, Permissions
      Policy            as a structure; Resource is the CA

    A CA that is there already, by its type and subject, is kept; what the file says of tags, permissions, policy and
    revocation is made so, and what it does not speak of stays. So a second run changes nothing, and says so.

    Prints a line for each CA: its Name, its ARN and what was done. With --output or --query it is data.
    """  # noqa: D301 - a backspace, with which Click keeps lines as they are
    from pcacli.service.local import LocalService
    from pcacli.service.workflows.seed import declared, seed
    from pcacli.service.workflows.workflow import Workflow

    entries = declared(*_content(file))
    session.make_default_store()
    service = LocalService(session.store_parts, session.caller)
    done = list(seed(Workflow(service, time.sleep), entries))
    show(
        session,
        [{"Name": one.name, "CertificateAuthorityArn": one.arn, "Changes": list(one.changes)} for one in done],
        (f"{one.name}\t{one.arn}\t{', '.join(one.changes) or 'unchanged'}" for one in done),
    )


def _content(file: Path) -> tuple[bytes, str]:
    """Return what is in a file, and what to call it.

    Raises:
        UsageProblem: it cannot be read.
    """
    if str(file) == "-":
        return standard_input(SEED_FILE), "standard input"
    try:
        return read_file(file, SEED_FILE), str(file)
    except OSError as error:
        raise UsageProblem(f"{file} cannot be read: {error.strerror}.") from error
