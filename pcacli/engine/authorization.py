"""Who may do what to a CA.

The owner may do everything. Other accounts may do what the CA's resource policy says; until policies are evaluated
here, that is nothing.
"""

from pcacli.api.arns import AuthorityArn
from pcacli.engine.context import Caller
from pcacli.errors import ServiceError


def authorize(caller: Caller, operation: str, arn: AuthorityArn) -> None:
    """Let the call pass if the caller may do this.

    A CA of another account that does not exist is denied rather than not found, as on AWS (terraform-provider-aws
    issue 8159).

    Raises:
        ServiceError: AccessDeniedException in AWS's words.
    """
    if arn.account == caller.account:
        return
    raise ServiceError(
        "AccessDeniedException",
        f"User: {caller.arn} is not authorized to perform: acm-pca:{operation} on resource: {arn} "
        f"because no resource-based policy allows the acm-pca:{operation} action",
    )
