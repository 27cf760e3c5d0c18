"""The resource policy of a CA, which shares it with other accounts.

Sources: AWS Private CA API Reference, page "PutPolicy"; AWS Private CA User Guide, "Resource-based policies".
"""

from pcacli.api.common import ARN, POLICY_DOCUMENT
from pcacli.api.shapes import Member, Operation, Structure

PUT_POLICY = Operation(
    "PutPolicy",
    summary="Share a CA with other accounts by a resource policy.",
    returns="Nothing; the policy replaces the one before.",
    example="pcacli put-policy --resource-arn $CA_ARN --policy file://policy.json",
    input=Structure(
        "PutPolicyRequest",
        (
            Member("ResourceArn", ARN, "ARN of the CA to share.", required=True),
            Member(
                "Policy",
                POLICY_DOCUMENT,
                "The policy's JSON text; file:// reads it from a file. AWS takes two statements: IssueCertificate for "
                "one template (acm-pca:TemplateArn), and the reading actions. Anything else is InvalidPolicyException.",
                required=True,
            ),
        ),
    ),
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

GET_POLICY = Operation(
    "GetPolicy",
    summary="Show the resource policy of a CA.",
    returns="The policy's JSON text; a CA without one answers ResourceNotFoundException.",
    example="pcacli get-policy --resource-arn $CA_ARN --query Policy --output text",
    input=Structure(
        "GetPolicyRequest",
        (Member("ResourceArn", ARN, "ARN of the CA.", required=True),),
    ),
    output=Structure(
        "GetPolicyResponse",
        (Member("Policy", POLICY_DOCUMENT, "The policy as JSON text."),),
    ),
    errors=(
        "ResourceNotFoundException",
        "InvalidArnException",
        "InvalidStateException",
        "RequestFailedException",
    ),
    changes=False,
)

DELETE_POLICY = Operation(
    "DeletePolicy",
    summary="End the sharing of a CA by removing its resource policy.",
    returns="Nothing; also when the CA had no policy.",
    example="pcacli delete-policy --resource-arn $CA_ARN",
    input=Structure(
        "DeletePolicyRequest",
        (
            Member(
                "ResourceArn",
                ARN,
                "ARN of the CA. If AWS RAM wrote the policy, the CA also leaves its resource shares.",
                required=True,
            ),
        ),
    ),
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
