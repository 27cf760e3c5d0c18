"""`pcacli local share`: what AWS RAM does for a CA."""

import click

from pcacli.cli.lazy_group import CommandGroup
from pcacli.cli.session import Session
from pcacli.cli.showing import say, show
from pcacli.engine.policies.managed_permissions import DEFAULT_PERMISSION, MANAGED_PERMISSIONS


@click.group("share", cls=CommandGroup)
def command() -> None:
    """Share CAs with other accounts, organizations and units, as AWS RAM does.

    A share becomes part of the CA's resource policy: get-policy shows it, delete-policy ends all shares of a CA.

    Another account is whoever calls with its number in AWS_ACCOUNT_ID (in a profile: aws_account_id). Where that
    account is, PCACLI_ORGANIZATION_ID (o-…) and PCACLI_ORGANIZATIONAL_UNIT (ou-…, or ou-…/ou-… from the top) say; to
    call as a service of AWS for the account, set PCACLI_SERVICE_PRINCIPAL=acm.amazonaws.com. In a profile these are
    written in small letters.
    """


@command.command(
    "add",
    epilog="\b\nExample:\n  pcacli local share add --certificate-authority-arn $CA_ARN --principal 444455556666",
)
@click.option("--certificate-authority-arn", "arn", metavar="ARN", required=True, help="The CA to share.")
@click.option(
    "--principal",
    metavar="PRINCIPAL",
    required=True,
    help="An account (12 digits), an organization (o-…), a unit (o-…/ou-…), the ARN of one of these, of a user or of a "
    "role, or a service such as pca-connector-ad.amazonaws.com.",
)
@click.option(
    "--permission",
    type=click.Choice(list(MANAGED_PERMISSIONS)),
    default=DEFAULT_PERMISSION,
    show_default=True,
    help="The managed permission: which template may be used, or that certificates may be revoked.",
)
@click.pass_obj
def add(session: Session, arn: str, principal: str, permission: str) -> None:
    """Share a CA of your account. Prints the identifier of the share.

    The default permission lets others issue from the template EndEntityCertificate and read. To let them revoke as
    well, add a second share with the permission for that.
    """
    from pcacli.engine import shares

    share = shares.add(session.store_parts, session.caller, arn, principal, permission)
    say(share.share_id)


@command.command("list", epilog="\b\nExample:\n  pcacli local share list")
@click.pass_obj
def list_shares(session: Session) -> None:
    """List the shares of your CAs in this region.

    Prints a line for each: identifier, CA, principal and permission, with tabs between them; a dash stands for what
    somebody has edited in the policy by hand. With --output or --query it is data.
    """
    from pcacli.engine import shares

    found = [
        {
            "ShareId": share.share_id,
            "CertificateAuthorityArn": str(share.authority),
            "Principal": share.principal,
            "Permission": share.permission,
        }
        for share in shares.listed(session.store_parts, session.caller)
    ]
    show(session, found, ("\t".join(value or "-" for value in share.values()) for share in found))


@command.command("remove", epilog="\b\nExample:\n  pcacli local share remove $SHARE_ID")
@click.argument("share_id", metavar="SHARE")
@click.pass_obj
def remove(session: Session, share_id: str) -> None:
    """End a share. Whatever else the CA's policy allows stays."""
    from pcacli.engine import shares

    shares.remove(session.store_parts, session.caller, share_id)
