"""Choosing the CA to issue from: the one that was named, the only one there is, or the user's answer."""

import sys
from typing import TYPE_CHECKING

import click

from pcacli.cli.session import Session
from pcacli.cli.showing import say
from pcacli.errors import UsageProblem
from pcacli.output.safe_text import lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pcacli.service.workflows.certificate_request import ActiveAuthority
    from pcacli.service.workflows.issuing_choice import Candidate


def issuing_authority(session: Session, arn: str | None) -> "ActiveAuthority":
    """Return the CA with that ARN, else the only one that can issue, else the one that the user picks from a list.

    Raises:
        UsageProblem: none can issue, or several can and there is nobody at a terminal to ask; the message lists them.
    """
    from pcacli.service.workflows.authorities import chosen_authorities, visible_authorities
    from pcacli.service.workflows.certificate_request import ActiveAuthority
    from pcacli.service.workflows.issuing_choice import issuing_candidates

    if arn is not None:
        return ActiveAuthority.of(chosen_authorities(session.service, arn)[0])
    candidates = issuing_candidates(visible_authorities(session.service), session.command_line)
    return ActiveAuthority.of((candidates[0] if len(candidates) == 1 else _picked(candidates)).description)


def _picked(candidates: "Sequence[Candidate]") -> "Candidate":
    names = [f"{authority.arn}  {authority.title}" for authority in candidates]
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        listed = lines(f"  {name}" for name in names)
        raise UsageProblem(
            f"Several certificate authorities can issue; choose with --certificate-authority-arn:\n{listed}"
        )
    say("Several certificate authorities can issue:", is_message=True)
    for number, authority in enumerate(candidates, start=1):
        say(f"{number:3}  {authority.title}", is_message=True)
        say(f"     {authority.arn}", is_message=True)
    answer: int = click.prompt("Which one", type=click.IntRange(1, len(candidates)), err=True)
    return candidates[answer - 1]
