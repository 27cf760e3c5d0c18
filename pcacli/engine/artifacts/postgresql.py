"""Buckets in the database of a PostgreSQL store, so that every machine serves what one of them wrote.

A long object is in pieces, which are written one after the other in one transaction: who reads meanwhile gets the
older object. When the database fails, so does everything else, and it is told as a failure of the store.
"""

from collections.abc import Iterable, Iterator

from pcacli.engine.artifacts.names import check_bucket, key_segments
from pcacli.engine.artifacts.port import BucketProblem
from pcacli.engine.store.postgresql import PostgreSQLStore

_PIECE_BYTES = 1 << 20

_BUCKET = "SELECT 1 FROM buckets WHERE name = ?"
_BUCKET_NAMES = "SELECT name FROM buckets"
_CREATE_BUCKET = "INSERT INTO buckets VALUES (?) ON CONFLICT DO NOTHING"
# The change that changes nothing makes others who write the same object wait.
_PUT_OBJECT = """
    INSERT INTO objects (bucket, key) VALUES (?, ?) ON CONFLICT (bucket, key) DO UPDATE SET key = excluded.key
    RETURNING id
"""
_REMOVE_PIECES = "DELETE FROM object_pieces WHERE object = ?"
_ADD_PIECE = "INSERT INTO object_pieces VALUES (?, ?, ?)"
_PIECES = """
    SELECT content FROM objects LEFT JOIN object_pieces ON object_pieces.object = objects.id
    WHERE bucket = ? AND key = ? ORDER BY number
"""


class PostgreSQLArtifacts:
    """Buckets in a store's database; writing to one makes it, unless `create_buckets` is off."""

    def __init__(self, store: PostgreSQLStore, *, create_buckets: bool = True) -> None:
        self._store = store
        self._create_buckets = create_buckets

    def create_bucket(self, bucket: str) -> None:
        """Make a bucket; it is no mistake if it is there.

        Raises:
            BucketProblem: the name is not one.
        """
        check_bucket(bucket)
        with self._store.beside() as executor:
            executor.change(_CREATE_BUCKET, bucket)

    def bucket_names(self) -> list[str]:
        """Return the names of the buckets that are there, sorted."""
        with self._store.beside() as executor:
            return sorted(name for (name,) in executor.rows(_BUCKET_NAMES))

    def check(self, bucket: str) -> None:
        """Make sure that the bucket can be written to, without changing anything."""
        check_bucket(bucket)
        if self._create_buckets:
            return
        with self._store.beside() as executor:
            if executor.row(_BUCKET, bucket) is None:
                raise BucketProblem(f"There is no bucket {bucket}.")

    def put(
        self, bucket: str, key: str, content: Iterable[bytes], *, content_type: str, object_acl: str | None = None
    ) -> None:
        """Write an object from pieces, in bounded memory, replacing one of the same key."""
        del content_type, object_acl  # Nobody but pcacli reads here.
        self.check(bucket)
        key_segments(key)
        if self._create_buckets:
            # By itself, so that nobody who uses the bucket has to wait for the end of a long object.
            self.create_bucket(bucket)
        with self._store.beside() as executor:
            (number,) = executor.row(_PUT_OBJECT, bucket, key) or (None,)
            executor.change(_REMOVE_PIECES, number)
            for position, piece in enumerate(_pieces(content)):
                executor.change(_ADD_PIECE, number, position, piece)

    def get(self, bucket: str, key: str) -> bytes | None:
        """Return an object, or None if there is none."""
        check_bucket(bucket)
        key_segments(key)
        with self._store.beside() as executor:
            pieces = executor.rows(_PIECES, bucket, key)
        # An empty object has no piece and is one row without content.
        return b"".join(piece or b"" for (piece,) in pieces) if pieces else None


def _pieces(content: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the same content in pieces of a size that suits a row."""
    collected = bytearray()
    for part in content:
        collected += part
        while len(collected) >= _PIECE_BYTES:
            yield bytes(collected[:_PIECE_BYTES])
            del collected[:_PIECE_BYTES]
    if collected:
        yield bytes(collected)
