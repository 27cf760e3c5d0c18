"""`pcacli local check`: is everything in a store as it should be?"""

from itertools import count, islice

import click

from pcacli.cli.progress_bar import ProgressBar
from pcacli.cli.session import Session
from pcacli.cli.showing import show
from pcacli.errors import AnswerIsNo

_MAXIMUM_FINDINGS = 10_000


@click.command("check", epilog="\b\nExample:\n  pcacli local check")
@click.option("--quick", is_flag=True, help="Leave out what stands in the issued certificates, signatures above all.")
@click.option("--allow-none", is_flag=True, help="Let a store pass that holds no CA.")
@click.pass_obj
def command(session: Session, *, quick: bool, allow_none: bool) -> None:
    """Verify a whole store; nothing is changed, and others may use it meanwhile.

    Looks at the database itself, the permissions of its files, the keys, the record of every CA, every certificate with
    its signature and serial number, every revocation, the audit trail with its hash chains, and the CRLs: signed, in
    force and complete.

    Prints a line for each finding, or as data with --output. The exit code is 1 if there is one, or if the store holds
    no CA: it may be the wrong one.
    """
    from pcacli.engine.checking.store import StoreCheck
    from pcacli.engine.progress import Phase

    parts, home = session.store_parts, session.store_home
    with ProgressBar("Checking") as bar:
        phase, size, number = Phase("Checking"), StoreCheck(parts, home).size(), count(1)
        bar(phase, 0, size)
        check = StoreCheck(parts, home, quick=quick, tick=lambda: bar(phase, next(number), size))
        found = list(islice(check.findings(), _MAXIMUM_FINDINGS))
    counts = check.counts
    looked_at = {
        "CertificateAuthorities": counts.authorities,
        "Certificates": counts.certificates,
        "Crls": counts.crls,
        "AuditTrailEntries": counts.trail_entries,
    }
    data = [{"Kind": one.kind.value, "Subject": one.subject, "Detail": one.detail} for one in found]
    lines = [f"{one.kind.value}  {one.subject}: {one.detail}" for one in found]
    seen = (
        f"CAs: {counts.authorities}, certificates: {counts.certificates}, CRLs: {counts.crls}, "
        f"entries of the audit trail: {counts.trail_entries}"
    )
    show(session, {"Findings": data, "LookedAt": looked_at}, lines or [f"no findings; looked at {seen}"])
    if found:
        stopped = ", and then stopped" if len(found) == _MAXIMUM_FINDINGS else ""
        raise AnswerIsNo(f"findings: {len(found)}{stopped}; looked at {seen}")
    if not counts.authorities and not allow_none:
        raise AnswerIsNo(
            f"Nothing was looked at: the store in {home.location} holds no CA. If that is as it should be, say "
            "--allow-none."
        )
