"""Making a root CA and the CA below it that issues, as far as they are not there yet.

A CA counts as there by its type and subject. What an earlier run left in the middle is gone on with; tokens derived
from the plan keep a run that lost its answer from making a CA twice.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

from pcacli.errors import AnswerIsNo, UsageProblem
from pcacli.pki.validity import requested_window
from pcacli.service.workflows.activation import Signing, activate, ending_before, write_activation
from pcacli.service.workflows.authorities import chosen_authorities
from pcacli.service.workflows.shell_script import ShellScript, Word, aws
from pcacli.service.workflows.workflow import Workflow, fixed_token

_ACTIVE = "ACTIVE"
_UNFINISHED = ("CREATING", "PENDING_CERTIFICATE")
_GONE = ("DELETED", "FAILED")
# What of the configuration is fixed for a CA's life and tells whether an unfinished one is the one that is wanted.
_FIXED = ("KeyAlgorithm", "SigningAlgorithm")
_DEFAULT_USAGE_MODE = "GENERAL_PURPOSE"


class AuthorityPlan(NamedTuple):
    """A CA that there shall be: what CreateCertificateAuthority is asked for, the template and validity (API Validity).

    `role` is a word for it in names: root or issuing. `may_end_earlier`: nobody asked for this validity, so that it may
    be cut off where the CA above ends.
    """

    role: str
    request: Mapping[str, Any]
    template: str
    validity: Mapping[str, Any]
    may_end_earlier: bool = False

    @property
    def configuration(self) -> Mapping[str, Any]:
        """The CA's key, signature and name (API CertificateAuthorityConfiguration)."""
        configuration: Mapping[str, Any] = self.request["CertificateAuthorityConfiguration"]
        return configuration

    @property
    def common_name(self) -> str:
        """The subject's common name."""
        name: str = self.configuration["Subject"]["CommonName"]
        return name


class Standing(NamedTuple):
    """A plan, the CA that is there already (ARN, state and end, or None), and the token for making it.

    One that waits for its certificate has no end.
    """

    plan: AuthorityPlan
    arn: str | None
    state: str | None
    token: str
    not_after: datetime | None = None

    @property
    def is_active(self) -> bool:
        """Whether there is nothing left to do."""
        return self.state == _ACTIVE

    @property
    def create_request(self) -> dict[str, Any]:
        """What makes the CA."""
        return {**self.plan.request, "IdempotencyToken": self.token}

    def end(self, now: datetime) -> datetime:
        """Return when the CA ends, or would end if it got its certificate now."""
        return self.not_after or requested_window({"Validity": self.plan.validity}, now).not_after

    def signing(self, issuer: Word | None, above: AuthorityPlan) -> Signing:
        """Return how the CA gets its certificate from the one above (itself, with `issuer` None)."""
        return Signing(issuer, above.configuration["SigningAlgorithm"], self.plan.template, self.plan.validity)


def survey(workflow: Workflow, plans: Sequence[AuthorityPlan]) -> list[Standing]:
    """Look which of the planned CAs are there.

    Raises:
        AnswerIsNo: one of that type and subject is there, but is another one or cannot be used.
    """
    authorities = chosen_authorities(workflow.service, None)
    return [_standing(plan, [found for found in authorities if _is_namesake(found, plan)]) for plan in plans]


def within_ends_above(standings: Sequence[Standing], now: datetime) -> list[Standing]:
    """Cut off the validity of CAs that may end earlier where the CA above, which stands before it here, ends.

    Raises:
        ServiceError: a validity is impossible.
    """
    found = list(standings[:1])
    for standing in standings[1:]:
        end_above, plan = found[-1].end(now), standing.plan
        if plan.may_end_earlier and not standing.is_active and standing.end(now) >= end_above:
            standing = standing._replace(plan=plan._replace(validity=ending_before(end_above)))  # noqa: PLW2901 - cut off
        found.append(standing)
    return found


