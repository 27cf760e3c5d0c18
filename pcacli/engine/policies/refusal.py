"""The refusal of a policy. Assumption: AWS's texts have not been seen, these are ours."""

from pcacli.errors import ServiceError


def invalid_policy(reason: str) -> ServiceError:
    """Return the InvalidPolicyException that tells what is wrong; `reason` is a clause without a full stop."""
    return ServiceError("InvalidPolicyException", f"The policy is not valid: {reason}.")
