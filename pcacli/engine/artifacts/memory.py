"""Buckets in memory, for tests and for stores in memory."""

from collections.abc import Iterable

from pcacli.engine.artifacts.names import check_bucket, key_segments
from pcacli.engine.artifacts.port import BucketProblem


class MemoryArtifacts:
    """Buckets that end with their process: those named, or, when none are named, any."""

    def __init__(self, buckets: Iterable[str] | None = None) -> None:
        self._buckets = None if buckets is None else frozenset(buckets)
        self._objects: dict[tuple[str, str], bytes] = {}

    def check(self, bucket: str) -> None:
        """Make sure that the bucket can be written to, without changing anything."""
        check_bucket(bucket)
        if self._buckets is not None and bucket not in self._buckets:
            raise BucketProblem(f"There is no bucket {bucket}.")

    def put(
        self, bucket: str, key: str, content: Iterable[bytes], *, content_type: str, object_acl: str | None = None
    ) -> None:
        """Write an object, replacing one of the same key."""
        del content_type, object_acl  # Nobody asks for them here.
        self.check(bucket)
        key_segments(key)
        self._objects[bucket, key] = b"".join(content)

    def get(self, bucket: str, key: str) -> bytes | None:
        """Return an object, or None if there is none."""
        check_bucket(bucket)
        key_segments(key)
        return self._objects.get((bucket, key))
