"""`pcacli pki revoke`: revoke certificates, wherever they are found."""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from pcacli.cli.pki.any_case_choice import AnyCaseChoice
from pcacli.cli.pki.confirmation import confirm, yes_option
from pcacli.cli.pki.found_certificates import Chosen, choosing_options
from pcacli.cli.pki.print_commands import new_script, print_commands_option, print_script
from pcacli.cli.pki.revocation_targets import Found, targets_of_file, targets_of_inventory, targets_of_words
from pcacli.cli.pki.source_options import SourceOptions, source_options, timeout_seconds
from pcacli.cli.session import Session
from pcacli.errors import AnswerIsNo, Interrupted, PcaError, UsageProblem
from pcacli.output.safe_text import lines
from pcacli.pki.revocation_reasons import REASON_CODES

if TYPE_CHECKING:
    from pcacli.service.workflows.issuers import Issuers
    from pcacli.service.workflows.revocation import Outcome, Target

# What a person reads before saying yes.
_SHOWN_TARGETS = 10
_TURN_ON_CRL = (
    "update-certificate-authority --certificate-authority-arn {} --revocation-configuration "
    "'CrlConfiguration={{Enabled=true,ExpirationInDays=7,S3BucketName=BUCKET}}'"
)


class _Wanted(NamedTuple):
    """The options of one revocation, but those that choose from the inventory."""

    targets: tuple[str, ...]
    from_file: str | None
    reason: str
    yes: bool
    wait_published: bool
    wait_timeout: str
    timeout: str
    servername: str | None
    print_commands: bool


@click.command("revoke", epilog="\b\nExample:\n  pcacli --local pki revoke $SERIAL --reason KEY_COMPROMISE --yes")
@click.argument("targets", metavar="[FILE|ARN|SERIAL|HOST:PORT]...", nargs=-1)
@click.option(
    "--reason",
    "--revocation-reason",
    "reason",
    required=True,
    type=AnyCaseChoice(tuple(REASON_CODES)),
    metavar="REASON",
    help=f"Why: {', '.join(REASON_CODES)}.",
)
@click.option(
    "--from",
    "from_file",
    metavar="FILE",
    help="Certificates that a file (- for standard input) names, by ARN, serial number or file: one a line, the output "
    "of pki list, or CSV with a column certificateArn or serial.",
)
@choosing_options
@yes_option
@click.option("--wait-published", is_flag=True, help="Return when a CRL or OCSP shows the revocations.")
@click.option(
    "--wait-timeout", metavar="DURATION", default="1h", show_default=True, help="How long --wait-published may take."
)
@source_options
@print_commands_option
@click.pass_obj
def command(session: Session, /, **options: Any) -> None:
    """Revoke certificates: show which ones, ask, and do it.

    A certificate is named by a file that holds it, its ARN, its serial number in any notation, or the server that
    presents it. Or all are meant that have not expired and are chosen by --match, --template and --expires-within.
    The CA that issued it is found by key identifier and signature.

    Revoking keeps below AWS's rate. What is revoked already counts as done, so that the same command goes on where an
    interrupted one stopped. With --output or --query it is data: CertificateArn, Subject, Result (REVOKED,
    ALREADY_REVOKED or FAILED), PublishedBy (CRL, OCSP, both or nothing) and Problem of each. Exit code 1: one was not
    found or not revoked.
    """
    from pcacli.service.workflows.issuers import Issuers
    from pcacli.service.workflows.revocation import publication_of

    wanted, chosen = _parted(options)
    issuers = Issuers(session.service, chosen.certificate_authority_arn)
    found = _found(session, wanted, chosen, issuers)
    if not found.targets:
        raise AnswerIsNo(lines(found.problems) or "There is no such certificate.")
    for problem in found.problems:
        session.notice(problem)
    if wanted.print_commands:
        _print_commands(session, found.targets, wanted.reason)
        return
    confirm(_plan(session, found.targets, wanted.reason), "Revoke them?", yes=wanted.yes)
    outcomes = _revoke(session, found.targets, wanted.reason)
    publication = publication_of(issuers, outcomes)
    _show(session, outcomes, publication)
    _warn_of_silence(session, publication)
    failed = len(found.problems) + sum(bool(outcome.problem) for outcome in outcomes)
    done = [outcome.target for outcome in outcomes if not outcome.problem]
    if wanted.wait_published and done:
        _wait(session, issuers, done, wanted)
    if failed:
        raise AnswerIsNo(f"{failed} of {len(found.problems) + len(outcomes)} were not revoked.")


def _parted(options: dict[str, Any]) -> tuple[_Wanted, Chosen]:
    """Part the options, check those that are read late, and demand one way of naming certificates."""
    from pcacli.params.durations import parse_duration

    wanted = _Wanted(**{name: options.pop(name) for name in _Wanted._fields})
    chosen = Chosen(statuses=("ISSUED",), **options)
    from_inventory = any((chosen.match, chosen.template, chosen.expires_within))
    if [bool(wanted.targets), wanted.from_file is not None, from_inventory].count(True) != 1:
        raise UsageProblem(
            "Name the certificates in one way: as words, with --from, or with --match, --template and --expires-within."
        )
    # Before anything is changed.
    timeout_seconds(wanted.timeout)
    parse_duration(wanted.wait_timeout)
    return wanted, chosen


