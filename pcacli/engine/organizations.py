"""AWS Organizations as far as policies see it: identifiers, and the path of a unit.

Source: AWS Organizations API reference, patterns of OrganizationId, RootId and OrganizationalUnitId (lengths are not
checked: samples in the documents break them); IAM User Guide, "aws:PrincipalOrgPaths".
"""

import re
from typing import NamedTuple

from pcacli.errors import ConfigurationProblem

ORGANIZATION = r"o-[a-z0-9]+"
UNIT = r"ou-(?P<root>[0-9a-z]+)-[a-z0-9]+"

_UNITS = re.compile(rf"(?:r-[0-9a-z]+/)?{UNIT}(?:/ou-(?P=root)-[a-z0-9]+)*/?")


class Membership(NamedTuple):
    """Where an account is: its organization, and the path of its unit there, `o-…/r-…/ou-…/`."""

    organization_id: str
    path: str | None = None


def membership(organization_id: str, units: str | None) -> Membership:
    """Return the place of an account.

    `units` are those from the organization's root down to the account, `ou-…/ou-…`; None or empty says nothing about
    them. The root's own identifier may stand in front; it follows from those of the units.

    Raises:
        ConfigurationProblem: one of the two is not what it should be.
    """
    if not re.fullmatch(ORGANIZATION, organization_id):
        raise ConfigurationProblem(f"The organization must be given as o-…, and is {organization_id!r}.")
    if not units:
        return Membership(organization_id)
    match = _UNITS.fullmatch(units)
    if match is None:
        raise ConfigurationProblem(f"{units} is not an organizational unit (ou-…, or ou-…/ou-… from the top).")
    below_root = units[units.index("ou-") :].rstrip("/")
    return Membership(organization_id, f"{organization_id}/r-{match['root']}/{below_root}/")
