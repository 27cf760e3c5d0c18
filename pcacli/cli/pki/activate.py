"""`pcacli pki activate`: give a CA its certificate in one step."""

import time
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from pcacli.cli.pki.confirmation import confirm, yes_option
from pcacli.cli.pki.print_commands import new_script, print_commands_option, print_script
from pcacli.cli.pki.summary import print_summary
from pcacli.cli.session import Session
from pcacli.errors import AnswerIsNo, UsageProblem

if TYPE_CHECKING:
    from pcacli.service.port import Service
    from pcacli.service.workflows.activation import Signing

Authority = Mapping[str, Any]

# Source: AWS Private CA User Guide, "Updating a private CA": where a certificate can be imported.
_WAITING = ("CREATING", "PENDING_CERTIFICATE", "EXPIRED")
_DEFAULT_VALIDITY = {"ROOT": "10y", "SUBORDINATE": "5y"}


class _Wanted(NamedTuple):
    """The options of one activation."""

    certificate_authority_arn: str
    parent_arn: str | None
    validity: str | None
    template: str | None
    yes: bool
    print_commands: bool


@click.command(
    "activate",
    epilog="\b\nExample:\n  pcacli --local pki activate --certificate-authority-arn $PENDING_CA_ARN",
)
@click.option("--certificate-authority-arn", metavar="ARN", required=True, help="The CA that needs a certificate.")
@click.option(
    "--parent-arn",
    metavar="ARN",
    help="The CA that signs; a root signs itself. Default: the one that signed the certificate that the CA has.",
)
@click.option(
    "--validity",
    metavar="DURATION",
    help="How long the certificate is valid, such as 3y or 400d; default: 10y for a root, 5y below one, but no longer "
    "than the parent.",
)
@click.option(
    "--template",
    metavar="NAME",
    help="The template; default: RootCACertificate/V1, or SubordinateCACertificate_PathLen0/V1 below a parent.",
)
@yes_option
@print_commands_option
@click.pass_obj
def command(session: Session, /, **options: Any) -> None:
    """Let a CA's CSR be signed, by itself or by its parent, and import the certificate: afterwards it is active.

    A CA that is active already gets a new certificate for the same key, as a renewal; this asks first. Prints the ARN
    of the certificate.
    """
    from pcacli.cli.spinner import Spinner
    from pcacli.service.workflows.activation import activate, write_activation
    from pcacli.service.workflows.workflow import Workflow, time_of

    wanted = _checked(_Wanted(**options), time_of(session.service))
    authority = _described(session.service, wanted.certificate_authority_arn)
    arn = authority["Arn"]
    signing = _signing(session, authority, wanted)
    _require_state(authority)
    if wanted.print_commands:
        script = new_script(session, f"Activate {arn}")
        write_activation(script, "authority", arn, signing)
        print_script(script)
        return
    if authority["Status"] not in _WAITING:
        plan = [f"{arn} is {authority['Status']} until {authority['NotAfter']:%Y-%m-%d}."]
        confirm(plan, "Replace its certificate by a new one for the same key?", yes=wanted.yes)
    with Spinner("Waiting for the service") as spinner:
        certificate_arn = activate(Workflow(session.service, time.sleep, spinner), arn, signing)
    print_summary(session, {"CertificateAuthorityArn": arn, "CertificateArn": certificate_arn})


def _checked(wanted: _Wanted, now: datetime) -> _Wanted:
    """Return the options with those known to be right that the service need not be asked about.

    Raises:
        UsageProblem: one is wrong.
    """
    from pcacli.params.validities import parse_validity
    from pcacli.pki.templates import template_called

    if wanted.validity is not None:
        parse_validity(wanted.validity, now)
    return wanted if wanted.template is None else wanted._replace(template=template_called(wanted.template))


def _described(service: "Service", arn: str) -> Authority:
    authority: Authority = service.call("DescribeCertificateAuthority", {"CertificateAuthorityArn": arn})[
        "CertificateAuthority"
    ]
    return authority


def _require_state(authority: Authority) -> None:
    """Refuse a CA that no certificate can be imported into, before one is issued for it.

    Raises:
        AnswerIsNo: it is disabled, deleted or failed.
    """
    if authority["Status"] not in ("ACTIVE", *_WAITING):
        raise AnswerIsNo(f"{authority['Arn']} is {authority['Status']}; no certificate can be imported then.")


def _signing(session: Session, authority: Authority, wanted: _Wanted) -> "Signing":
    """Work out who signs, and what.

    Raises:
        UsageProblem: a root was given a parent, or a subordinate CA none and it is not found.
    """
    from pcacli.service.workflows.activation import ISSUING_TEMPLATE, ROOT_TEMPLATE, Signing
    from pcacli.service.workflows.workflow import time_of

    is_root = authority["Type"] == "ROOT"
    if is_root and wanted.parent_arn not in (None, authority["Arn"]):
        raise UsageProblem("A root CA signs itself: leave --parent-arn out.")
    issuer = authority if is_root else _parent(session.service, authority, wanted.parent_arn)
    template = wanted.template or (ROOT_TEMPLATE if is_root else ISSUING_TEMPLATE)
    return Signing(
        None if is_root else issuer["Arn"],
        issuer["CertificateAuthorityConfiguration"]["SigningAlgorithm"],
        template,
        _validity(wanted.validity, authority["Type"], None if is_root else issuer, time_of(session.service)),
    )


def _parent(service: "Service", authority: Authority, named_arn: str | None) -> Authority:
    """Return the CA that was named, else the one that signed the certificate that a subordinate CA has.

    Raises:
        UsageProblem: it has none, its issuer is not among the CAs that the caller sees, or cannot issue.
    """
    from pcacli.service.workflows.issuers import Issuers

    if named_arn is not None:
        return _described(service, named_arn)
    issuers = Issuers(service)
    own = issuers.certificate_of(authority)
    issuer = None if own is None else issuers.of(own)
    if issuer is None:
        found_none = "" if own is None else " None of the CAs that you see signed the certificate that it has."
        raise UsageProblem(
            f"A subordinate CA needs --parent-arn, the CA that signs it.{found_none} To have it signed elsewhere use "
            "get-certificate-authority-csr and import-certificate-authority-certificate."
        )
    state = issuer.description["Status"]
    if state != "ACTIVE":
        raise UsageProblem(
            f"{issuer.arn}, which signed the certificate that the CA has, is {state}. Make that one active first, or "
            "choose another with --parent-arn."
        )
    return issuer.description


def _validity(text: str | None, authority_type: str, parent: Authority | None, now: datetime) -> dict[str, Any]:
    """Return the API's Validity: what was asked for, else the default, cut off where the parent ends."""
    from pcacli.params.durations import parse_duration
    from pcacli.params.validities import parse_validity
    from pcacli.service.workflows.activation import ending_before

    default = _DEFAULT_VALIDITY[authority_type]
    end_of_parent = (parent or {}).get("NotAfter")
    if text is None and end_of_parent is not None and end_of_parent <= now + parse_duration(default):
        return ending_before(end_of_parent)
    return parse_validity(text or default, now)
