"""`pcacli pki init`: a root CA and an issuing CA."""

import time

import click

from pcacli.cli.pki.summary import print_summary
from pcacli.cli.session import Session

ROOT_VALIDITY_YEARS = 10
ISSUING_VALIDITY_YEARS = 5
KEY_ALGORITHM, SIGNING_ALGORITHM = "EC_prime256v1", "SHA256WITHECDSA"
# What is left of AWS's 64 characters when " Issuing CA" has been added.
_NAME_MAXIMUM = 53


@click.command("init", epilog="\b\nExample:\n  pcacli --local pki init --common-name Example")
@click.option(
    "--common-name", metavar="NAME", default="Private", show_default=True, help='Name of the hierarchy: "NAME Root CA".'
)
@click.pass_obj
def command(session: Session, common_name: str) -> None:
    """Create a root CA and an issuing CA below it, both active.

    Both have P-256 keys; the root is valid for ten years and the issuing CA, which cannot have CAs below it, for five.
    Prints their ARNs.
    """
    from pcacli.service.workflows.hierarchy import Plan, Workflow, create_hierarchy

    if not 0 < len(common_name) <= _NAME_MAXIMUM:
        raise click.UsageError(f"--common-name must have 1 to {_NAME_MAXIMUM} characters.")
    plans = [
        Plan({"CommonName": f"{common_name} {role} CA"}, KEY_ALGORITHM, SIGNING_ALGORITHM, years)
        for role, years in (("Root", ROOT_VALIDITY_YEARS), ("Issuing", ISSUING_VALIDITY_YEARS))
    ]
    made = create_hierarchy(Workflow(session.service, time.sleep), *plans)
    print_summary(session, {"RootCertificateAuthorityArn": made.root, "IssuingCertificateAuthorityArn": made.issuing})
