"""`pcacli pki init`: a root CA and an issuing CA."""

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import click
from click.core import ParameterSource

from pcacli.api.algorithms import KEY_ALGORITHM
from pcacli.cli.pki.confirmation import confirm, yes_option
from pcacli.cli.pki.print_commands import new_script, print_commands_option, print_script
from pcacli.cli.pki.summary import print_summary
from pcacli.cli.pki.tags import parse_tags
from pcacli.cli.session import Session
from pcacli.errors import AnswerIsNo, UsageProblem
from pcacli.output.safe_text import lines

if TYPE_CHECKING:
    from pcacli.service.workflows.hierarchy import AuthorityPlan, Standing
    from pcacli.service.workflows.workflow import Workflow

_SHOWN_NAMES = {"root": "RootCertificateAuthorityArn", "issuing": "IssuingCertificateAuthorityArn"}
# Source: API reference, ASN1Subject, CommonName.
_NAME_MAXIMUM_CHARACTERS = 64
_DEFAULT_CRL_DAYS = 7
_USAGE_MODES = ("GENERAL_PURPOSE", "SHORT_LIVED_CERTIFICATE")
_KEYS = click.Choice(KEY_ALGORITHM.choices)


class _Wanted(NamedTuple):
    """The options of one hierarchy."""

    common_name: str
    root_common_name: str | None
    issuing_common_name: str | None
    subject: str | None
    root_only: bool
    root_key_algorithm: str
    issuing_key_algorithm: str
    root_validity: str
    issuing_validity: str
    usage_mode: str
    crl_bucket: str | None
    crl_days: int | None
    ocsp: bool
    tags: tuple[str, ...]
    if_missing: bool
    yes: bool
    print_commands: bool


@click.command(
    "init",
    epilog="\b\nExample:\n  pcacli --local pki init --common-name Example --subject Country=DE",
)
@click.option(
    "--common-name", metavar="NAME", default="Private", show_default=True, help='Name of the hierarchy: "NAME Root CA".'
)
@click.option("--root-common-name", metavar="NAME", help="The root's common name, in place of that.")
@click.option("--issuing-common-name", metavar="NAME", help="The issuing CA's common name, in place of that.")
@click.option(
    "--subject",
    metavar="STRUCTURE",
    help="What both names hold besides, as in create-certificate-authority: Country=DE,Organization=Example.",
)
@click.option("--root-only", is_flag=True, help="Make a root CA and nothing below it.")
@click.option("--root-key-algorithm", type=_KEYS, default="EC_prime256v1", show_default=True, help="The root's key.")
@click.option(
    "--issuing-key-algorithm", type=_KEYS, default="EC_prime256v1", show_default=True, help="The issuing CA's key."
)
@click.option(
    "--root-validity", metavar="DURATION", default="10y", show_default=True, help="How long the root is valid."
)
@click.option(
    "--issuing-validity", metavar="DURATION", default="5y", show_default=True, help="How long the issuing CA is valid."
)
@click.option(
    "--usage-mode",
    type=click.Choice(_USAGE_MODES),
    default=_USAGE_MODES[0],
    show_default=True,
    help="What the CA that issues is for; certificates from SHORT_LIVED_CERTIFICATE live 7 days at the most.",
)
@click.option("--crl-bucket", metavar="BUCKET", help="Publish CRLs to this bucket.")
@click.option(
    "--crl-days",
    metavar="DAYS",
    type=click.IntRange(min=1, max=5000),
    help=f"Days that a CRL is valid; default: {_DEFAULT_CRL_DAYS}.",
)
@click.option("--ocsp", is_flag=True, help="Answer OCSP requests about certificates.")
@click.option(
    "--tag", "tags", metavar="KEY=VALUE", multiple=True, help="A tag for each CA; may be given several times."
)
@click.option("--if-missing", is_flag=True, help="Be content, and print the ARNs, if the CAs are there already.")
@yes_option
@print_commands_option
@click.pass_obj
def command(session: Session, /, **options: Any) -> None:
    """Create a root CA and an issuing CA below it, both active.

    The issuing CA cannot have CAs below it. Prints their ARNs. On AWS, which bills CAs until they are deleted, it shows
    its plan and asks first.

    A run that was interrupted is gone on with by the same command: a CA of the same type and subject is not made a
    second time. Where both are there and active, the answer is no (exit code 1) unless --if-missing is given. With
    --if-missing and no --issuing-validity, an issuing CA that is made lives no longer than its root.
    """
    from pcacli.cli.spinner import Spinner
    from pcacli.service.workflows.hierarchy import require_descending_ends, survey, within_ends_above, write_hierarchy
    from pcacli.service.workflows.workflow import Workflow, time_of

    wanted = _Wanted(**options)
    if wanted.root_only:
        _refuse_issuing_options(click.get_current_context())
    now = time_of(session.service)
    plans = _plans(wanted, now)
    with Spinner("Waiting for the service") as spinner:
        workflow = Workflow(session.service, time.sleep, spinner)
        standings = survey(workflow, plans)
        _require_something_to_do(standings, if_missing=wanted.if_missing)
        standings = within_ends_above(standings, now)
        require_descending_ends(standings, now)
        if wanted.print_commands:
            script = new_script(session, "Make certificate authorities, as pcacli pki init does")
            write_hierarchy(script, standings)
            print_script(script)
            return
        _ask(session, standings, yes=wanted.yes)
        arns = _create(session, workflow, standings)
    print_summary(session, {_SHOWN_NAMES[role]: arn for role, arn in arns.items()})