def require_descending_ends(standings: Sequence[Standing], now: datetime) -> None:
    """Refuse what the service would refuse only after the CAs have been created, and are billed (`check_window`).

    Raises:
        UsageProblem: a CA would not end before the one above it, which stands before it here.
        ServiceError: a validity is impossible.
    """
    for above, below in pairwise(standings):
        end_above, end_below = above.end(now), below.end(now)
        if not below.is_active and end_below >= end_above:
            raise UsageProblem(
                f"{below.plan.common_name!r} would be valid until {end_below:%Y-%m-%d}; it must end before "
                f"{above.plan.common_name!r}, which signs it and ends {end_above:%Y-%m-%d}."
            )


def create_hierarchy(
    workflow: Workflow, standings: Sequence[Standing], made: Callable[[str, str], object]
) -> dict[str, str]:
    """Create and activate what is not there yet, from the root down; return the ARNs by role.

    `made` is told the role and the ARN of each CA as soon as it is there, so that a failure later can name them.
    """
    arns: dict[str, str] = {}
    issuer: str | None = None
    above = standings[0].plan
    for standing in standings:
        arn = standing.arn or _created(workflow, standing)
        made(standing.plan.role, arn)
        if not standing.is_active:
            activate(workflow, arn, standing.signing(issuer, above))
        arns[standing.plan.role] = issuer = arn
        above = standing.plan
    return arns


def write_hierarchy(script: ShellScript, standings: Sequence[Standing]) -> None:
    """Write down the same as a script, which ends by printing the ARNs."""
    arns: list[Word] = []
    above = standings[0].plan
    for standing in standings:
        role = standing.plan.role
        script.comment(f"The {role} CA, {standing.plan.common_name!r}")
        if standing.arn is None:
            words = aws("CreateCertificateAuthority", standing.create_request, query="CertificateAuthorityArn")
            arn = script.assign(f"{role}_arn", *words)
        else:
            arn = script.set(f"{role}_arn", standing.arn)
        if not standing.is_active:
            write_activation(script, role, arn, standing.signing(arns[-1] if arns else None, above))
        arns.append(arn)
        above = standing.plan
    script.comment("What there is now")
    script.run("printf", "%s\\n", *arns)


def _created(workflow: Workflow, standing: Standing) -> str:
    arn: str = workflow.service.call("CreateCertificateAuthority", standing.create_request)["CertificateAuthorityArn"]
    return arn


def _is_namesake(authority: Mapping[str, Any], plan: AuthorityPlan) -> bool:
    subject = authority["CertificateAuthorityConfiguration"]["Subject"]
    same_type: bool = authority["Type"] == plan.request["CertificateAuthorityType"]
    return same_type and subject == plan.configuration["Subject"]


def _standing(plan: AuthorityPlan, namesakes: Sequence[Mapping[str, Any]]) -> Standing:
    # A token that once made a CA gives that CA again for five minutes, even one that has been deleted since.
    gone = [authority["Arn"] for authority in namesakes if authority["Status"] in _GONE]
    token = fixed_token(plan.request, plan.template, plan.validity, gone)
    present = sorted(
        (authority for authority in namesakes if authority["Status"] not in _GONE),
        key=lambda authority: (authority["Status"] != _ACTIVE, authority["Status"] not in _UNFINISHED),
    )
    if not present:
        return Standing(plan, None, None, token)
    best = present[0]
    _require_the_same(plan, best)
    return Standing(plan, best["Arn"], best["Status"], token, best.get("NotAfter"))


def _require_the_same(plan: AuthorityPlan, authority: Mapping[str, Any]) -> None:
    """Refuse to take another CA of the same name for the planned one."""
    configuration, wanted = authority["CertificateAuthorityConfiguration"], plan.configuration
    mode, wanted_mode = authority["UsageMode"], plan.request.get("UsageMode", _DEFAULT_USAGE_MODE)
    differences = [configuration[name] for name in _FIXED if configuration[name] != wanted[name]]
    differences += [mode] if mode != wanted_mode else []
    if authority["Status"] not in (_ACTIVE, *_UNFINISHED):
        differences = [authority["Status"]]
    if differences:
        raise AnswerIsNo(
            f"There is a CA {plan.common_name!r} already, but it is {' and '.join(differences)}: {authority['Arn']}\n"
            "Choose another name, or delete that CA."
        )