def _found(session: Session, wanted: _Wanted, chosen: Chosen, issuers: "Issuers") -> Found:
    from pcacli.service.workflows.revocation import Finder

    finder, options = Finder(session.service, issuers), SourceOptions(wanted.timeout, wanted.servername)
    if wanted.from_file is not None:
        return targets_of_file(session, wanted.from_file, finder, options)
    if wanted.targets:
        return targets_of_words(session, [(word, word) for word in wanted.targets], finder, options)
    return targets_of_inventory(session, chosen)


def _plan(session: Session, targets: "Sequence[Target]", reason: str) -> Iterator[str]:
    from pcacli.api.arns import certificate_arn

    count = len(targets)
    yield f"{count} {'certificate' if count == 1 else 'certificates'} will be revoked for good, {reason}:"
    for target in targets[:_SHOWN_TARGETS]:
        yield f"  {target.subject or target.certificate_arn}"
        if target.not_after is not None:
            kind = "a CA certificate, " if target.is_authority else ""
            yield f"    {kind}serial {target.serial:032x}, until {target.not_after:%Y-%m-%d}"
    if count > _SHOWN_TARGETS:
        yield f"  and {count - _SHOWN_TARGETS} more"
    place = certificate_arn(targets[0].certificate_arn).authority
    yield f"In account {place.account}, region {place.region}, on {session.settings.endpoint_url or 'AWS'}."


def _revoke(session: Session, targets: "Sequence[Target]", reason: str) -> "list[Outcome]":
    from pcacli.cli.progress_bar import ProgressBar
    from pcacli.engine.progress import Phase, watched
    from pcacli.service.paced import PacedService
    from pcacli.service.workflows.inventory import ledger_of
    from pcacli.service.workflows.revocation import publishing_once, revoke

    service = session.service
    paced = PacedService(service, clock=time.monotonic, sleep=time.sleep, unlimited=ledger_of(service) is not None)
    outcomes: list[Outcome] = []
    try:
        with publishing_once(service), ProgressBar("Revoking") as bar:
            revoked = revoke(paced, targets, reason, sleep=time.sleep)
            outcomes.extend(watched(revoked, bar, Phase("Revoking"), len(targets)))
    except KeyboardInterrupt as interruption:
        raise _cut_off(session, Interrupted("Interrupted."), outcomes, len(targets)) from interruption
    except PcaError as problem:
        raise _cut_off(session, problem, outcomes, len(targets)) from problem.__cause__
    return outcomes


def _cut_off(session: Session, problem: PcaError, outcomes: "Sequence[Outcome]", count: int) -> PcaError:
    """Show what is done so far; return the problem with how to go on."""
    _show(session, outcomes, {})
    done = sum(not outcome.problem for outcome in outcomes)
    problem.add(f"{done} of {count} are known to be revoked; the same command goes on.")
    return problem


def _show(session: Session, outcomes: "Sequence[Outcome]", publication: Mapping[str, Sequence[str]]) -> None:
    from pcacli.cli.showing import show

    value = []
    for target, result, problem in outcomes:
        described: dict[str, Any] = {"CertificateArn": target.certificate_arn, "Subject": target.subject}
        described |= {"Result": result, "PublishedBy": None if problem else publication.get(target.authority_arn)}
        described["Problem"] = problem or None
        value.append({name: member for name, member in described.items() if member is not None})
    lines = (
        f"{outcome.result:15}  {outcome.target.serial:032x}  {outcome.problem or outcome.target.subject or ''}".rstrip()
        for outcome in outcomes
    )
    show(session, value, lines)


def _warn_of_silence(session: Session, publication: Mapping[str, Sequence[str]]) -> None:
    """Say of each CA that publishes nothing that only it knows of the revocation, and how to change that."""
    for arn, means in publication.items():
        if not means:
            session.notice(
                "Other verifiers will not learn of this, since the CA publishes neither a CRL nor OCSP; for what it "
                f"issues from then on, turn a CRL on with: {session.command_line(_TURN_ON_CRL.format(arn))}"
            )


def _wait(session: Session, issuers: "Issuers", done: "Sequence[Target]", wanted: _Wanted) -> None:
    from pcacli.cli.spinner import Spinner
    from pcacli.params.durations import parse_duration
    from pcacli.service.publications import publications_of
    from pcacli.service.workflows.published_wait import Watch, wait_until_published
    from pcacli.service.workflows.workflow import time_of

    service = session.service
    publications = publications_of(service, session.settings, timeout_seconds(wanted.timeout))
    with Spinner("Waiting for the revocation to be published") as spinner:

        def sleep(seconds: float) -> None:
            spinner(2)
            time.sleep(seconds)

        watch = Watch(
            lambda: time_of(service), time.monotonic, sleep, parse_duration(wanted.wait_timeout).total_seconds()
        )
        wait_until_published(service, issuers, done, publications, watch)


def _print_commands(session: Session, targets: "Sequence[Target]", reason: str) -> None:
    from pcacli.service.workflows.shell_script import aws

    script = new_script(session, "Revoke certificates")
    for target in targets:
        script.run(*aws("RevokeCertificate", target.request(reason)))
    print_script(script)