def _refuse_issuing_options(context: click.Context) -> None:
    for option in context.command.params:
        given = context.get_parameter_source(option.name or "") is ParameterSource.COMMANDLINE
        if given and (option.name or "").startswith("issuing_"):
            raise UsageProblem(f"{option.opts[0]} does not go with --root-only.")


def _plans(wanted: _Wanted, now: datetime) -> list["AuthorityPlan"]:
    """Turn the options into one or two plans.

    Raises:
        UsageProblem: an option is not what it should be.
    """
    from pcacli.params.validities import parse_validity
    from pcacli.service.workflows.activation import ISSUING_TEMPLATE, ROOT_TEMPLATE
    from pcacli.service.workflows.hierarchy import AuthorityPlan

    if not wanted.common_name.strip():
        raise UsageProblem("--common-name must not be empty.")
    root_name = wanted.root_common_name or f"{wanted.common_name} Root CA"
    # AWS holds the mode of a CA against all certificates below it but its own: a root above another CA is general.
    root_mode = wanted.usage_mode if wanted.root_only else _USAGE_MODES[0]
    root = _request(wanted, "ROOT", root_name, wanted.root_key_algorithm, root_mode)
    plans = [AuthorityPlan("root", root, ROOT_TEMPLATE, parse_validity(wanted.root_validity, now))]
    if not wanted.root_only:
        name = wanted.issuing_common_name or f"{wanted.common_name} Issuing CA"
        issuing = _request(wanted, "SUBORDINATE", name, wanted.issuing_key_algorithm, wanted.usage_mode)
        validity = parse_validity(wanted.issuing_validity, now)
        source = click.get_current_context().get_parameter_source("issuing_validity")
        may_end_earlier = wanted.if_missing and source is not ParameterSource.COMMANDLINE
        plans.append(AuthorityPlan("issuing", issuing, ISSUING_TEMPLATE, validity, may_end_earlier))
    return plans


def _request(wanted: _Wanted, kind: str, common_name: str, key_algorithm: str, usage_mode: str) -> dict[str, Any]:
    """Return what CreateCertificateAuthority is asked for."""
    from pcacli.api.authorities import CREATE_CERTIFICATE_AUTHORITY
    from pcacli.params.validation import validate
    from pcacli.pki.algorithms import customary_signing_algorithm

    if not 0 < len(common_name) <= _NAME_MAXIMUM_CHARACTERS:
        raise UsageProblem(f"The common name {common_name!r} must have 1 to {_NAME_MAXIMUM_CHARACTERS} characters.")
    request: dict[str, Any] = {
        "CertificateAuthorityConfiguration": {
            "KeyAlgorithm": key_algorithm,
            "SigningAlgorithm": customary_signing_algorithm(key_algorithm),
            "Subject": {**_subject(wanted.subject), "CommonName": common_name},
        },
        "CertificateAuthorityType": kind,
        "UsageMode": usage_mode,
    }
    revocation = _revocation(wanted)
    if revocation:
        request["RevocationConfiguration"] = revocation
    if wanted.tags:
        request["Tags"] = [{"Key": key, "Value": value} for key, value in parse_tags(wanted.tags).items()]
    validate(CREATE_CERTIFICATE_AUTHORITY.input, request)
    return request


