"""Which names of buckets and objects can stand as names of directories and files, with no way out of the store.

S3 itself allows more; what ACM PCA writes fits: `crl/<id>.crl`, `audit-report/<id>/<id>.json`, a CustomPath.
Source: Amazon S3 User Guide, "Bucket naming rules" (the older, wider ones included).
"""

import re

from pcacli.engine.artifacts.port import BucketProblem

_BUCKET = r"[A-Za-z0-9][A-Za-z0-9._-]{2,254}"


def check_bucket(bucket: str) -> None:
    """Make sure that a bucket's name is one.

    Raises:
        BucketProblem: it is not; a bucket's name has no slash and starts with a letter or digit.
    """
    if re.fullmatch(_BUCKET, bucket) is None:
        raise BucketProblem(f"{bucket!r} is not the name of a bucket.")


def key_segments(key: str) -> tuple[str, ...]:
    """Return the parts of an object's key between its slashes.

    Raises:
        BucketProblem: a part is empty, `.` or `..`, or the key has characters that are not printable ASCII.
    """
    segments = tuple(key.split("/"))
    if not (key.isascii() and key.isprintable()) or not {"", ".", ".."}.isdisjoint(segments):
        raise BucketProblem(f"{key!r} cannot be the key of an object.")
    return segments
