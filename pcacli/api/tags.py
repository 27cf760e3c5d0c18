"""Tags of a CA, and the three actions on them."""

from pcacli.api.common import ARN, MAX_RESULTS, NEXT_TOKEN
from pcacli.api.shapes import List, Member, Operation, String, Structure

TAG_KEY = String("TagKey", minimum=1, maximum=128, pattern=r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)")
TAG_VALUE = String("TagValue", minimum=0, maximum=256, pattern=r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)")
TAG = Structure(
    "Tag",
    (
        Member("Key", TAG_KEY, "TODO", required=True),
        Member("Value", TAG_VALUE, "TODO"),
    ),
)
TAG_LIST = List("TagList", TAG, minimum=1, maximum=50)
TAG_CERTIFICATE_AUTHORITY_REQUEST = Structure(
    "TagCertificateAuthorityRequest",
    (
        Member("CertificateAuthorityArn", ARN, "TODO", required=True),
        Member("Tags", TAG_LIST, "TODO", required=True),
    ),
)
TAG_CERTIFICATE_AUTHORITY = Operation(
    "TagCertificateAuthority",
    summary="TODO",
    returns="TODO",
    example="TODO",
    input=TAG_CERTIFICATE_AUTHORITY_REQUEST,
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
UNTAG_CERTIFICATE_AUTHORITY_REQUEST = Structure(
    "UntagCertificateAuthorityRequest",
    (
        Member("CertificateAuthorityArn", ARN, "TODO", required=True),
        Member("Tags", TAG_LIST, "TODO", required=True),
    ),
)
UNTAG_CERTIFICATE_AUTHORITY = Operation(
    "UntagCertificateAuthority",
    summary="TODO",
    returns="TODO",
    example="TODO",
    input=UNTAG_CERTIFICATE_AUTHORITY_REQUEST,
    output=None,
    errors=(
        "ResourceNotFoundException",
        "InvalidArnException",
        "InvalidStateException",
        "InvalidTagException",
    ),
    changes=True,
)
LIST_TAGS_REQUEST = Structure(
    "ListTagsRequest",
    (
        Member("MaxResults", MAX_RESULTS, "TODO"),
        Member("NextToken", NEXT_TOKEN, "TODO"),
        Member("CertificateAuthorityArn", ARN, "TODO", required=True),
    ),
)
LIST_TAGS_RESPONSE = Structure(
    "ListTagsResponse",
    (
        Member("NextToken", NEXT_TOKEN, "TODO"),
        Member("Tags", TAG_LIST, "TODO"),
    ),
)
LIST_TAGS = Operation(
    "ListTags",
    summary="TODO",
    returns="TODO",
    example="TODO",
    input=LIST_TAGS_REQUEST,
    output=LIST_TAGS_RESPONSE,
    errors=(
        "ResourceNotFoundException",
        "InvalidArnException",
        "InvalidStateException",
        "RequestFailedException",
    ),
    changes=False,
)
