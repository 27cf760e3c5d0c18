"""What a policy is asked about: one action of one caller on one CA."""

from typing import NamedTuple

from pcacli.api.arns import AuthorityArn
from pcacli.engine.context import Caller

ACM = "acm.amazonaws.com"


class Access(NamedTuple):
    """An action that somebody wants to perform on a CA; `template_arn` is set for IssueCertificate alone."""

    caller: Caller
    action: str
    authority: AuthorityArn
    template_arn: str | None = None


def acts_for_account(caller: Caller) -> bool:
    """Tell whether the caller counts as a principal of its account.

    ACM does: with its service-linked role it calls as the account whose certificates it manages. Other services call
    in their own name.
    Source: API reference, PutPolicy, "About Policies".
    """
    return caller.service_principal in (None, ACM)
