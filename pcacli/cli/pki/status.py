"""`pcacli pki status`: how the CAs are."""

from collections.abc import Iterable, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from pcacli.cli.pki.looked_at import Where, allow_none_option, nothing_looked_at
from pcacli.cli.pki.print_commands import new_script, print_commands_option, print_script
from pcacli.cli.pki.tags import parse_tags
from pcacli.cli.progress_bar import ProgressBar
from pcacli.cli.session import Session
from pcacli.errors import AnswerIsNo, UsageProblem
from pcacli.output.safe_text import lines

if TYPE_CHECKING:
    from datetime import datetime

    from pcacli.service.surroundings import CrlState, Surroundings
    from pcacli.service.workflows.authority_status import AuthorityStatus, RegionStatus


class Overview(NamedTuple):
    """Everything that is shown: who asks, which backend answers, its time, and the CAs by region."""

    identity: dict[str, str] | None
    backend: str
    now: "datetime"
    regions: list["RegionStatus"]

    @property
    def account(self) -> str | None:
        """The account that asks, or else the one that owns the CAs which nobody else shares."""
        owners = (status.arn.split(":")[4] for status in self.authorities if status.owner is None)
        return self.identity["Account"] if self.identity else next(owners, None)

    @property
    def authorities(self) -> list["AuthorityStatus"]:
        """The CAs of all regions."""
        return [status for region in self.regions for status in region.authorities]


@click.command("status", epilog="\b\nExample:\n  pcacli --local pki status --fail-if 'expires<60d,crl-stale,expired'")
@click.option("--all-regions", is_flag=True, help="The CAs of all regions, not only of the one that is set.")
@click.option("--tag", "tags", metavar="KEY=VALUE", multiple=True, help="CAs with this tag; several must all be there.")
@click.option(
    "--fail-if",
    metavar="CONDITIONS",
    help="End with exit code 1 if a CA meets one of these, with commas between them: expires<DURATION, such as "
    "expires<60d; crl-stale; expired. The same if there was no CA to look at, or a region could not be asked.",
)
@allow_none_option
@print_commands_option
@click.pass_obj
def command(
    session: Session,
    /,
    *,
    all_regions: bool,
    tags: tuple[str, ...],
    fail_if: str | None,
    allow_none: bool,
    print_commands: bool,
) -> None:
    """Show who you are, where, and your CAs as a tree: state, expiry, CRLs, certificates, what ACM may not do.

    CAs that other accounts share with you are there too, with their account. The age of a CRL is read from where it is
    published, if it can be reached; crl-stale is true of any CRL that verifiers cannot rely on: out of date, gone,
    never made though certificates name it, out of reach, or from the future. How many certificates there are, only
    the embedded authority can tell. Deleted CAs are left out. With --output or --query it is data.
    """
    from pcacli.service.workflows.status_conditions import Conditions, complaints, parse_conditions

    conditions = Conditions() if fail_if is None else parse_conditions(fail_if)
    if print_commands:
        _print_commands(session, parse_tags(tags), all_regions=all_regions)
        return
    overview = _overview(session, parse_tags(tags), all_regions=all_regions)
    _show(session, overview)
    if fail_if is None:
        return
    unasked = [f"The region {one.region} could not be asked: {one.problem}" for one in overview.regions if one.problem]
    found = [*unasked, *complaints(conditions, overview.authorities, overview.now)]
    if found:
        raise AnswerIsNo(lines(["Not as it should be:", *(f"  {line}" for line in found)]))
    if not overview.authorities and not allow_none:
        with_tags = f" with the tags {', '.join(tags)}" if tags else ""
        raise nothing_looked_at(f"no CA{with_tags}", _where(overview))


def _where(overview: Overview) -> Where:
    regions = tuple(one.region or "unknown" for one in overview.regions)
    return Where(overview.account, regions, overview.backend)


def _print_commands(session: Session, tags: dict[str, str], *, all_regions: bool) -> None:
    from pcacli.service.workflows.authority_status import chosen_by_tags, write_status

    if all_regions:
        raise UsageProblem("--print-commands is for one region; name it with --region.")
    script = new_script(session, "Show how certificate authorities are, as pcacli pki status does")
    write_status(script, [seen.description for seen in chosen_by_tags(session.service, tags)])
    print_script(script)


def _overview(session: Session, tags: dict[str, str], *, all_regions: bool) -> Overview:
    from pcacli.service.backends import open_service
    from pcacli.service.surroundings import surroundings_of
    from pcacli.service.workflows.authority_status import RegionStatus, authority_statuses, region_statuses
    from pcacli.service.workflows.workflow import time_of

    settings, service = session.settings, session.service
    here = surroundings_of(settings, service)

    def look(region: str) -> list["AuthorityStatus"]:
        there = settings._replace(region=region)
        with closing(open_service(there, notify=session.notice)) as service_there:
            return authority_statuses(service_there, surroundings_of(there, service_there), tags)

    with ProgressBar("Reading CAs") as bar:
        if all_regions:
            regions = region_statuses(here.regions(), look, bar)
        else:
            regions = [RegionStatus(here.region, authority_statuses(service, here, tags, bar))]
    return Overview(_identity(here), here.describe(), time_of(service), regions)


def _identity(here: "Surroundings") -> dict[str, str] | None:
    identity = here.identity()
    return None if identity is None else dict(identity)


def _show(session: Session, overview: Overview) -> None:
    from pcacli.cli.pki.status_tree import drawn_tree, plain_lines
    from pcacli.cli.showing import show

    if session.terminal.is_terminal and session.options.text("--output") is None and session.query is None:
        click.echo(drawn_tree(overview, session.terminal), nl=False, color=session.terminal.colour)
    else:
        show(session, _data(overview), plain_lines(overview))


def _data(overview: Overview) -> dict[str, Any]:
    data: dict[str, Any] = {
        "Identity": overview.identity,
        "Backend": overview.backend,
        "Time": overview.now,
        "CertificateAuthorities": [_authority(status) for status in overview.authorities],
    }
    problems = [{"Region": one.region, "Problem": one.problem} for one in overview.regions if one.problem]
    return {**data, "Problems": problems} if problems else data


def _authority(status: "AuthorityStatus") -> dict[str, Any]:
    missing = status.missing_acm_permissions
    return {
        "Arn": status.arn,
        "Name": status.name,
        "Type": status.type,
        "Status": status.status,
        "NotAfter": status.not_after,
        "IssuerArn": status.issuer_arn,
        "IssuerName": status.issuer_name,
        "Certificates": status.certificates,
        "Crls": _crls(status.crls),
        "MissingAcmPermissions": None if missing is None else list(missing),
        **({} if status.owner is None else {"OwnerAccount": status.owner}),
        **({"Problem": status.problem} if status.problem else {}),
    }


def _crls(crls: Iterable["CrlState"]) -> Sequence[dict[str, Any]]:
    return [
        {
            "Place": crl.place,
            "GeneratedAt": crl.generated_at,
            "NextUpdate": crl.next_update,
            **({"Problem": crl.problem} if crl.problem else {}),
        }
        for crl in crls
    ]
