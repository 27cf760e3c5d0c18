"""`pcacli local credentials`: access keys for `local serve`."""

import json

import click

from pcacli.cli.lazy_group import CommandGroup
from pcacli.cli.session import Session
from pcacli.cli.showing import show


@click.group("credentials", cls=CommandGroup)
def command() -> None:
    """Make, list and delete the access keys with which programs sign their requests to `pcacli local serve`."""


@command.command("create", epilog="\b\nExample:\n  pcacli local credentials create > key.json")
@click.pass_obj
def create(session: Session) -> None:
    """Make an access key and print it as JSON with AccessKeyId and SecretAccessKey; the secret is never shown again.

    Who signs with it calls as your account (AWS_ACCOUNT_ID, in a profile: aws_account_id), from its place in its
    organization if PCACLI_ORGANIZATION_ID and PCACLI_ORGANIZATIONAL_UNIT say one. The JSON is also what a
    credential_process prints, so a profile may have: credential_process = cat key.json
    """
    from pcacli.engine import credentials

    session.make_default_store()
    made = credentials.create(session.store_parts, session.caller)
    shown = {"Version": 1, "AccessKeyId": made.access_key_id, "SecretAccessKey": made.secret_access_key}
    click.echo(json.dumps(shown, indent=4))


@command.command("list", epilog="\b\nExample:\n  pcacli local credentials list")
@click.pass_obj
def list_credentials(session: Session) -> None:
    """List the access keys: identifier, account, when it was made, organization path (a dash for none)."""
    from pcacli.engine import credentials

    keys = credentials.listed(session.store_parts)
    show(
        session,
        [
            {
                "AccessKeyId": key.access_key_id,
                "AccountId": key.account,
                "CreatedAt": key.created_at,
                "OrganizationPath": key.organization_path or key.organization_id,
            }
            for key in keys
        ],
        [
            "\t".join(
                (
                    key.access_key_id,
                    key.account,
                    key.created_at.isoformat(timespec="seconds"),
                    key.organization_path or key.organization_id or "-",
                )
            )
            for key in keys
        ],
    )


@command.command("delete", epilog="\b\nExample:\n  pcacli local credentials delete $ACCESS_KEY_ID")
@click.argument("access_key_id", metavar="ACCESS_KEY_ID")
@click.pass_obj
def delete(session: Session, access_key_id: str) -> None:
    """Delete an access key. From then on nobody can call with it."""
    from pcacli.engine import credentials

    credentials.delete(session.store_parts, access_key_id, session.caller)
