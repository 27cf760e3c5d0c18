"""With whom AWS RAM shares a CA, and how a policy says so: one form for each kind of principal.

Source: AWS RAM User Guide, "Shareable resources" and "Creating a resource share". Seen is the form for an account
(AWS Private CA User Guide, CloudTrail sample of PutPolicy); that for an organization is the User Guide's sample of a
policy by hand. Assumption: the forms for units, identities and services.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from pcacli.api.arns import AuthorityArn
from pcacli.engine.organizations import ORGANIZATION, UNIT
from pcacli.engine.policies import conditions
from pcacli.engine.policies.managed_permissions import Conditions
from pcacli.engine.policies.principals import EVERYONE

_IN_ORGANIZATIONS = r"(?:arn:[\w-]+:organizations::\d{12}:(?:organization|ou)/)?"


class Clause(NamedTuple):
    """How a statement names somebody: its Principal element, and the conditions that go with it."""

    principal: Any
    conditions: Conditions


def _plain(name: re.Match[str], _authority: AuthorityArn) -> Clause:
    return Clause({"AWS": name[0]}, {})


def _organization(name: re.Match[str], authority: AuthorityArn) -> Clause:
    return _members(authority, {conditions.STRING_EQUALS: {conditions.ORGANIZATION_ID: name["organization"]}})


def _unit(name: re.Match[str], authority: AuthorityArn) -> Clause:
    """Mean the unit at any depth, and the units below it."""
    path = f"{name['organization']}/*/{name['unit']}/*"
    return _members(authority, {conditions.ANY_STRING_LIKE: {conditions.ORGANIZATION_PATHS: path}})


def _members(authority: AuthorityArn, who: Mapping[str, Mapping[str, str]]) -> Clause:
    """Mean the members of an organization other than the owner, who needs no policy."""
    others = {conditions.STRING_NOT_EQUALS: {conditions.PRINCIPAL_ACCOUNT: authority.account}}
    return Clause(EVERYONE, {**who, **others})


def _service(name: re.Match[str], authority: AuthorityArn) -> Clause:
    """Mean a service that works for the owner, as `--sources` of RAM says."""
    source = {conditions.STRING_EQUALS: {conditions.SOURCE_ACCOUNT: authority.account}}
    return Clause({"Service": name[0]}, source)


_KINDS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], AuthorityArn], Clause]], ...] = (
    (re.compile(r"\d{12}", re.ASCII), _plain),
    (re.compile(r"arn:[\w-]+:iam::\d{12}:(?:root|(?:user|role)/[\w+=,.@/-]+)", re.ASCII), _plain),
    (re.compile(rf"{_IN_ORGANIZATIONS}(?P<organization>{ORGANIZATION})", re.ASCII), _organization),
    (re.compile(rf"{_IN_ORGANIZATIONS}(?P<organization>{ORGANIZATION})/(?P<unit>{UNIT})", re.ASCII), _unit),
    (re.compile(r"[a-z0-9.-]+\.amazonaws\.com"), _service),
)


def clause(name: str, authority: AuthorityArn) -> Clause | None:
    """Say in the words of a policy with whom a CA is shared; None if nobody can be called that.

    `name` is an account, the ARN of an organization, a unit, a user or a role, or a service; `o-…` and `o-…/ou-…` do
    for the ARNs of AWS Organizations.
    """
    for pattern, written in _KINDS:
        match = pattern.fullmatch(name)
        if match is not None:
            return written(match, authority)
    return None


def name_in(statement: Mapping[str, Any]) -> str | None:
    """Return whom a statement of RAM names, as `clause` reads it; None if the statement is not as RAM writes them."""
    principal = statement["Principal"]
    if principal == EVERYONE:
        lines = {key: value for lines in statement["Condition"].values() for key, value in lines.items()}
        principal = {EVERYONE: lines.get(conditions.ORGANIZATION_PATHS) or lines.get(conditions.ORGANIZATION_ID)}
    names = list(principal.values())
    return names[0].replace("/*", "") if len(names) == 1 and isinstance(names[0], str) else None
