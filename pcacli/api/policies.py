"""Resource policies of a CA."""

from pcacli.api.common import ARN, AWS_POLICY
from pcacli.api.shapes import Member, Operation, Structure

PUT_POLICY_REQUEST = Structure(
    "PutPolicyRequest",
    (
        Member("ResourceArn", ARN, "TODO", required=True),
        Member("Policy", AWS_POLICY, "TODO", required=True),
    ),
)
PUT_POLICY = Operation(
    "PutPolicy",
    summary="TODO",
    returns="TODO",
    example="TODO",
    input=PUT_POLICY_REQUEST,
    output=None,
    errors=(
        "LockoutPreventedException",
        "ResourceNotFoundException",
        "InvalidArnException",
        "InvalidStateException",
        "RequestFailedException",
        "ConcurrentModificationException",
        "InvalidPolicyException",
    ),
    changes=True,
)
GET_POLICY_REQUEST = Structure(
    "GetPolicyRequest",
    (Member("ResourceArn", ARN, "TODO", required=True),),
)
GET_POLICY_RESPONSE = Structure(
    "GetPolicyResponse",
    (Member("Policy", AWS_POLICY, "TODO"),),
)
GET_POLICY = Operation(
    "GetPolicy",
    summary="TODO",
    returns="TODO",
    example="TODO",
    input=GET_POLICY_REQUEST,
    output=GET_POLICY_RESPONSE,
    errors=(
        "ResourceNotFoundException",
        "InvalidArnException",
        "InvalidStateException",
        "RequestFailedException",
    ),
    changes=False,
)
DELETE_POLICY_REQUEST = Structure(
    "DeletePolicyRequest",
    (Member("ResourceArn", ARN, "TODO", required=True),),
)
DELETE_POLICY = Operation(
    "DeletePolicy",
    summary="TODO",
    returns="TODO",
    example="TODO",
    input=DELETE_POLICY_REQUEST,
    output=None,
    errors=(
        "LockoutPreventedException",
        "ResourceNotFoundException",
        "InvalidArnException",
        "InvalidStateException",
        "RequestFailedException",
        "ConcurrentModificationException",
    ),
    changes=True,
)
