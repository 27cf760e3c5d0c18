"""Tags of a CA, and the three actions on them.

Sources: AWS Private CA API Reference, page "Tag"; AWS Private CA User Guide, "Add tags to your private CA" for the
reserved prefixes.
"""

from pcacli.api.common import ARN, NEXT_PAGE, PAGE_SIZE, PAGE_START
from pcacli.api.shapes import List, Member, Operation, String, Structure

_TAG_PATTERN = r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)"

TAG_KEY = String("TagKey", minimum=1, maximum=128, pattern=_TAG_PATTERN)
TAG_VALUE = String("TagValue", minimum=0, maximum=256, pattern=_TAG_PATTERN)
TAG = Structure(
    "Tag",
    (
        Member(
            "Key",
            TAG_KEY,
            "The tag's name, up to 128 characters, case-sensitive; aws: and rds: are reserved beginnings.",
            required=True,
        ),
        Member("Value", TAG_VALUE, "The tag's value, up to 256 characters."),
    ),
)
TAG_LIST = List("TagList", TAG, minimum=1, maximum=50)

TAG_CERTIFICATE_AUTHORITY = Operation(
    "TagCertificateAuthority",
    summary="Add tags to a CA, or give new values to tags that it has.",
    returns="Nothing.",
    example="pcacli tag-certificate-authority --certificate-authority-arn $CA_ARN "
    "--tags Key=environment,Value=production Key=owner,Value=pki-team",
    input=Structure(
        "TagCertificateAuthorityRequest",
        (
            Member("CertificateAuthorityArn", ARN, "ARN of the CA to tag.", required=True),
            Member(
                "Tags",
                TAG_LIST,
                "The tags to set. A CA holds at most 50; going past that is TooManyTagsException.",
                required=True,
            ),
        ),
    ),
    output=None,
    errors=(
        "ResourceNotFoundException",
        "InvalidArnException",
        "InvalidStateException",
        "InvalidTagException",
        "TooManyTagsException",
    ),
    changes=True,
)

UNTAG_CERTIFICATE_AUTHORITY = Operation(
    "UntagCertificateAuthority",
    summary="Take tags off a CA.",
    returns="Nothing; a tag that the CA does not have is no error.",
    example="pcacli untag-certificate-authority --certificate-authority-arn $CA_ARN --tags Key=owner",
    input=Structure(
        "UntagCertificateAuthorityRequest",
        (
            Member("CertificateAuthorityArn", ARN, "ARN of the tagged CA.", required=True),
            Member(
                "Tags",
                TAG_LIST,
                "The tags to remove. Key alone removes the tag; with Value, it goes only if that is its value.",
                required=True,
            ),
        ),
    ),
    output=None,
    errors=(
        "ResourceNotFoundException",
        "InvalidArnException",
        "InvalidStateException",
        "InvalidTagException",
    ),
    changes=True,
)

LIST_TAGS = Operation(
    "ListTags",
    summary="List the tags of a CA.",
    returns="The keys and values of the tags.",
    example="pcacli list-tags --certificate-authority-arn $CA_ARN --output table",
    input=Structure(
        "ListTagsRequest",
        (
            PAGE_SIZE,
            PAGE_START,
            Member("CertificateAuthorityArn", ARN, "ARN of the tagged CA, yours or shared with you.", required=True),
        ),
    ),
    output=Structure(
        "ListTagsResponse",
        (NEXT_PAGE, Member("Tags", TAG_LIST, "The tags.")),
    ),
    errors=(
        "ResourceNotFoundException",
        "InvalidArnException",
        "InvalidStateException",
        "RequestFailedException",
    ),
    changes=False,
)
