"""Which CAs may be meant to issue where none is named, and what to do where none can.

A leaf comes from an issuing CA. A root issues only if no issuing CA is there at all, or if it is named; it never stands
in for one that is disabled, expired or not ready, and neither does the CA of another account.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from pcacli.errors import UsageProblem
from pcacli.service.workflows.authorities import Description, VisibleAuthorities, name_of

CommandLine = Callable[[str], str]
"""Writes the words of a command down as it has to be typed at the place where this one works."""

_ACTIVE = "ACTIVE"
# CAs in these states issue nothing and are not made to by a certificate.
_GONE = frozenset({"DELETED", "FAILED"})
_NAMED = "--certificate-authority-arn {arn}"
# What makes a CA issue, by its state. Source: AWS Private CA User Guide, "Updating a private CA" and "Restoring".
_REMEDIES = {
    "DISABLED": f"update-certificate-authority {_NAMED} --status ACTIVE",
    "EXPIRED": f"pki activate {_NAMED}",
    "PENDING_CERTIFICATE": f"pki activate {_NAMED}{{parent}}",
    "CREATING": f"pki activate {_NAMED}{{parent}}",
    "DELETED": f"restore-certificate-authority {_NAMED}",
}


class Candidate(NamedTuple):
    """A CA that can issue; `owner` is the account that shares it, None for one of the caller's."""

    description: Description
    owner: str | None

    @property
    def arn(self) -> str:
        """Its ARN."""
        arn: str = self.description["Arn"]
        return arn

    @property
    def title(self) -> str:
        """Its name, with the account that shares it."""
        owner = f" (shared by account {self.owner})" if self.owner else ""
        return f"{name_of(self.description)}{owner}"


def issuing_candidates(visible: VisibleAuthorities, command_line: CommandLine) -> list[Candidate]:
    """Return the CAs that may be meant to issue: the active subordinate ones, else roots above no CA.

    A root of the caller's that has no CA below it is one of them beside issuing CAs of other accounts.

    Raises:
        UsageProblem: there is none; the message says of each CA what state it is in and what to do.
    """
    if not any(map(_is_active, visible.everything)):
        raise UsageProblem(_no_authority(visible, command_line))
    issuing, roots = _of_type(visible, "SUBORDINATE"), _of_type(visible, "ROOT")
    active = [each for each in issuing.everything if _is_active(each)]
    if any(map(_is_active, issuing.own)):
        return _candidates(visible, active)
    if active and not _unready(issuing.own):
        return _candidates(visible, [*(each for each in roots.own if _is_active(each) and not issuing.own), *active])
    if issuing.everything:
        raise UsageProblem(_no_issuing_authority(visible, issuing, active, command_line))
    return _candidates(visible, (each for each in roots.everything if _is_active(each)))


def remedy(
    authority: Description, owner: str | None, command_line: CommandLine, parents: Iterable[Description] = ()
) -> str:
    """Say which state a CA is in, and the command that makes it issue, if there is one.

    `owner` is the account that shares it; `parents` are the CAs that may sign it.
    """
    arn, state = authority["Arn"], authority["Status"]
    what = f"{name_of(authority)} is {state}"
    words = _REMEDIES.get(state)
    if words is None:
        return what
    parent = next((f" --parent-arn {each['Arn']}" for each in parents), " --parent-arn PARENT_ARN")
    command = command_line(words.format(arn=arn, parent=parent if authority["Type"] == "SUBORDINATE" else ""))
    if owner is not None:
        return f"{what}; account {owner}, which shares it, can change that with: {command}"
    return f"{what}; to change that: {command}"


def _no_issuing_authority(
    visible: VisibleAuthorities, issuing: VisibleAuthorities, shared: list[Description], command_line: CommandLine
) -> str:
    lines = [
        "No issuing CA of yours is active, and no other CA is taken in its place:"
        if shared
        else "No issuing CA is active, and a root is not taken in its place:",
        *_states(visible, (each for each in issuing.everything if not _is_active(each)), command_line),
        *(f"  {each['Arn']}  {_shared(visible, each)} is ACTIVE" for each in shared),
        f"To issue from {'that CA' if shared else 'a root'} all the same, name it with --certificate-authority-arn.",
    ]
    return "\n".join(lines)


def _no_authority(visible: VisibleAuthorities, command_line: CommandLine) -> str:
    there_is_none = "There is no active certificate authority to issue from."
    if not _unready(visible.everything):
        there_is_none += f" Create one with: {command_line('pki init')}"
    return "\n".join([there_is_none, *_states(visible, visible.everything, command_line)])


def _states(
    visible: VisibleAuthorities, authorities: Iterable[Description], command_line: CommandLine
) -> Iterator[str]:
    roots = [each for each in visible.own if each["Type"] == "ROOT" and _is_active(each)]
    parents = roots if len(roots) == 1 else []
    for each in authorities:
        yield f"  {each['Arn']}  {remedy(each, visible.owner_of(each['Arn']), command_line, parents)}"


def _shared(visible: VisibleAuthorities, authority: Description) -> str:
    return Candidate(authority, visible.owner_of(authority["Arn"])).title


def _candidates(visible: VisibleAuthorities, authorities: Iterable[Description]) -> list[Candidate]:
    return [Candidate(each, visible.owner_of(each["Arn"])) for each in authorities]


def _of_type(visible: VisibleAuthorities, kind: str) -> VisibleAuthorities:
    own, shared = ([each for each in some if each["Type"] == kind] for some in visible)
    return VisibleAuthorities(own, shared)


def _is_active(authority: Description) -> bool:
    active: bool = authority["Status"] == _ACTIVE
    return active


def _unready(authorities: Iterable[Description]) -> list[Description]:
    """Return the CAs that are there and may issue one day, but do not now."""
    return [each for each in authorities if each["Status"] not in (_ACTIVE, *_GONE)]