def _subject(text: str | None) -> Mapping[str, Any]:
    from pcacli.api.names import ASN1_SUBJECT
    from pcacli.api.shapes import Member
    from pcacli.params.arguments import argument_value

    if text is None:
        return {}
    subject = argument_value(Member("Subject", ASN1_SUBJECT, ""), [text])
    if not isinstance(subject, Mapping) or "CommonName" in subject:
        raise UsageProblem("--subject holds what both names have in common; the rest is for --common-name.")
    return subject


def _revocation(wanted: _Wanted) -> dict[str, Any]:
    """Return the API's RevocationConfiguration."""
    configuration: dict[str, Any] = {}
    if wanted.crl_bucket is not None:
        days = wanted.crl_days or _DEFAULT_CRL_DAYS
        crl = {"Enabled": True, "ExpirationInDays": days, "S3BucketName": wanted.crl_bucket}
        configuration["CrlConfiguration"] = crl
    elif wanted.crl_days is not None:
        raise UsageProblem("--crl-days needs --crl-bucket.")
    if wanted.ocsp:
        configuration["OcspConfiguration"] = {"Enabled": True}
    return configuration


def _require_something_to_do(standings: Sequence["Standing"], *, if_missing: bool) -> None:
    if if_missing or not all(standing.is_active for standing in standings):
        return
    there = lines(f"  {standing.plan.common_name}: {standing.arn}" for standing in standings)
    raise AnswerIsNo(
        f"{'It is' if len(standings) == 1 else 'They are'} there already, and no twins were made:\n{there}\n"
        "Choose another --common-name, or accept them with --if-missing."
    )


def _ask(session: Session, standings: Sequence["Standing"], *, yes: bool) -> None:
    """Ask before anything that costs is created: not on the embedded authority."""
    from pcacli.service.endpoints import Local, backend_of

    if isinstance(backend_of(session.settings.endpoint_url), Local) or all(one.is_active for one in standings):
        return
    confirm(_plan_lines(session, standings), "Go on?", yes=yes)


def _plan_lines(session: Session, standings: Sequence["Standing"]) -> Iterator[str]:
    region = f" in {session.settings.region}" if session.settings.region else ""
    yield f"This is to be done{region}:"
    for standing in standings:
        plan = standing.plan
        life = _life(plan.validity)
        kind = f"{plan.request['CertificateAuthorityType']}, {plan.configuration['KeyAlgorithm']}, {life}"
        verb = "create" if standing.arn is None else "keep" if standing.is_active else "activate"
        yield f"  {verb:8}  {plan.common_name} ({kind})"
    yield "AWS bills every CA from its creation until it is deleted."


def _life(validity: Mapping[str, Any]) -> str:
    if validity["Type"] == "ABSOLUTE":
        return f"until {datetime.fromtimestamp(validity['Value'], UTC):%Y-%m-%d}"
    return f"{validity['Value']} {validity['Type'].lower()}"


def _create(session: Session, workflow: "Workflow", standings: Sequence["Standing"]) -> dict[str, str]:
    """Create what is missing; a failure names what has been made so far."""
    from pcacli.service.workflows.hierarchy import create_hierarchy

    made: dict[str, str] = {}
    try:
        return create_hierarchy(workflow, standings, made.__setitem__)
    except BaseException:
        for role, arn in made.items():
            session.notice(f"The {role} CA is there: {arn}")
        if made:
            session.notice("The same command goes on from there.")
        raise
