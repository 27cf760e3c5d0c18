"""Shapes that several resources share: ARNs, accounts, tokens, paging, plain texts."""

from pcacli.api.shapes import Boolean, Integer, String, Timestamp

ARN = String(
    "Arn", minimum=5, maximum=200, pattern=r"arn:[\w+=/,.@-]+:acm-pca:[\w+=/,.@-]*:[0-9]*:[\w+=,.@-]+(/[\w+=,.@-]+)*"
)
ACCOUNT_ID = String("AccountId", minimum=12, maximum=12, pattern="[0-9]+")
STRING = String("String")
STRING3 = String("String3", minimum=0, maximum=3)
STRING5 = String("String5", minimum=0, maximum=5)
STRING16 = String("String16", minimum=0, maximum=16)
STRING40 = String("String40", minimum=0, maximum=40)
STRING64 = String("String64", minimum=0, maximum=64)
STRING128 = String("String128", minimum=0, maximum=128)
STRING253 = String("String253", minimum=0, maximum=253)
STRING256 = String("String256", minimum=0, maximum=256)
STRING39 = String("String39", minimum=0, maximum=39)
STRING1_TO256 = String("String1To256", minimum=1, maximum=256)
BOOLEAN = Boolean("Boolean")
T_STAMP = Timestamp("TStamp")
IDEMPOTENCY_TOKEN = String("IdempotencyToken", minimum=1, maximum=36, pattern=r"[\u0009\u000A\u000D\u0020-\u00FF]*")
MAX_RESULTS = Integer("MaxResults", minimum=1, maximum=1000)
NEXT_TOKEN = String("NextToken", minimum=1, maximum=43739)
CUSTOM_OBJECT_IDENTIFIER = String(
    "CustomObjectIdentifier", minimum=0, maximum=64, pattern=r"([0-2])\.([0-9]|([0-3][0-9]))((\.([0-9]+)){0,126})"
)
AWS_POLICY = String("AWSPolicy", minimum=1, maximum=81920, pattern=r"[\u0009\u000A\u000D\u0020-\u00FF]+")
PRINCIPAL = String("Principal", minimum=0, maximum=128, pattern="[^*]+")
S3_BUCKET_NAME = String("S3BucketName", minimum=3, maximum=63)
S3_KEY = String("S3Key", minimum=0, maximum=1024)
