"""`pcacli pki renew`: a new certificate in place of one that a request made, if it is due."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from pcacli.cli.pki.pkcs12_options import password_source, pkcs12_password, pkcs12_password_option
from pcacli.cli.pki.print_commands import new_script, print_commands_option, print_script
from pcacli.cli.session import Session
from pcacli.cli.showing import show

if TYPE_CHECKING:
    from datetime import datetime

    from pcacli.service.publications import PublicationsOf
    from pcacli.service.workflows.renewal import Renewal, Standing

# How long a CRL or an OCSP responder may take to answer.
_TIMEOUT_SECONDS = 10


class _Wanted(NamedTuple):
    """The options of one renewal."""

    file: Path
    if_expires_within: str | None
    reuse_key: bool
    deploy_hook: str | None
    certificate_authority_arn: str | None
    template: str | None
    validity: str | None
    pkcs12_password_file: Path | None
    print_commands: bool


@click.command("renew", epilog="\b\nExample:\n  pcacli --local pki renew www.example.com --if-expires-within 33%")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--if-expires-within",
    metavar="DURATION|PERCENT",
    help="Renew only if no more than that is left, such as 30d, or 33% of its life; default: renew in any case.",
)
@click.option("--reuse-key", is_flag=True, help="Keep the private key; default: a new one of the same kind.")
@click.option(
    "--deploy-hook",
    metavar="COMMAND",
    help="A shell command to run when the new files are in place, such as 'systemctl reload nginx'.",
)
@click.option(
    "--certificate-authority-arn", metavar="ARN", help="The CA to issue from; default: the one that issued it before."
)
@click.option("--template", metavar="NAME", help="The template; default: the one that gives the same extensions again.")
@click.option(
    "--validity", metavar="DURATION", help="How long the certificate is valid, such as 90d; default: as long as before."
)
@pkcs12_password_option
@print_commands_option
@click.pass_obj
def command(session: Session, /, **options: Any) -> None:
    """Renew the certificate in a folder of pki request; FILE is the folder or one of its files.

    A certificate that was revoked is due at once, and gets a new key even with --reuse-key: the store is asked, on AWS
    OCSP or the CRL that it names. If they cannot be reached, that is said, and the date decides.

    Subject, names, usages, key algorithm and validity stay as they are, and so does the CA. The new files are written
    beside the old ones, which they replace when all of them are there. Ends with exit code 0 whether it renewed or not,
    so that cron can call it every hour; --output json says it as Renewed.

    The hook gets RENEWED_DIRECTORY, RENEWED_CERTIFICATE_ARN, RENEWED_KEY, RENEWED_CERTIFICATE, RENEWED_CHAIN,
    RENEWED_FULLCHAIN and RENEWED_ROOT in its environment, the latter five as paths. If it fails, the new files stay,
    the exit code is 255, and the next call with a hook runs it again, due or not; --output json says that as
    DeployHookRepeated.
    """
    from pcacli.cli.pki.deploy_hook import run_hook
    from pcacli.cli.spinner import Spinner
    from pcacli.service.workflows.certificate_folder import folder_of
    from pcacli.service.workflows.renewal import hook_succeeded, renew
    from pcacli.service.workflows.workflow import Workflow, time_of

    wanted = _Wanted(**options)
    how = _renewal(wanted, time_of(session.service))._replace(
        command_line=session.command_line, publications=_publications(session), notify=session.notice
    )
    folder = folder_of(wanted.file)
    if wanted.print_commands:
        _print_script(session, wanted, how, folder)
        return
    with Spinner("Waiting for the certificate") as spinner:
        workflow = Workflow(session.service, time.sleep, spinner)
        standing = renew(workflow, folder, how, lambda: time_of(session.service))
    _show(session, folder, standing)
    if standing.certificate_arn is not None and wanted.deploy_hook is not None:
        run_hook(wanted.deploy_hook, folder, standing.certificate_arn)
        hook_succeeded(folder)


def _renewal(wanted: _Wanted, now: "datetime") -> "Renewal":
    from pcacli.params.validities import parse_validity
    from pcacli.pki.templates import template_called
    from pcacli.service.workflows.renewal import Renewal, Threshold

    if wanted.validity is not None:
        parse_validity(wanted.validity, now)
    return Renewal(
        threshold=None if wanted.if_expires_within is None else Threshold.parse(wanted.if_expires_within),
        authority_arn=wanted.certificate_authority_arn,
        template=None if wanted.template is None else template_called(wanted.template),
        validity=wanted.validity,
        reuse_key=wanted.reuse_key,
        pkcs12_password=pkcs12_password(wanted.pkcs12_password_file, is_needed=False),
        has_deploy_hook=wanted.deploy_hook is not None,
    )


def _publications(session: Session) -> "PublicationsOf":
    from pcacli.service.publications import publications_of

    transport = session.settings.transport._replace(
        connect_timeout_seconds=_TIMEOUT_SECONDS, read_timeout_seconds=_TIMEOUT_SECONDS
    )
    return publications_of(session.service, session.settings._replace(transport=transport), _TIMEOUT_SECONDS)


def _show(session: Session, folder: Path, standing: "Standing") -> None:
    reason = standing.revocation_reason
    what = f"renewed, because it was revoked ({reason})" if reason else "renewed" if standing.renewed else "not due"
    lines = [f"{folder}: {what}, valid until {standing.not_after:%Y-%m-%d %H:%M} UTC"]
    result: dict[str, Any] = {"Renewed": standing.renewed, "Directory": str(folder)}
    if standing.certificate_arn is not None:
        result["CertificateArn"] = standing.certificate_arn
        lines.append(standing.certificate_arn)
    result["NotAfter"] = standing.not_after
    if reason is not None:
        result["RevocationReason"] = reason
    if standing.is_hook_overdue:
        result["DeployHookRepeated"] = True
        lines.append("The deploy hook is run again, because it has not succeeded since the certificate is there.")
    show(session, result, lines)


def _print_script(session: Session, wanted: _Wanted, how: "Renewal", folder: Path) -> None:
    from pcacli.cli.pki.deploy_hook import hook_environment
    from pcacli.service.workflows.renewal_script import write_hook, write_renewal
    from pcacli.service.workflows.workflow import time_of

    script = new_script(session, f"Renew the certificate in {folder}")
    password = password_source(wanted.pkcs12_password_file)
    certificate_arn = write_renewal(script, session.service, folder, how, time_of(session.service), password)
    if wanted.deploy_hook is not None:
        write_hook(script, wanted.deploy_hook, hook_environment(folder, certificate_arn))
    print_script(script)
