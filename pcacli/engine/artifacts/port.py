"""The port to which CRLs and audit reports are written: buckets and keys, as in S3."""

from collections.abc import Iterable
from typing import Protocol


class Artifacts(Protocol):
    """A set of buckets. An object appears whole or not at all."""

    def check(self, bucket: str) -> None:
        """Make sure that the bucket can be written to, without changing anything.

        Raises:
            BucketProblem: it cannot.
        """
        ...

    def put(
        self, bucket: str, key: str, content: Iterable[bytes], *, content_type: str, object_acl: str | None = None
    ) -> None:
        """Write an object from pieces, in bounded memory, replacing one of the same key.

        `object_acl` is the API's S3ObjectAcl, None for the bucket's default; only S3 has access lists.

        Raises:
            BucketProblem: it could not be written; an older object of that key is still there.
        """
        ...

    def get(self, bucket: str, key: str) -> bytes | None:
        """Return an object, or None if there is none.

        Raises:
            BucketProblem: the names are not names of a bucket and an object, or it cannot be read.
        """
        ...


class BucketProblem(Exception):
    """A bucket cannot be used; the message says which and why."""


class BucketUnavailable(BucketProblem):
    """Nobody refused, but the bucket did not answer or its storage failed: another attempt may succeed."""
