"""The buckets that a store is set to use, opened when the first of them is used: most commands use none."""

from collections.abc import Callable, Iterable
from functools import cached_property

from pcacli.engine.artifacts.port import Artifacts


class ChosenArtifacts:
    """Buckets of a kind that `choose` decides when it is first needed."""

    def __init__(self, choose: Callable[[], Artifacts]) -> None:
        self._choose = choose

    @cached_property
    def _chosen(self) -> Artifacts:
        return self._choose()

    def check(self, bucket: str) -> None:
        """Make sure that the bucket can be written to, without changing anything."""
        self._chosen.check(bucket)

    def put(
        self, bucket: str, key: str, content: Iterable[bytes], *, content_type: str, object_acl: str | None = None
    ) -> None:
        """Write an object from pieces, in bounded memory, replacing one of the same key."""
        self._chosen.put(bucket, key, content, content_type=content_type, object_acl=object_acl)

    def get(self, bucket: str, key: str) -> bytes | None:
        """Return an object, or None if there is none."""
        return self._chosen.get(bucket, key)
