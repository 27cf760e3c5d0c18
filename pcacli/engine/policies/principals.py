"""The Principal element of a statement: which callers it means.

Source: IAM User Guide, "AWS JSON policy elements: Principal".
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from pcacli.engine.context import SERVICE_SUFFIX, Caller
from pcacli.engine.policies.access import acts_for_account
from pcacli.engine.policies.refusal import invalid_policy

EVERYONE = "*"

_ACCOUNT = re.compile(r"(\d{12})|arn:[\w-]+:iam::(\d{12}):root", re.ASCII)
_IDENTITY = re.compile(r"arn:[\w-]+:(?:iam|sts)::\d{12}:(?:user|role|assumed-role)/[\w+=,.@/-]+", re.ASCII)


class Principals(NamedTuple):
    """Who is meant: everyone, whole accounts, single identities by their ARN, AWS services."""

    everyone: bool = False
    accounts: frozenset[str] = frozenset()
    identities: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()

    def include(self, caller: Caller) -> bool:
        """Tell whether a caller is meant."""
        if self.everyone or caller.service_principal in self.services:
            return True
        return acts_for_account(caller) and (caller.account in self.accounts or caller.arn in self.identities)


def read_principals(element: Any) -> Principals:
    """Read a Principal element.

    Raises:
        ServiceError: InvalidPolicyException, somebody in it cannot be a principal here.
    """
    if element == EVERYONE:
        return Principals(everyone=True)
    if not isinstance(element, Mapping) or not element or not element.keys() <= {"AWS", "Service"}:
        raise invalid_policy('Principal is neither "*" nor an object with AWS or Service')
    named = _texts(element.get("AWS", []))
    accounts = {account for name in named if (account := _account(name))}
    identities = {name for name in named if _IDENTITY.fullmatch(name)}
    services = _texts(element.get("Service", []))
    strangers = [name for name in named if not (name == EVERYONE or _account(name) or name in identities)]
    strangers += [name for name in services if not name.endswith(SERVICE_SUFFIX)]
    if strangers:
        raise invalid_policy(f"the principal {strangers[0]} is no account, user, role or service")
    if not (named or services):
        raise invalid_policy("Principal names nobody")
    return Principals(EVERYONE in named, frozenset(accounts), frozenset(identities), frozenset(services))


def _texts(value: Any) -> list[str]:
    texts = value if isinstance(value, list) else [value]
    if not all(isinstance(text, str) for text in texts):
        raise invalid_policy("Principal holds something that is not a text")
    return texts


def _account(name: str) -> str | None:
    """Return the account of a principal that means a whole account."""
    match = _ACCOUNT.fullmatch(name)
    return match and (match[1] or match[2])
