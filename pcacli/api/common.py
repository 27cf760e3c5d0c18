"""Shapes and members that several resources share: ARNs, accounts, texts of limited length, paging.

Lengths, patterns and shape names are those of the API model, version 2017-08-22.
Source: AWS Private CA API Reference, "Data Types" and "Actions".
"""

from pcacli.api.shapes import Boolean, Integer, Member, String, Timestamp

ARN = String(
    "Arn", minimum=5, maximum=200, pattern=r"arn:[\w+=/,.@-]+:acm-pca:[\w+=/,.@-]*:[0-9]*:[\w+=,.@-]+(/[\w+=,.@-]+)*"
)
ACCOUNT_ID = String("AccountId", minimum=12, maximum=12, pattern="[0-9]+")
IDEMPOTENCY_TOKEN = String("IdempotencyToken", minimum=1, maximum=36, pattern=r"[\u0009\u000A\u000D\u0020-\u00FF]*")
OBJECT_IDENTIFIER = String(
    "CustomObjectIdentifier", minimum=0, maximum=64, pattern=r"([0-2])\.([0-9]|([0-3][0-9]))((\.([0-9]+)){0,126})"
)
POLICY_DOCUMENT = String("AWSPolicy", minimum=1, maximum=81920, pattern=r"[\u0009\u000A\u000D\u0020-\u00FF]+")

TEXT = String("String")
TEXT_UP_TO_3 = String("String3", minimum=0, maximum=3)
TEXT_UP_TO_5 = String("String5", minimum=0, maximum=5)
TEXT_UP_TO_16 = String("String16", minimum=0, maximum=16)
TEXT_UP_TO_39 = String("String39", minimum=0, maximum=39)
TEXT_UP_TO_40 = String("String40", minimum=0, maximum=40)
TEXT_UP_TO_64 = String("String64", minimum=0, maximum=64)
TEXT_UP_TO_128 = String("String128", minimum=0, maximum=128)
TEXT_UP_TO_253 = String("String253", minimum=0, maximum=253)
TEXT_UP_TO_256 = String("String256", minimum=0, maximum=256)
TEXT_1_TO_256 = String("String1To256", minimum=1, maximum=256)

BOOLEAN = Boolean("Boolean")
TIMESTAMP = Timestamp("TStamp")

_NEXT_TOKEN = String("NextToken", minimum=1, maximum=43739)

PAGE_SIZE = Member(
    "MaxResults",
    Integer("MaxResults", minimum=1, maximum=1000),
    "How many items one page may hold, 1 to 1000. Of CAs, AWS never puts more than 100 on a page.",
)
PAGE_START = Member(
    "NextToken", _NEXT_TOKEN, "The NextToken of the page before; leave it out for the first page. The text is opaque."
)
NEXT_PAGE = Member("NextToken", _NEXT_TOKEN, "Where the next page starts; absent on the last page.")
